"""sipapp/core/forwarding.py: requests sent on without a transaction."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from sipapp.core.forwarding import given_host, given_port, stateless_branch
from sipapp.errors import ConfigErrors
from sipapp.message.parse import parse
from sipapp.message.request import Request
from sipapp.testing.harness import Harness
from tests.core.script import TEXT, Script


class ForwardTests(SynchronousTestCase):
    def forwarded(self, body: str, target: str = "udp:192.0.2.7:5070", headers: tuple[str, ...] = ()) -> Request:
        """What arrives at the target."""
        sip = Harness(f'#!KAMAILIO\nloadmodule "pv"\nrequest_route {{ {body} }}')
        alice, bob = sip.peer("udp:192.0.2.1:5060"), sip.peer(target)
        alice.send("OPTIONS", "sip:bob@192.0.2.7:5070", headers)
        sip.advance(0)
        sip.advance(0)
        (request,) = bob.messages
        assert isinstance(request, Request)
        return request

    def test_it_goes_where_the_request_uri_says(self) -> None:
        request = self.forwarded("forward();")
        self.assertEqual(request.uri, b"sip:bob@192.0.2.7:5070")
        self.assertEqual([via.host for via in request.vias], [b"192.0.2.100", b"192.0.2.1"])

    def test_du_comes_before_it(self) -> None:
        request = self.forwarded('$du = "sip:192.0.2.8:5080"; $rU = "joe"; forward();', "udp:192.0.2.8:5080")
        self.assertEqual(request.uri, b"sip:joe@192.0.2.7:5070")

    def test_a_host_of_the_script_comes_before_both(self) -> None:
        for call in ("forward(192.0.2.9, 5090)", 'forward("192.0.2.9", 5090)', "forward_udp(192.0.2.9, 5090)"):
            request = self.forwarded(f"{call};", "udp:192.0.2.9:5090")
            self.assertEqual(request.uri, b"sip:bob@192.0.2.7:5070", call)

    def test_the_uris_own_host_and_port_may_be_named(self) -> None:
        self.forwarded("forward(uri:host, uri:port);")
        self.forwarded("forward(uri:host, 5099);", "udp:192.0.2.7:5099")

    def test_by_tcp_it_takes_the_tcp_socket(self) -> None:
        request = self.forwarded("forward_tcp(192.0.2.9, 5090);", "tcp:192.0.2.9:5090")
        assert request.via is not None
        self.assertEqual(request.via.transport, b"TCP")

    def test_its_responses_come_back_by_our_via(self) -> None:
        sip = Harness("#!KAMAILIO\nrequest_route { forward(); }")
        alice, bob = sip.peer("udp:192.0.2.1:5060"), sip.peer("udp:192.0.2.7:5070")
        bob.answers = lambda request: [200]
        alice.send("OPTIONS", "sip:bob@192.0.2.7:5070")
        for _ in range(4):
            sip.advance(0)
        self.assertEqual(alice.statuses, [200])

    def test_where_it_cannot_go_it_is_false(self) -> None:
        for uri in (b"tel:+123", b"sip:bob@192.0.2.7;transport=sctp"):
            self.assertEqual(Script("$var(r) = forward();", uri=uri).var("r"), -1, uri)

    def test_what_a_proxy_must_not_send_on_stays_and_the_script_may_tell_why(self) -> None:
        for uri, headers, status in (
            *(("sip:bob@192.0.2.7?Subject=x", (), 400), ("<sip:bob@192.0.2.7>", (), 400), ("what:ever", (), 416)),
            ("sip:bob@192.0.2.7", ("Proxy-Require: foo",), 420),
        ):
            sip = Harness(
                '#!KAMAILIO\nloadmodule "sl"\nrequest_route { if (!forward(192.0.2.7, 5060)) sl_reply_error(); }'
            )
            alice, bob = sip.peer("udp:192.0.2.1:5060"), sip.peer("udp:192.0.2.7:5060")
            alice.send("OPTIONS", uri, headers)
            sip.advance(1)
            self.assertEqual((alice.statuses, bob.received), ([status], []), uri)

    def test_a_wrong_host_or_port_is_a_mistake_of_the_script(self) -> None:
        for call, mistake in (
            ('forward("192.0.2.9:5090")', "'192.0.2.9:5090' is no host; a port is an argument of its own"),
            ("forward(192.0.2.9, 99999)", "'99999' is no port"),
        ):
            with self.assertRaises(ConfigErrors) as caught:
                Script(f"{call};")
            self.assertIn(mistake, str(caught.exception))

    def test_hosts_as_a_uri_has_them(self) -> None:
        for given, host in (
            (b"2001:DB8::1", b"[2001:db8::1]"),
            (b"[2001:db8::1]", b"[2001:db8::1]"),
            (b"gw-1.example.com", b"gw-1.example.com"),
            (b"uri:host", b"uri:host"),
        ):
            self.assertEqual(given_host(given), host)

    def test_ports(self) -> None:
        for given, port in ((b"0", b""), (b"05", b"5"), (b"5060", b"5060"), (b"uri:port", b"uri:port")):
            self.assertEqual(given_port(given), port)

    def test_sctp_is_not_spoken(self) -> None:
        self.assertEqual(Script("$var(r) = forward_sctp(192.0.2.9, 5090);").var("r"), -1)


class BranchTests(SynchronousTestCase):
    def branch(self, text: bytes) -> bytes:
        request = parse(text)
        assert isinstance(request, Request)
        return stateless_branch(request)

    def test_a_retransmission_has_the_same_and_another_request_another(self) -> None:
        one = self.branch(TEXT % b"sip:bob@192.0.2.7")
        self.assertEqual(one, self.branch(TEXT % b"sip:bob@192.0.2.7"))
        self.assertNotEqual(one, self.branch(TEXT.replace(b"K-1", b"K-2") % b"sip:bob@192.0.2.7"))
        self.assertTrue(one.startswith(b"z9hG4bK"))

    def test_a_cancel_has_the_invites(self) -> None:
        invite = TEXT % b"sip:bob@192.0.2.7"
        self.assertEqual(self.branch(invite), self.branch(invite.replace(b"INVITE", b"CANCEL")))

    def test_without_a_cookie_it_is_made_of_what_makes_a_transaction(self) -> None:
        old = (TEXT % b"sip:bob@192.0.2.7").replace(b"z9hG4bK-1", b"1")
        self.assertEqual(self.branch(old), self.branch(old))
        self.assertNotEqual(self.branch(old), self.branch(old.replace(b"call-1", b"call-2")))
