"""How long a message and its parts may be."""

from __future__ import annotations

from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from sipapp.modules.sanity import Sanity
from tests.modules.sanity.subjects import subject, verdict
from tests.modules.stage import made

LONG = f"<sip:{'u' * 40}@example.com>"


class SizesTests(SynchronousTestCase):
    def fits(self, given: Any, **limits: int) -> bool:
        module = made(Sanity)
        for name, limit in limits.items():
            module.set_parameter(f"size_{name}", limit)
        return verdict(module.check_sizes, given) is None

    def test_an_ordinary_message_fits_the_defaults(self) -> None:
        self.assertTrue(self.fits(subject(contact=LONG, route=LONG, path=LONG)))

    def test_each_limit(self) -> None:
        for name, given, limit in (
            ("ruri", subject(f"OPTIONS sip:{'u' * 40}@example.com SIP/2.0"), 50),
            ("method", subject("OPTIONSOPTIONS sip:a@b SIP/2.0"), 10),
            ("method", subject("SIP/2.0 200 OK", cseq="1 OPTIONSOPTIONS"), 10),
            ("from_uri", subject(**{"from": LONG}), 50),
            ("to_uri", subject(to=LONG), 50),
            ("contact_uri", subject(contact=f"<sip:a@b>, {LONG}"), 50),
            ("route_uri", subject(route=LONG), 50),
            ("route_uri", subject(record_route=LONG), 50),
            ("path_uri", subject(path=LONG), 50),
            ("pai_uri", subject(p_asserted_identity=LONG), 50),
            ("header", subject(x="y" * 100), 100),
            ("headers", subject(x="y" * 500), 500),
            ("message", subject(x="y" * 500), 500),
        ):
            self.assertFalse(self.fits(given, **{name: limit}), name)
            self.assertTrue(self.fits(given, **{name: 0}), name)

    def test_the_body(self) -> None:
        module = made(Sanity, size_body=3)
        given = subject()
        given.message.raw += b"1234"
        self.assertEqual(verdict(module.check_sizes, given), (0, ""))

    def test_what_cannot_be_read_does_not_fit(self) -> None:
        self.assertFalse(self.fits(subject(contact="<sip:a")))
