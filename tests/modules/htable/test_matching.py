"""Operators over keys and values."""

from __future__ import annotations

from sipapp.errors import ScriptError
from sipapp.modules.htable.matching import matcher
from tests.modules.talk import TalkCase


class MatchingTests(TalkCase):
    modules = "htable"
    head = 'modparam("htable", "htable", "a=>size=4;")'
    filled = '$sht(a=>alice) = "sip:a1"; $sht(a=>bob) = "sip:b1"; $sht(a=>number) = 5;\n'

    def test_each_operator(self) -> None:
        for operator, text, fits in (
            (b"eq", b"bob", (b"bob",)),
            (b"ne", b"bob", (b"bobby", b"b")),
            (b"re", b"^B.b$", (b"bob",)),
            (b"sw", b"bo", (b"bob", b"bobby")),
            (b"ew", b"by", (b"bobby",)),
            (b"in", b"ob", (b"bob", b"bobby")),
        ):
            test = matcher(operator, text)
            self.assertEqual(tuple(t for t in (b"bob", b"bobby", b"b") if test(t)), fits)

    def test_unknown_operators_and_empty_texts_are_no_match(self) -> None:
        for operator, text in ((b"xx", b"a"), (b"", b"a"), (b"eq", b""), (b"re", b"[")):
            self.assertRaises(ScriptError, matcher, operator, text)

    def test_keys_and_values_are_found(self) -> None:
        said = self.run_script(
            self.filled
            + """
            if (sht_match_name("a", "sw", "al")) say("key");
            if (sht_has_name("a", "eq", "al")) say("never");
            if (sht_match_str_value("a", "ew", "b1")) say("value");
            if (sht_has_str_value("a", "eq", "5")) say("never");
            sht_match_name("nosuch", "eq", "x"); say("$rc");
            sht_match_name("a", "xx", "x"); say("$rc");
        """
        )
        self.assertEqual(said, ["key", "value", "-1", "-1"])

    def test_those_that_match_are_removed(self) -> None:
        left = 'say("$sht(a=>alice) $sht(a=>bob) $sht(a=>number)");'
        for statement, wanted in (
            ('sht_rm_name("a", "re", "^[AN]");', "<null> sip:b1 <null>"),
            ('sht_rm_name("a", "ew", "ob");', "sip:a1 <null> 5"),
            ('sht_rm_value("a", "in", ":a");', "<null> sip:b1 5"),
            ('sht_rm_value("a", "sw", "5");', "sip:a1 sip:b1 5"),
            ('sht_rm_value("a", "eq", "sip:a1");', "sip:a1 sip:b1 5"),
            ('sht_rm_name_re("a=>^$(fU{s.substr,0,5})");', "<null> sip:b1 5"),
            ('sht_rm_name_re("a=>b$$");', "sip:a1 <null> 5"),
            ('sht_rm_value_re("a=>A1");', "<null> sip:b1 5"),
        ):
            self.assertEqual(self.run_script(self.filled + statement + left), [wanted], statement)

    def test_how_removing_fails(self) -> None:
        said = self.run_script("""
            sht_rm_name("a", "eq", "x"); say("$rc");
            sht_rm_name("a", "re", "["); say("$rc");
            sht_rm_name("nosuch", "re", "x"); say("$rc");
            sht_rm_name_re("nosuch=>x"); say("$rc");
            sht_rm_value_re("nosuch=>x"); say("$rc");
        """)
        self.assertEqual(said, ["-1", "-1", "-1", "1", "1"])
