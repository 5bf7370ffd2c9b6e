"""grammar: shared expressions, and that no text makes them slow."""

from __future__ import annotations

import re
import time

from twisted.trial.unittest import SynchronousTestCase

from sipapp.errors import ParseError
from sipapp.message import grammar
from sipapp.message.address import Address, parse_addresses
from sipapp.message.auth import Credentials
from sipapp.message.headers import split_spans, unfold
from sipapp.message.parameters import Parameters
from sipapp.message.uri import Uri
from sipapp.message.via import Via, marks

LENGTH = 30000
HOSTILE = [
    b" " * LENGTH,
    b"\t\r\n " * LENGTH,
    b'"' * LENGTH,
    b'"' + b'\\"' * LENGTH,
    b"<" * LENGTH,
    b"," * LENGTH,
    b";" * LENGTH,
    b"=" * LENGTH,
    b";a= " * LENGTH,
    b"a" * LENGTH,
    b"a " * LENGTH,
    b"a:" * LENGTH,
    b"@" * LENGTH,
    b"[" * LENGTH,
    b"\\" * LENGTH,
]


class GrammarTests(SynchronousTestCase):
    def test_a_quoted_string_ends_at_the_first_quote_that_is_not_escaped(self) -> None:
        match = re.compile(grammar.QUOTED_STRING, re.DOTALL).match
        found = match(b'"a\\"b\\\\" c"')
        assert found is not None
        self.assertEqual(found.group(), b'"a\\"b\\\\"')
        self.assertIsNone(match(b'"a\\"'))

    def test_hosts(self) -> None:
        match = re.compile(grammar.HOST).fullmatch
        for host in (b"a", b"example.com.", b"192.0.2.1", b"[2001:db8::1]", b"under_score.example"):
            self.assertIsNotNone(match(host), host)
        for host in (b"", b"-a", b".a", b"a:1", b"[x]", b"a b"):
            self.assertIsNone(match(host), host)

    def test_no_text_takes_longer_than_its_length_explains(self) -> None:
        """Squared, each of these would take minutes."""
        began = time.perf_counter()
        for text in HOSTILE:
            for parser in (Address.parse, parse_addresses, Credentials.parse, Parameters.parse, Uri.parse, Via.parse):
                for prefix in (b"", b"sip:", b"SIP/2.0/UDP h;x=", b"Digest a=", b'"', b"<sip:a@b>;x="):
                    try:
                        result = parser(prefix + text)
                        if isinstance(result, Via):
                            marks(result, "192.0.2.1", 5060)
                            result.branch  # noqa: B018
                        elif isinstance(result, Address):
                            result.tag  # noqa: B018
                    except ParseError:
                        pass
            split_spans(text)
            unfold(text)
        self.assertLess(time.perf_counter() - began, 20.0)
