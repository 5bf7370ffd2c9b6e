"""append_hf(), insert_hf(), remove_hf*(), is_present_hf*() and their like."""

from __future__ import annotations

import re
from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from sipapp.module import Context, compile_regex
from sipapp.modules.textops import Textops
from tests.modules.stage import context, response
from tests.modules.texts import added, made, running, wire

MORE = b"X-One: first\r\nX-Two: a, b\r\nx-one: second\r\ns: hello\r\n"
RECEIVED = [b"X-One: first", b"X-Two: a, b", b"x-one: second", b"s: hello", b"Content-Length: 0"]


def regex(text: bytes) -> Any:
    return compile_regex(text, newline=True)


class FieldsTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.module = made(Textops)
        self.ctx = running(MORE)

    def left(self, ctx: Context | None = None) -> list[int]:
        """The numbers of the received lines that are still there."""
        lines = added(ctx or self.ctx)
        return [number for number, line in enumerate(RECEIVED) if line in lines]


class AddTests(FieldsTests):
    def test_lines_come_last_in_the_order_of_the_calls(self) -> None:
        self.assertTrue(self.module.append_hf(self.ctx, b"A: 1\r\n"))
        self.assertTrue(self.module.append_hf(self.ctx, b"B: 2\r\n"))
        self.assertEqual(added(self.ctx), [*RECEIVED, b"A: 1", b"B: 2"])

    def test_or_behind_the_last_header_field_of_a_name(self) -> None:
        self.module.append_hf(self.ctx, b"A: 1\r\n", b"x-one")
        self.assertEqual(added(self.ctx), [*RECEIVED[:3], b"A: 1", *RECEIVED[3:]])

    def test_or_last_where_there_is_no_such_name(self) -> None:
        self.module.append_hf(self.ctx, b"A: 1\r\n", b"nosuch")
        self.assertEqual(added(self.ctx), [*RECEIVED, b"A: 1"])

    def test_a_text_without_line_end_is_added_as_it_is(self) -> None:
        self.module.append_hf(self.ctx, b"A: 1")
        self.assertTrue(wire(self.ctx).endswith(b"Content-Length: 0\r\nA: 1\r\n"))

    def test_insert_hf_puts_lines_first_in_the_order_of_the_calls(self) -> None:
        self.module.insert_hf(self.ctx, b"A: 1\r\n")
        self.module.insert_hf(self.ctx, b"B: 2\r\n")
        self.assertTrue(wire(self.ctx).startswith(b"MESSAGE sip:bob@example.com SIP/2.0\r\nA: 1\r\nB: 2\r\nVia: "))

    def test_or_before_the_first_header_field_of_a_name(self) -> None:
        self.module.insert_hf(self.ctx, b"A: 1\r\n", b"x-one")
        self.assertEqual(added(self.ctx), [b"A: 1", *RECEIVED])

    def test_nothing_is_not_added(self) -> None:
        self.assertFalse(self.module.append_hf(self.ctx, b""))
        self.assertFalse(self.module.insert_hf(self.ctx, b""))
        self.assertEqual(self.ctx.draft.edits, [])

    def test_append_urihf_takes_the_received_uri(self) -> None:
        self.ctx.draft.request_uri = b"sip:carol@example.com"
        self.assertTrue(self.module.append_urihf(self.ctx, b"P: <", b">\r\n"))
        self.assertEqual(added(self.ctx)[-1], b"P: <sip:bob@example.com>")
        self.assertFalse(self.module.append_urihf(context(response()), b"P: <", b">\r\n"))

    def test_the_date_comes_behind_the_first_header_field(self) -> None:
        self.assertTrue(self.module.append_time_to_request(self.ctx))
        self.assertTrue(re.search(rb"\r\nVia: [^\r]*\r\nDate: [^\r]* GMT\r\nFrom: ", wire(self.ctx)))


