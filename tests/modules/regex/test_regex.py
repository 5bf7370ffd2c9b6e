# -*- test-case-name: tests.modules.regex.test_regex -*-
"""Expressions in scripts."""

from __future__ import annotations

from pathlib import Path

from sipapp.errors import ConfigError, ScriptError
from sipapp.modules.regex import Regex
from tests.modules.stage import Server, made
from tests.modules.talk import TalkCase

GROUPS = "[0]\n^al\nce$\n[1]\n^bob$\n"
TELL = 'say("$rc");'


class RegexTests(TalkCase):
    modules = "regex"

    def file(self, text: str) -> str:
        self.path = Path(self.mktemp())
        self.path.write_text(text)
        return f'modparam("regex", "file", "{self.path}")'

    def test_an_expression_matches_or_not(self) -> None:
        body = f'pcre_match("abcd", "^ab"); {TELL} pcre_match("$rm", "^(INVITE|OPTIONS)$$"); {TELL}'
        self.assertEqual(self.run_script(body + f'pcre_match("abcd", "^AB"); {TELL}'), ["1", "1", "-1"])

    def test_a_bad_expression_is_minus_four(self) -> None:
        self.assertEqual(self.run_script(f'pcre_match("abcd", "a(b"); {TELL}'), ["-4"])

    def test_flags_count_only_with_a_file(self) -> None:
        head = 'modparam("regex", "pcre_caseless", 1)'
        body = f'pcre_match("abcd", "^AB"); {TELL}'
        self.assertEqual(self.run_script(body, head=head), ["-1"])
        self.assertEqual(self.run_script(body, head=head + self.file(GROUPS)), ["1"])

    def test_each_flag_does_what_its_name_says(self) -> None:
        for name, pattern, text in (
            ("pcre_caseless", b"A", b"a"),
            ("pcre_multiline", b"^b$", b"a\nb\nc"),
            ("pcre_dotall", b"a.b", b"a\nb"),
            ("pcre_extended", b"a b", b"ab"),
        ):
            self.file(GROUPS)
            module = made(Regex, file=str(self.path), **{name: 1})
            module.start(Server())
            self.assertEqual(module.pcre_match(text, pattern), 1, name)
            other = made(Regex, file=str(self.path))
            other.start(Server())
            self.assertEqual(other.pcre_match(text, pattern), -1, name)

    def test_groups_count_from_0_and_the_first_is_the_default(self) -> None:
        body = "".join(
            f"pcre_match_group({arguments}); {TELL}"
            for arguments in ('"alice"', '"bob"', '"bob", "1"', '"grace", "0"', '"x", "2"', '"x", "-1"', '"x", "$null"')
        )
        self.assertEqual(self.run_script(body, head=self.file(GROUPS)), ["1", "-1", "1", "1", "-4", "-4", "-1"])

    def test_groups_without_a_file_are_minus_two(self) -> None:
        self.assertEqual(self.run_script(f'pcre_match_group("alice"); {TELL}'), ["-2"])

    def test_reload_reads_the_file_again(self) -> None:
        self.serve(f'pcre_match_group("carol"); {TELL}', head=self.file(GROUPS))
        self.assertEqual(self.ask(), ["-1"])
        self.path.write_text("[0]\ncarol\n")
        self.sip.rpc("regex.reload")
        self.assertEqual(self.ask(), ["1"])

    def test_a_reload_that_fails_keeps_the_groups(self) -> None:
        self.serve(f'pcre_match_group("alice"); {TELL}', head=self.file(GROUPS))
        self.path.write_text("[0]\n(\n")
        failure = self.assertRaises(ScriptError, self.sip.rpc, "regex.reload")
        self.assertEqual((failure.code, str(failure)), (500, "Failed to reload"))
        self.assertEqual(self.ask(), ["1"])

    def test_reload_without_a_file_is_an_error(self) -> None:
        self.serve("")
        failure = self.assertRaises(ScriptError, self.sip.rpc, "regex.reload")
        self.assertEqual((failure.code, str(failure)), (500, "Group matching not enabled"))

    def test_a_file_that_cannot_be_read_ends_the_start(self) -> None:
        self.assertRaises(ConfigError, made(Regex, file="/nonexistent/groups").start, Server())
        self.file("")
        self.assertRaises(ConfigError, made(Regex, file=str(self.path)).start, Server())
