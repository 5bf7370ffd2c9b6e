"""The parts of a body."""

from __future__ import annotations

from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from sipapp.interfaces import Access
from sipapp.module import ConfigError, Context, ScriptError
from sipapp.modules.textops import Textops
from tests.modules.stage import variable
from tests.modules.texts import added, body, made, running, wire

MIXED = b'multipart/mixed;boundary="b1"'
PLAIN = b"Content-Type: text/plain\r\n\r\nhi\r\n"
HTML = b"Content-Type: text/html\r\n\r\n<p>\r\n"


def mixed(text: bytes = b"--b1\r\n" + PLAIN + b"--b1\r\n" + HTML + b"--b1--\r\n", content_type: bytes = MIXED) -> Any:
    return running(body=text, content_type=content_type)


class MakeTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.module = made(Textops)
        self.ctx = running(body=b"hello\r\n", content_type=b"text/html")

    def test_the_body_becomes_the_only_part(self) -> None:
        self.assertTrue(self.module.multipart_0(self.ctx))
        self.assertEqual(
            body(self.ctx),
            b"--unique-boundary-1\r\nContent-Type: text/html\r\n\r\nhello\r\n\r\n--unique-boundary-1--\r\n",
        )
        self.assertEqual(
            added(self.ctx),
            [
                b"Content-Length: 80",
                b'Content-Type: multipart/mixed;boundary="unique-boundary-1"',
                b"Mime-Version: 1.0",
            ],
        )

    def test_with_a_boundary_of_the_scripts_own(self) -> None:
        self.assertTrue(self.module.multipart_1(self.ctx, b"bb"))
        self.assertEqual(body(self.ctx), b"--bb\r\nContent-Type: text/html\r\n\r\nhello\r\n\r\n--bb--\r\n")

    def test_with_a_text_of_the_scripts_own(self) -> None:
        self.assertTrue(self.module.multipart_2(self.ctx, b"new\r\n\r\n", b"a/b", b"bb"))
        self.assertEqual(body(self.ctx), b"--bb\r\nContent-Type: a/b\r\n\r\nnew\r\n\r\n--bb--\r\n")

    def test_a_body_without_type_is_text(self) -> None:
        ctx = running(body=b"hello")
        self.module.multipart_1(ctx, b"bb")
        self.assertEqual(body(ctx), b"--bb\r\nContent-Type: text/plain\r\n\r\nhello\r\n--bb--\r\n")

    def test_a_message_without_body_gets_one(self) -> None:
        ctx = running()
        self.assertFalse(self.module.multipart_0(ctx))
        self.assertTrue(self.module.multipart_2(ctx, b"new", b"a/b", b"bb"))
        self.assertEqual(body(ctx), b"--bb\r\nContent-Type: a/b\r\n\r\nnew\r\n--bb--\r\n")

    def test_what_is_multipart_already_stays(self) -> None:
        ctx = mixed()
        self.assertTrue(self.module.multipart_0(ctx))
        self.assertEqual(wire(ctx), ctx.message.raw)

    def test_a_new_text_for_it_brings_its_boundary(self) -> None:
        ctx = mixed()
        self.assertTrue(self.module.multipart_2(ctx, b"new", b"a/b", b"zz"))
        self.assertEqual(added(ctx), [b"Content-Length: 40", b'Content-Type: multipart/mixed;boundary="zz"'])

    def test_a_boundary_cannot_start_with_a_hyphen(self) -> None:
        self.assertRaises(ScriptError, self.module.multipart_1, self.ctx, b"-bb")
        self.assertEqual(wire(self.ctx), self.ctx.message.raw)


class AppendTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.module = made(Textops)

    def test_a_part_comes_last_and_the_delimiters_are_right(self) -> None:
        ctx = mixed()
        self.assertTrue(self.module.append_body_part(ctx, b"more", b"text/xml"))
        self.assertTrue(self.module.append_body_part(ctx, b"again\r\n\r\n", b"text/xml", b"session"))
        self.assertEqual(
            body(ctx),
            b"--b1\r\n" + PLAIN + b"--b1\r\n" + HTML + b"--b1\r\nContent-Type: text/xml\r\n\r\nmore\r\n"
            b"--b1\r\nContent-Type: text/xml\r\nContent-Disposition: session\r\n\r\nagain\r\n\r\n--b1--\r\n",
        )
        self.assertIn(b"\r\nContent-Length: %d\r\n" % len(body(ctx)), wire(ctx))

    def test_in_hexadecimal_digits(self) -> None:
        ctx = mixed(b"--b1\r\n" + PLAIN + b"--b1--\r\n")
        self.assertTrue(self.module.append_body_part_hex(ctx, b"61 62 0D0a", b"a/b", b"x"))
        self.assertEqual(
            body(ctx),
            b"--b1\r\n" + PLAIN + b"--b1\r\nContent-Type: a/b\r\nContent-Disposition: x\r\n\r\nab\r\n\r\n--b1--\r\n",
        )
        self.assertFalse(self.module.append_body_part_hex(ctx, b"6", b"a/b"))

    def test_nothing_is_added_to_what_is_not_multipart(self) -> None:
        ctx = running(body=b"x", content_type=b"text/plain")
        self.assertFalse(self.module.append_body_part(ctx, b"more", b"a/b"))
        self.assertFalse(self.module.append_body_part(running(), b"more", b"a/b"))
        self.assertEqual(wire(ctx), ctx.message.raw)

    def test_neither_text_nor_type_may_be_empty(self) -> None:
        self.assertFalse(self.module.append_body_part(mixed(), b"", b"a/b"))
        self.assertFalse(self.module.append_body_part(mixed(), b"x", b""))


class RemoveTests(SynchronousTestCase):
    def test_the_first_part_of_a_type_goes(self) -> None:
        ctx = mixed()
        self.assertTrue(made(Textops).remove_body_part(ctx, b"text/plain"))
        self.assertEqual(body(ctx), b"--b1\r\n" + HTML + b"--b1--\r\n")

    def test_the_last_part_goes_with_its_closing_delimiter(self) -> None:
        ctx = mixed()
        self.assertTrue(made(Textops).remove_body_part(ctx, b"text/html"))
        self.assertEqual(body(ctx), b"--b1\r\n" + PLAIN + b"--b1--\r\n")

    def test_one_goes_and_another_comes(self) -> None:
        ctx = mixed()
        made(Textops).remove_body_part(ctx, b"text/plain")
        made(Textops).append_body_part(ctx, b"x", b"a/b")
        self.assertEqual(body(ctx), b"--b1\r\n" + HTML + b"--b1\r\nContent-Type: a/b\r\n\r\nx\r\n--b1--\r\n")

    def test_is_false_where_there_is_none(self) -> None:
        self.assertFalse(made(Textops).remove_body_part(mixed(), b"a/b"))
        self.assertFalse(made(Textops).remove_body_part(running(), b"a/b"))
        self.assertFalse(made(Textops).remove_body_part(running(body=b"x", content_type=b"a/b"), b"a/b"))


class GetTests(SynchronousTestCase):
    def get(self, ctx: Context, content_type: bytes, raw: bool = False) -> tuple[bool, Any]:
        target = variable()
        function = made(Textops).get_body_part_raw if raw else made(Textops).get_body_part
        return function(ctx, content_type, target), target.value

    def test_a_part_from_behind_its_type_on(self) -> None:
        self.assertEqual(self.get(mixed(), b"Text/Plain"), (True, b"\r\nhi\r\n"))
        self.assertEqual(self.get(mixed(), b"a/b"), (False, None))

    def test_a_raw_part_has_its_type_and_the_delimiter_behind_it(self) -> None:
        self.assertEqual(self.get(mixed(), b"text/html", raw=True), (True, HTML + b"--b1--\r\n"))

    def test_all_of_a_body_that_is_not_multipart(self) -> None:
        ctx = running(body=b"hello", content_type=b"text/plain")
        self.assertEqual(self.get(ctx, b"a/b"), (True, b"hello"))
        self.assertEqual(self.get(running(), b"a/b"), (False, None))

    def test_a_variable_that_cannot_be_written_is_a_mistake(self) -> None:
        for function in made(Textops).script_functions():
            if function.name.startswith("get_body_part"):
                self.assertRaises(ConfigError, function.parameters[1].parse, Access(lambda ctx: 1))
