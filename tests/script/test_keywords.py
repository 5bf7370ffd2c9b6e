"""keywords: reserved words."""

from twisted.trial.unittest import SynchronousTestCase

from sipapp.script.keywords import KEYWORDS, NUMBER_WORDS
from sipapp.script.parameter_syntax import UNRESERVED


class KeywordTests(SynchronousTestCase):
    def test_other_spellings_have_the_kind_of_the_main_one(self) -> None:
        spellings = {"sethost": "rewritehost", "add_rport": "force_rport", "status": "uri", "mpath": "loadpath"}
        self.assertEqual({word: KEYWORDS[word] for word in spellings}, spellings)

    def test_words_for_operators_are_the_operators(self) -> None:
        self.assertEqual([KEYWORDS[word] for word in ("and", "or", "not", "mod")], ["&&", "||", "!", "mod"])

    def test_case_counts(self) -> None:
        self.assertIn("if", KEYWORDS)
        self.assertNotIn("IF", KEYWORDS)
        self.assertEqual((KEYWORDS["udp"], KEYWORDS["UDP"], "Udp" in KEYWORDS), ("udp", "udp", False))

    def test_every_parameter_of_kamailio_5_6_is_reserved_under_all_its_names(self) -> None:
        self.assertEqual(
            (KEYWORDS["shm"], KEYWORDS["shm_mem_size"], KEYWORDS["dns_try_ipv6"]), ("shm", "shm", "dns_try_ipv6")
        )

    def test_what_is_younger_than_that_is_not(self) -> None:
        self.assertEqual(UNRESERVED & KEYWORDS.keys(), frozenset())
        self.assertNotIn("bind", KEYWORDS)

    def test_words_that_are_numbers(self) -> None:
        self.assertEqual([NUMBER_WORDS[w] for w in ("yes", "off", "enable", "IPv4", "inet6")], [1, 0, 1, 2, 10])
        self.assertEqual({KEYWORDS[word] for word in NUMBER_WORDS}, {"NUMBER"})
