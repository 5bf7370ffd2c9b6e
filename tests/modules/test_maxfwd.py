from __future__ import annotations

from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from sipapp.message.parse import parse
from sipapp.module import ScriptError
from sipapp.modules.maxfwd import Maxfwd
from tests.modules.stage import REQUEST, context, made


def with_max_forwards(line: str) -> Any:
    text = REQUEST.format(method="INVITE", uri="sip:bob@example.com", to="", more="")
    return context(parse(text.replace("Max-Forwards: 70\r\n", line).encode()))


def sent(ctx: Any) -> Any:
    return ctx.draft.render(ctx.message)


class MaxfwdTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.module = made(Maxfwd)

    def test_it_counts_down(self) -> None:
        ctx = with_max_forwards("Max-Forwards: 70\r\n")
        self.assertEqual(self.module.mf_process_maxfwd_header(ctx, 10), 1)
        self.assertIn(b"\r\nMax-Forwards: 69\r\n", sent(ctx))

    def test_a_second_call_counts_down_once_more(self) -> None:
        ctx = with_max_forwards("Max-Forwards: 10\r\n")
        self.module.mf_process_maxfwd_header(ctx, 10)
        self.assertEqual(self.module.mf_process_maxfwd_header(ctx, 10), 1)
        self.assertIn(b"\r\nMax-Forwards:  8\r\n", sent(ctx))

    def test_the_script_sees_the_new_value(self) -> None:
        ctx = with_max_forwards("Max-Forwards: 70\r\n")
        self.module.mf_process_maxfwd_header(ctx, 10)
        self.assertEqual(ctx.message.first(b"max-forwards"), b"69")
        self.assertEqual(ctx.message.max_forwards, 69)

    def test_more_than_max_limit_is_cut_down_to_it(self) -> None:
        ctx = with_max_forwards("Max-Forwards: 255\r\n")
        self.assertEqual(self.module.mf_process_maxfwd_header(ctx, 10), 1)
        self.assertIn(b"\r\nMax-Forwards:  70\r\n", sent(ctx))

    def test_zero_stays_zero(self) -> None:
        ctx = with_max_forwards("Max-Forwards: 0\r\n")
        self.assertEqual(self.module.mf_process_maxfwd_header(ctx, 10), -1)
        self.assertIn(b"\r\nMax-Forwards: 0\r\n", sent(ctx))

    def test_a_missing_one_is_added_on_top(self) -> None:
        ctx = with_max_forwards("")
        self.assertEqual(self.module.mf_process_maxfwd_header(ctx, 10), 2)
        self.assertIn(b"SIP/2.0\r\nMax-Forwards: 10\r\nVia:", sent(ctx))

    def test_an_unreadable_one_is_an_error(self) -> None:
        for value in ("abc", "", "99999999", "-1"):
            ctx = with_max_forwards(f"Max-Forwards: {value}\r\n")
            self.assertEqual(self.module.mf_process_maxfwd_header(ctx, 10), -2, value)
            self.assertEqual(self.module.is_maxfwd_lt(ctx, 10), -3, value)

    def test_it_compares_with_a_limit(self) -> None:
        for value, limit, code in ((9, 10, 1), (10, 10, -1), (70, 10, -1)):
            ctx = with_max_forwards(f"Max-Forwards: {value}\r\n")
            self.assertEqual(self.module.is_maxfwd_lt(ctx, limit), code)
        self.assertEqual(self.module.is_maxfwd_lt(with_max_forwards(""), 10), -2)

    def test_a_limit_beyond_a_byte_is_refused(self) -> None:
        ctx = with_max_forwards("Max-Forwards: 70\r\n")
        self.assertRaises(ScriptError, self.module.mf_process_maxfwd_header, ctx, 256)
        self.assertRaises(ScriptError, self.module.is_maxfwd_lt, ctx, -1)

    def test_the_functions_have_all_their_names(self) -> None:
        self.assertEqual(
            sorted(function.name for function in self.module.script_functions()),
            [
                *("is_maxfwd_lt", "maxfwd_at_least", "maxfwd_process", "mf_lowlimit", "mf_process_maxfwd_header"),
                "process_maxfwd",
            ],
        )
