from __future__ import annotations

from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from sipapp.errors import ConfigError
from sipapp.module import ScriptError
from sipapp.modules.siputils import Siputils
from sipapp.modules.siputils.checks import option_tag
from tests.modules.stage import Server, context, made, request, response


class ChecksTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.server = Server()
        self.module = made(Siputils)
        self.module.start(self.server)

    def ctx(self, message: Any = None) -> Any:
        return context(message, self.server)

    def test_what_kind_of_message(self) -> None:
        for message, codes in ((request(), (1, -1)), (response(), (-1, 1))):
            ctx = self.ctx(message)
            self.assertEqual((self.module.is_request(ctx), self.module.is_reply(ctx)), codes)
            self.assertEqual((self.module.is_sip(ctx), self.module.is_http(ctx)), (1, -1))
            self.assertEqual(self.module.sip_parse_headers(ctx), 1)
        http = request()
        http.version = b"HTTP/1.1"
        self.assertEqual((self.module.is_sip(self.ctx(http)), self.module.is_http(self.ctx(http))), (-1, 1))

    def test_a_to_tag_means_a_dialog(self) -> None:
        self.assertEqual(self.module.has_totag(self.ctx(request(to=";tag=x"))), 1)
        self.assertEqual(self.module.has_totag(self.ctx()), -1)
        self.assertEqual(self.module.has_totag(self.ctx(request(to=";tag="))), -1)

    def test_a_user_counts_once_authenticated(self) -> None:
        ctx = self.ctx(request(more='Authorization: Digest username="alice"\r\n'))
        self.assertEqual(self.module.is_user(ctx, b"alice"), -1)
        ctx.extra["authorized"] = (b"alice", b"example.com")
        self.assertEqual((self.module.is_user(ctx, b"alice"), self.module.is_user(ctx, b"bob")), (1, -1))

    def test_uris_of_known_schemes(self) -> None:
        for text, code in ((b"sip:a@b", 1), (b"a@b", -1), (b"tel:+1", 1), (b"http://x", -1), (b"urn:service:sos", 1)):
            self.assertEqual(self.module.is_uri(self.ctx(), text), code, text)

    def test_option_tags_are_found_in_all_supported_fields(self) -> None:
        ctx = self.ctx(request(more="Supported: path\r\nk: Timer, 100rel\r\n"))
        found = [self.module.is_supported(ctx, tag) for tag in (b"path", b"timer", b"100rel", b"gruu")]
        self.assertEqual(found, [1, 1, 1, -1])
        self.assertEqual(option_tag(b"PATH"), b"path")
        self.assertRaises(ConfigError, option_tag, b"answermode")

    def test_gruus_are_public_or_temporary(self) -> None:
        for uri, code in ((b"sip:a@h;gr=x", 1), (b"sip:a@h;gr", 2), (b"sip:a@h", -1)):
            self.assertEqual(self.module.is_gruu(self.ctx(), uri), code)
        self.assertEqual(self.module.is_gruu(self.ctx(request(uri="sip:a@h;gr"))), 2)
        self.assertRaises(ScriptError, self.module.is_gruu, self.ctx(), b"nonsense")

    def test_comparisons_tell_wrong_texts_from_different_ones(self) -> None:
        ctx = self.ctx()
        for function, one, two, code in (
            (self.module.cmp_uri, b"sip:a@h", b"sip:a@H", 1),
            (self.module.cmp_uri, b"sip:a@h", b"sip:b@h", -1),
            (self.module.cmp_uri, b"sip:a@h", b"b", -2),
            (self.module.cmp_aor, b"sip:a@h", b"sip:a@h:5060", 1),
            (self.module.cmp_aor, b"sip:a@h", b"sip:a@i", -1),
            (self.module.cmp_aor, b"x", b"sip:a@i", -2),
            (self.module.cmp_hdr_name, b"From", b"f", 1),
            (self.module.cmp_hdr_name, b"X-A", b"x-a", 1),
            (self.module.cmp_hdr_name, b"X-A", b"X-B", -1),
            (self.module.cmp_hdr_name, b"X A", b"X-B", -2),
        ):
            self.assertEqual(function(ctx, one, two), code, (one, two))

    def test_a_date_may_be_too_old(self) -> None:
        self.server.clock.advance(1_000_000_000)  # 9 Sep 2001 01:46:40
        for date, code in (
            ("Date: Sun, 09 Sep 2001 01:46:30 GMT\r\n", 1),
            ("Date: Sun, 09 Sep 2001 01:45:30 GMT\r\n", -4),
            ("Date: yesterday\r\n", -1),
            ("", -1),
        ):
            self.assertEqual(self.module.hdr_date_check(self.ctx(request(more=date)), 60), code, date)

    def test_a_request_with_one_via_comes_from_its_client(self) -> None:
        self.assertEqual(self.module.is_first_hop(self.ctx()), 1)
        self.assertEqual(self.module.is_first_hop(self.ctx(request(more="Via: SIP/2.0/UDP 192.0.2.3\r\n"))), -1)

    def test_a_response_is_judged_by_its_top_record_route(self) -> None:
        self.server.transport.names.add(b"proxy.example")
        for route, mode, code in (
            ("", 0, 1),
            ("Record-Route: <sip:192.0.2.1;lr>\r\n", 0, 1),
            ("Record-Route: <sip:192.0.2.77;lr>\r\n", 0, -1),
            ("Record-Route: <sip:proxy.example;lr>\r\n", 0, -1),
            ("Record-Route: <sip:proxy.example;lr>\r\n", 1, 1),
        ):
            self.assertEqual(self.module.is_first_hop(self.ctx(response(more=route)), mode), code, route)

    def test_a_response_that_came_from_ourselves_is_a_loop(self) -> None:
        message = response(more="Record-Route: <sip:192.0.2.1;lr>\r\n")
        message.flow.host = "192.0.2.1"
        self.assertEqual(self.module.is_first_hop(self.ctx(message)), -1)
        self.assertEqual(self.module.is_first_hop(self.ctx(message), 1), 1)
