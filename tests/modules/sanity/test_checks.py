"""Each check, on messages with and without its mistake."""

from __future__ import annotations

from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from sipapp.modules.sanity import CHECKS, checks
from sipapp.modules.sanity.insane import Insane
from tests.modules.sanity.subjects import subject, verdict

SILENT = (0, "")
NO_FROM: dict[str, Any] = {"from": None}


class ChecksTests(SynchronousTestCase):
    def test_a_good_message_passes_all(self) -> None:
        good = subject(
            contact="<sip:alice@192.0.2.9>", expires="60", proxy_require="known", content_length="0", uris=15
        )
        self.assertEqual([verdict(check, good) for _, check in CHECKS], [None] * 16)

    def test_versions(self) -> None:
        self.assertEqual(
            verdict(checks.ruri_sip_version, subject("OPTIONS sip:b@example.com SIP/2.1")),
            (505, "Version Not Supported (R-URI)"),
        )

    def test_schemes_of_the_request_uri(self) -> None:
        for uri, wanted in (
            ("sip:bob@example.com", None),
            ("tel:+1234", None),
            ("urn:service:sos", None),
            ("foo:bob@127.0.0.1", (400, "Bad Request URI")),
            ("sip:bob@exa mple", (400, "Bad Request URI")),
        ):
            start = f"OPTIONS {uri.replace(' ', '%20')} SIP/2.0" if " " not in uri else "OPTIONS sip:@@ SIP/2.0"
            self.assertEqual(verdict(checks.ruri_scheme, subject(start)), wanted, uri)

    def test_responses_pass_what_is_for_requests(self) -> None:
        response = subject("SIP/2.0 200 OK", cseq="1 INVITE")
        for check in (checks.ruri_sip_version, checks.ruri_scheme, checks.cseq_method):
            self.assertIsNone(verdict(check, response))

    def test_mandatory_fields_are_there_once_else_there_is_no_answer(self) -> None:
        for given in (
            subject(via=None),
            subject(**NO_FROM),
            subject(to=None),
            subject(call_id=None),
            subject(cseq=None),
            subject("OPTIONS sip:b@example.com SIP/2.0", "To: <sip:c@example.com>"),
            subject("OPTIONS sip:b@example.com SIP/2.0", "i: other"),
        ):
            self.assertEqual(verdict(checks.required_headers, given), SILENT)

    def test_the_top_via(self) -> None:
        self.assertEqual(verdict(checks.via1_header, subject(via=None)), SILENT)
        self.assertEqual(verdict(checks.via1_header, subject(via="SIP/2.0/UDP")), SILENT)

    def test_the_methods_of_cseq_and_request(self) -> None:
        reason = (400, "CSeq method does not match request method")
        self.assertEqual(verdict(checks.cseq_method, subject(cseq="1 INVITE")), reason)
        self.assertEqual(verdict(checks.cseq_method, subject(cseq="x OPTIONS")), SILENT)
        self.assertEqual(verdict(checks.cseq_method, subject(cseq=None)), SILENT)

    def test_the_number_of_the_cseq(self) -> None:
        for cseq, wanted in (
            ("4294967295 OPTIONS", None),
            ("4294967297 OPTIONS", (400, "CSeq number is illegal")),
            ("00000000001 OPTIONS", (400, "CSeq number is illegal")),
            ("x OPTIONS", SILENT),
        ):
            self.assertEqual(verdict(checks.cseq_value, subject(cseq=cseq)), wanted, cseq)

    def test_the_length(self) -> None:
        for length, wanted in (
            ("0", None),
            ("5", (400, "Content-Length mis-match")),
            ("x", (400, "Content-Length Failure")),
        ):
            self.assertEqual(verdict(checks.content_length, subject(content_length=length)), wanted)

    def test_expiry(self) -> None:
        illegal = (400, "Expires value is illegal")
        for value, wanted in (
            ("0", None),
            ("4294967296", None),
            ("60 s", None),
            ("4294967297", illegal),
            ("abc", illegal),
            ("-1", illegal),
            ("1 2 3 4 5 6 7", illegal),
            ("", (400, "Bad Expires Header")),
        ):
            self.assertEqual(verdict(checks.expires_value, subject(expires=value)), wanted, value)

    def test_extensions(self) -> None:
        found = self.assertRaises(Insane, checks.proxy_require, subject(proxy_require="known, foo ,bar"))
        self.assertEqual((found.status, found.reason), (420, "Bad Proxy Require Extension"))
        self.assertEqual(found.fields, (b"Unsupported: foo\r\n",))
        self.assertEqual(verdict(checks.proxy_require, subject(proxy_require="Known"))[0], 420)  # type: ignore[index]
        self.assertEqual(verdict(checks.proxy_require, subject(proxy_require="")), (400, "Bad Proxy Require Header"))

    def test_uris(self) -> None:
        for number, lines, wanted in (
            (1, {}, None),
            (2, {"from": "<foo:bar>"}, (400, "Invalid From Header")),
            (2, {"from": None}, SILENT),
            (1, {"from": "<foo:bar>"}, None),
            (4, {"to": "sip:"}, (400, "Invalid To Header")),
            (4, {"to": None}, SILENT),
            (8, {"contact": "<sip:a@b"}, (400, "Bad Contact Header")),
            (8, {"contact": "<foo:bar>"}, (400, "Bad Contact URI")),
            (8, {"contact": "*"}, None),
            (7, {"contact": "<foo:bar>"}, None),
        ):
            self.assertEqual(verdict(checks.uris, subject(uris=number, **lines)), wanted, (number, lines))

    def test_tags(self) -> None:
        twice = "<sip:a@example.com>;tag=1;x=y;tag=2"
        self.assertEqual(verdict(checks.duplicated_tags, subject(to=twice)), (400, "Many To Tag Params"))
        self.assertEqual(verdict(checks.duplicated_tags, subject(**{"from": twice})), (400, "Many From Tag Params"))
        self.assertEqual(verdict(checks.duplicated_tags, subject(to=None)), SILENT)

    def test_rfc_3261(self) -> None:
        for lines, wanted in (
            ({"route": "<sip:a;lr>, <sip:b;lr>"}, None),
            ({"route": "<sip:a;lr>, <sip:b>"}, SILENT),
            ({"record_route": "<sip:a>"}, SILENT),
            ({"route": "<sip:a"}, SILENT),
            ({"via": "SIP/2.0/UDP 192.0.2.9;branch=old"}, SILENT),
            ({"via": "SIP/2.0/UDP 192.0.2.9"}, SILENT),
        ):
            self.assertEqual(verdict(checks.rfc3261_compliance, subject(**lines)), wanted, lines)