class RemoveTests(FieldsTests):
    def test_every_one_of_a_name_goes(self) -> None:
        self.assertTrue(self.module.remove_hf(self.ctx, b"x-one"))
        self.assertEqual(self.left(), [1, 3, 4])
        self.assertFalse(self.module.remove_hf(self.ctx, b"nosuch"))

    def test_a_compact_form_is_the_same_name(self) -> None:
        self.assertTrue(self.module.remove_hf(self.ctx, b"subject"))
        self.assertEqual(self.left(), [0, 1, 2, 4])

    def test_what_was_removed_is_still_seen(self) -> None:
        self.module.remove_hf(self.ctx, b"x-one")
        self.assertTrue(self.module.is_present_hf(self.ctx, b"x-one"))

    def test_what_was_added_is_not_seen(self) -> None:
        self.module.append_hf(self.ctx, b"X-New: 1\r\n")
        self.assertFalse(self.module.is_present_hf(self.ctx, b"x-new"))

    def test_remove_hf_pv_is_true_for_any_name(self) -> None:
        self.assertTrue(self.module.remove_hf_pv(self.ctx, b"X-Two"))
        self.assertTrue(self.module.remove_hf_pv(self.ctx, b"Nosuch"))
        self.assertFalse(self.module.remove_hf_pv(self.ctx, b"no name"))
        self.assertEqual(self.left(), [0, 2, 3, 4])

    def test_one_goes_by_its_number(self) -> None:
        for index, code, left in (
            (0, 1, [1, 2, 3, 4]),
            (-1, 1, [0, 1, 3, 4]),
            (2, 2, [*range(5)]),
            (-3, 1, [*range(5)]),
        ):
            ctx = running(MORE)
            self.assertEqual(self.module.remove_hf_idx(ctx, b"X-One", index), code)
            self.assertEqual(self.left(ctx), left)
        self.assertEqual(self.module.remove_hf_idx(self.ctx, b"no name", 0), -1)

    def test_by_expression_over_names_as_received(self) -> None:
        self.assertTrue(self.module.remove_hf_re(self.ctx, regex(b"^x-t|^S$")))
        self.assertEqual(self.left(), [0, 2, 4])
        self.assertFalse(self.module.remove_hf_re(self.ctx, regex(b"^Subject")))

    def test_by_expression_with_exceptions(self) -> None:
        self.assertTrue(self.module.remove_hf_exp(self.ctx, regex(b"^X-"), regex(b"two")))
        self.assertEqual(self.left(), [1, 3, 4])
        self.assertFalse(self.module.remove_hf_exp(self.ctx, regex(b"^X-"), regex(b"^X-")))

    def test_by_expressions_of_the_run(self) -> None:
        self.assertTrue(self.module.remove_hf_re_pv(self.ctx, b"^x-two$"))
        self.assertFalse(self.module.remove_hf_re_pv(self.ctx, b"("))
        self.assertTrue(self.module.remove_hf_exp_pv(self.ctx, b"^s$", b"zz"))
        self.assertFalse(self.module.remove_hf_exp_pv(self.ctx, b"^x", b"("))
        self.assertEqual(self.left(), [0, 2, 4])

    def test_by_value(self) -> None:
        for op, expr, code, left in (
            (b"eq", b"first", 1, [1, 2, 3, 4]),
            (b"EQ", b"FIRST", -2, [*range(5)]),
            (b"ne", b"first", 1, [0, 1, 3, 4]),
            (b"in", b"irs", 1, [1, 2, 3, 4]),
            (b"re", b"^F.*T$", 1, [1, 2, 3, 4]),
            (b"re", b"(", -1, [*range(5)]),
            (b"sw", b"f", -1, [*range(5)]),
        ):
            ctx = running(MORE)
            self.assertEqual(self.module.remove_hf_match(ctx, b"X-One", op, expr), code, op)
            self.assertEqual(self.left(ctx), left)
        self.assertEqual(self.module.remove_hf_match(self.ctx, b"no name", b"eq", b""), -1)


class ViaTests(SynchronousTestCase):
    def test_a_parameter_goes_from_one_via_value(self) -> None:
        more = b'Via: SIP/2.0/UDP h1;a="x;y";B=2;branch=z, SIP/2.0/UDP h2:5070;b;c\r\n'
        for name, index, code, line in (
            (b"b", 1, 1, b'Via: SIP/2.0/UDP h1;a="x;y";branch=z, SIP/2.0/UDP h2:5070;b;c'),
            (b"a", 1, 1, b"Via: SIP/2.0/UDP h1;B=2;branch=z, SIP/2.0/UDP h2:5070;b;c"),
            (b"B", -1, 1, b'Via: SIP/2.0/UDP h1;a="x;y";B=2;branch=z, SIP/2.0/UDP h2:5070;c'),
            (b"zz", 1, -1, more.strip()),
            (b"b", 3, -1, more.strip()),
            (b"b", -4, -1, more.strip()),
        ):
            ctx = running(more)
            self.assertEqual(made(Textops).via_param_rm(ctx, name, index), code)
            self.assertEqual(added(ctx)[0], line)

    def test_the_number_of_removed_ones_is_the_answer(self) -> None:
        self.assertEqual(made(Textops).via_param_rm(running(b"Via: SIP/2.0/UDP h;a;a=1\r\n"), b"a", 1), 2)

    def test_a_malformed_via_has_none(self) -> None:
        self.assertEqual(made(Textops).via_param_rm(running(b"Via: nonsense\r\n"), b"a", 1), -1)


class PresentTests(FieldsTests):
    def test_by_name(self) -> None:
        answers = [self.module.is_present_hf(self.ctx, key) for key in (b"x-one", b"subject", b"nosuch")]
        self.assertEqual(answers, [True, True, False])

    def test_by_name_of_the_run(self) -> None:
        answers = [self.module.is_present_hf_pv(self.ctx, n) for n in (b"X-ONE", b"Subject", b"", b"no name", b"x:y")]
        self.assertEqual(answers, [True, True, False, False, False])

    def test_by_expression(self) -> None:
        self.assertTrue(self.module.is_present_hf_re(self.ctx, regex(b"^x-")))
        self.assertFalse(self.module.is_present_hf_re(self.ctx, regex(b"^q")))
        self.assertTrue(self.module.is_present_hf_re_pv(self.ctx, b"ONE$"))
        self.assertFalse(self.module.is_present_hf_re_pv(self.ctx, b"("))
