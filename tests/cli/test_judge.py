"""sipapp/cli/judge.py: supported, different or missing."""

from __future__ import annotations

from pathlib import Path

from twisted.trial.unittest import SynchronousTestCase

from sipapp.cli.judge import Verdict, judged
from sipapp.script.parser import parse_text


def verdicts(text: str, mpath: str = "") -> dict[str, Verdict]:
    return {v.name: v for v in judged(parse_text("#!KAMAILIO\n" + text, "app.cfg"), mpath)}


def states(text: str) -> dict[str, str]:
    return {name: verdict.state for name, verdict in verdicts(text).items()}


class JudgeTests(SynchronousTestCase):
    def test_what_is_here_is_supported_whether_it_is_loaded_or_not(self) -> None:
        self.assertEqual(
            states(
                'loadmodule "sl"\nmodparam("sl", "default_code", 1)\n'
                "request_route { sl_send_reply(1); $ru = $(rU{s.len}); xlog(@via.host); exit; }"
            ),
            {
                "sl": "supported",
                "sl.default_code": "supported",
                "sl_send_reply()": "differs",
                "xlog()": "supported",
                "$ru": "supported",
                "$rU": "supported",
                "{s.len}": "supported",
                "@via.host": "supported",
            },
        )

    def test_what_is_not_here_is_missing_and_told_where_kamailio_has_it(self) -> None:
        found = verdicts(
            'loadmodule "app_perl"\nmodparam("app_perl", "filename", "x")\nmodparam("sl", "nope", 1)\n'
            "request_route { perl_exec(1); $hep(x) = $(rU{s.nope}); xyzzy(@nope.a); }"
        )
        self.assertEqual({v.state for name, v in found.items() if name != "$rU"}, {"missing"})
        self.assertEqual((found["perl_exec()"].note, found["$hep"].note), ("module app_perl", "module sipcapture"))
        self.assertEqual((found["xyzzy()"].note, found["@nope.a"].kind), ("", "select"))

    def test_what_differs_has_the_rows_that_say_how(self) -> None:
        found = verdicts("children=4\nmemdbg=5\nrequest_route { async_sleep(1); }")
        self.assertEqual([row.what for row in found["async_sleep()"].differences], ["statement after `async_sleep()`"])
        self.assertEqual(found["async_sleep()"].state, "differs")
        self.assertEqual((found["memdbg"].state, found["memdbg"].note[:14]), ("differs", "has no effect:"))

    def test_uses_are_counted_and_the_first_place_is_kept(self) -> None:
        found = verdicts("request_route {\n xlog(1);\n xlog(2); }")["xlog()"]
        self.assertEqual((found.uses, str(found.at)), (2, "app.cfg:3:2"))

    def test_what_looks_like_a_variable_in_a_text_counts_only_if_it_is_one(self) -> None:
        self.assertEqual(
            states('request_route { xlog("$nosuch $5 $ru $hep(x)"); }'),
            {"xlog()": "supported", "$ru": "supported", "$hep": "missing"},
        )

    def test_event_routes_are_known_by_pattern(self) -> None:
        self.assertEqual(
            states("event_route[htable:expired:mine] { exit; } event_route[no:such] { exit; }"),
            {"htable:expired:mine": "supported", "no:such": "missing"},
        )

    def test_modules_of_others_are_found_along_the_mpath(self) -> None:
        folder = Path(self.mktemp())
        folder.mkdir()
        (folder / "judged_by_tests.py").write_text(
            "from sipapp.module import module, modparam, script_function\n"
            '@module("judged_by_tests")\n'
            "class Judged:\n"
            '    """A module."""\n'
            "    limit: int = modparam(default=0)\n"
            "    @script_function()\n"
            "    def judged_call(self) -> int:\n"
            "        return 1\n",
            encoding="utf-8",
        )
        text = 'loadmodule "judged_by_tests"\nmodparam("judged_by_tests", "limit", 1)\nrequest_route { judged_call(); }'
        self.assertEqual({v.state for v in verdicts(text).values()}, {"missing"})
        self.assertEqual({v.state for v in verdicts(text, str(folder)).values()}, {"supported"})
        self.assertEqual({v.state for v in verdicts(f'mpath="{folder}"\n{text}').values()}, {"supported"})

    def test_kinds_come_in_order(self) -> None:
        found = judged(parse_text('#!KAMAILIO\nrequest_route { xlog("$ru"); }\ndebug=1\nloadmodule "sl"', "app.cfg"))
        self.assertEqual([v.kind for v in found], ["module", "core parameter", "function", "variable"])
