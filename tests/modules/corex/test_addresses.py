from __future__ import annotations

from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from sipapp.module import ScriptError
from sipapp.modules.corex import Corex
from sipapp.modules.corex.addresses import NamedAddress, parse_address
from tests.modules.stage import made


class AddressesTests(SynchronousTestCase):
    def test_parts_may_be_missing(self) -> None:
        for text, parts in (
            (b"udp:192.0.2.1:5060", ("udp", "192.0.2.1", 5060)),
            (b"TLS:example.com", ("tls", "example.com", None)),
            (b"192.0.2.1:5060", (None, "192.0.2.1", 5060)),
            (b"192.0.2.1", (None, "192.0.2.1", None)),
            (b"tcp:[2001:db8::1]:5070", ("tcp", "2001:db8::1", 5070)),
            (b"[2001:db8::1]", (None, "2001:db8::1", None)),
            (b"2001:db8::1", (None, "2001:db8::1", None)),
        ):
            self.assertEqual(parse_address(text), NamedAddress(*parts), text)

    def test_nonsense_is_an_error(self) -> None:
        for text in (b"", b"udp:", b"h:x", b"h:70000", b"[::1", b"[::1]x", b":5060"):
            self.assertRaises(ScriptError, parse_address, text)

    def test_transformations_take_an_address_apart(self) -> None:
        module: Any = made(Corex)
        for text, host, port, proto, uri in (
            (b"udp:192.0.2.1:5060", b"192.0.2.1", b"5060", b"udp", b"sip:192.0.2.1:5060;transport=udp"),
            (b"example.com", b"example.com", b"", b"", b"sip:example.com"),
            (b"tls:[2001:db8::1]", b"[2001:db8::1]", b"", b"tls", b"sip:[2001:db8::1];transport=tls"),
            (b"h:x", None, None, None, None),
        ):
            found = [getattr(module, name)(text) for name in ("tr_host", "tr_port", "tr_proto", "tr_to_uri")]
            self.assertEqual(found, [host, port, proto, uri])
