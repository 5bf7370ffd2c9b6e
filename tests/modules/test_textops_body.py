"""has_body(), set_body(), filter_body(), is_audio_on_hold()."""

from __future__ import annotations

from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from sipapp.module import ConfigError
from sipapp.modules.textops import Textops
from sipapp.modules.textops.body import is_type, wanted_type
from tests.modules.texts import SDP, added, body, made, running, wire, with_sdp

MIXED = b'multipart/mixed;boundary="b1"'
PARTS = (
    b"--b1\r\nContent-Type: text/plain\r\n\r\nhi\r\n"
    b"--b1\r\nContent-Type: text/html; charset=utf-8\r\nContent-Language: en\r\n\r\n<p>\r\n\r\n--b1--\r\n"
)


class HasBodyTests(SynchronousTestCase):
    def has_body(self, wanted: bytes = b"", content_type: bytes | None = b"Text/plain;x=y", text: bytes = b"hi") -> Any:
        return made(Textops).has_body(running(body=text, content_type=content_type), wanted)

    def test_there_is_one_by_its_length(self) -> None:
        self.assertTrue(self.has_body())
        self.assertFalse(self.has_body(text=b""))
        self.assertFalse(made(Textops).has_body(running(body=b"hi", length=None)))

    def test_and_of_the_wanted_type(self) -> None:
        self.assertTrue(self.has_body(b"text/plain"))
        self.assertFalse(self.has_body(b"application/sdp"))
        self.assertFalse(self.has_body(b"text/*"))

    def test_without_a_type_it_is_sdp(self) -> None:
        self.assertTrue(self.has_body(b"application/sdp", content_type=None))

    def test_a_malformed_type_is_none(self) -> None:
        self.assertFalse(self.has_body(b"text/plain", content_type=b"text"))
        self.assertFalse(self.has_body(b"text/*", content_type=b"text/*"))

    def test_a_malformed_length_is_no_body(self) -> None:
        self.assertFalse(made(Textops).has_body(running(b"Content-Length: x\r\n", length=None)))

    def test_no_single_type_in_the_script_is_a_mistake(self) -> None:
        self.assertEqual(wanted_type(b"Text/Plain; x=y"), b"text/plain")
        self.assertEqual(wanted_type(b""), b"")
        for text in (b"text", b"text/plain, a/b", b"*/plain"):
            self.assertRaises(ConfigError, wanted_type, text)


class SetBodyTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.ctx = running(body=b"hello", content_type=b"text/html")

    def test_replaces_body_and_type(self) -> None:
        self.assertTrue(made(Textops).set_body(self.ctx, b"x=1", b"text/plain"))
        self.assertEqual(added(self.ctx), [b"Content-Length: 3", b"Content-Type: text/plain"])
        self.assertEqual(body(self.ctx), b"x=1")

    def test_a_type_that_is_the_same_stays_where_it_is(self) -> None:
        made(Textops).set_body(self.ctx, b"x=1", b"text/html")
        self.assertEqual(added(self.ctx), [b"Content-Type: text/html", b"Content-Length: 3"])

    def test_the_last_one_counts(self) -> None:
        made(Textops).set_body(self.ctx, b"x=1", b"text/plain")
        made(Textops).set_body(self.ctx, b"y=22", b"a/b")
        self.assertEqual(added(self.ctx), [b"Content-Length: 4", b"Content-Type: a/b"])
        self.assertEqual(body(self.ctx), b"y=22")

    def test_a_message_without_length_gets_one(self) -> None:
        ctx = running(length=None)
        made(Textops).set_body(ctx, b"x=1", b"a/b")
        self.assertEqual(added(ctx), [b"Content-Type: a/b", b"Content-Length: 3"])

    def test_neither_body_nor_type_may_be_empty(self) -> None:
        self.assertFalse(made(Textops).set_body(self.ctx, b"", b"text/plain"))
        self.assertFalse(made(Textops).set_body(self.ctx, b"x", b""))
        self.assertEqual(wire(self.ctx), self.ctx.message.raw)

    def test_in_hexadecimal_digits(self) -> None:
        self.assertFalse(made(Textops).set_body_hex(self.ctx, b"zz", b"a/b"))
        self.assertTrue(made(Textops).set_body_hex(self.ctx, b"68 69", b"a/b"))
        self.assertEqual(body(self.ctx), b"hi")


class FilterBodyTests(SynchronousTestCase):
    def filtered(self, wanted: bytes, content_type: bytes = MIXED, text: bytes = PARTS) -> tuple[bool, bytes]:
        ctx = running(body=text, content_type=content_type)
        return made(Textops).filter_body(ctx, wanted), body(ctx)

    def test_leaves_the_content_of_the_first_part_of_a_type(self) -> None:
        self.assertEqual(self.filtered(b"TEXT/plain"), (True, b"hi"))

    def test_leaves_what_follows_the_content_type_of_the_part(self) -> None:
        self.assertEqual(self.filtered(b"text/html"), (True, b"Content-Language: en\r\n\r\n<p>\r\n"))

    def test_is_false_without_such_a_part(self) -> None:
        self.assertEqual(self.filtered(b"a/b"), (False, PARTS))

    def test_is_false_for_what_is_not_multipart_mixed(self) -> None:
        self.assertEqual(self.filtered(b"text/plain", b"text/plain"), (False, PARTS))
        self.assertEqual(self.filtered(b"text/plain", b"multipart/mixed"), (False, PARTS))
        self.assertEqual(self.filtered(b"text/plain", b"multipart/related;boundary=b1"), (False, PARTS))

    def test_a_part_without_content_leaves_nothing(self) -> None:
        text = b"--b1\r\nContent-Type: a/b\r\n\r\n--b1--\r\n"
        self.assertEqual(self.filtered(b"a/b", text=text), (True, b""))


class TypeTests(SynchronousTestCase):
    def test_is_compared_with_parameters_only_where_they_are_wanted(self) -> None:
        self.assertTrue(is_type(b"text/plain; charset=utf-8", b"Text/Plain"))
        self.assertTrue(is_type(b"text/plain;charset=utf-8", b"text/plain;charset=UTF-8"))
        self.assertFalse(is_type(b"text/plain", b"text/plain;charset=utf-8"))
        self.assertFalse(is_type(b"text/plainer", b"text/plain"))


class HoldTests(SynchronousTestCase):
    def test_of_an_audio_stream(self) -> None:
        held = SDP.replace(b"a=fmtp:101 0-15\r\n", b"a=sendonly\r\n")
        self.assertEqual(made(Textops).is_audio_on_hold(with_sdp(held)), 2)
        self.assertEqual(made(Textops).is_audio_on_hold(with_sdp(SDP.replace(b"IP4 192.0.2.101", b"IP4 0.0.0.0"))), 1)

    def test_of_the_session(self) -> None:
        self.assertEqual(made(Textops).is_audio_on_hold(with_sdp(SDP.replace(b"t=0 0", b"t=0 0\r\na=inactive"))), 2)

    def test_of_another_stream_does_not_count(self) -> None:
        self.assertEqual(made(Textops).is_audio_on_hold(with_sdp()), -1)

    def test_without_a_description_there_is_none(self) -> None:
        self.assertEqual(made(Textops).is_audio_on_hold(running()), -1)
        self.assertEqual(made(Textops).is_audio_on_hold(with_sdp(b"v=0\r\n")), -1)
        self.assertEqual(made(Textops).is_audio_on_hold(running(body=SDP, content_type=b"text/plain")), -1)
