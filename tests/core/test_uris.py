"""sipapp/core/uris.py: the Request-URI, piece by piece."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from tests.core.script import Script


class UriTests(SynchronousTestCase):
    def changed(self, calls: str, uri: bytes = b"sip:bob:pw@192.0.2.7:5070;transport=tcp;x=y") -> bytes | None:
        return Script(calls, uri=uri).draft.request_uri

    def test_each_function_changes_its_piece(self) -> None:
        for call, uri in (
            ('rewriteuri("sip:new@example.com");', b"sip:new@example.com"),
            ('sethost("example.com");', b"sip:bob:pw@example.com:5070;transport=tcp;x=y"),
            ('sethostport("example.com:5080");', b"sip:bob:pw@example.com:5080;transport=tcp;x=y"),
            ('sethostporttrans("example.com:5080;transport=udp");', b"sip:bob:pw@example.com:5080;transport=udp;x=y"),
            ('setport("5090");', b"sip:bob:pw@192.0.2.7:5090;transport=tcp;x=y"),
            ('setuser("joe");', b"sip:joe:pw@192.0.2.7:5070;transport=tcp;x=y"),
            ('setuserpass("joe:secret");', b"sip:joe:secret@192.0.2.7:5070;transport=tcp;x=y"),
            ('prefix("00");', b"sip:00bob:pw@192.0.2.7:5070;transport=tcp;x=y"),
            ("strip(2);", b"sip:b:pw@192.0.2.7:5070;transport=tcp;x=y"),
            ("strip(9);", b"sip:192.0.2.7:5070;transport=tcp;x=y"),
            ("strip_tail(1);", b"sip:bo:pw@192.0.2.7:5070;transport=tcp;x=y"),
            ("userphone();", b"sip:bob:pw@192.0.2.7:5070;transport=tcp;x=y;user=phone"),
        ):
            self.assertEqual(self.changed(call), uri, call)

    def test_changes_add_up_and_can_be_taken_back(self) -> None:
        self.assertEqual(self.changed('strip(1); prefix("r"); sethost("h");', b"sip:bob@x"), b"sip:rob@h")
        self.assertIsNone(self.changed('setuser("joe"); revert_uri();'))

    def test_a_uri_that_cannot_be_rewritten_stays_and_the_call_is_false(self) -> None:
        script = Script('$var(a) = setport("5090"); $var(b) = 1;', uri=b"tel:+123")
        self.assertEqual((script.var("a"), script.var("b")), (-1, 1))
        self.assertIsNone(script.draft.request_uri)
