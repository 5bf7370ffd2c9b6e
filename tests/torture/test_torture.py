"""The torture messages of RFC 4475 and RFC 5118: what becomes of each, and what must survive of those that pass."""

from __future__ import annotations

from pathlib import Path

from twisted.trial.unittest import SynchronousTestCase

from sipapp.errors import ParseError, ValidationError
from sipapp.message.build import response
from sipapp.message.cseq import CSeq
from sipapp.message.draft import Draft, Outbound
from sipapp.message.framing import FramingError, StreamFramer
from sipapp.message.parse import parse
from sipapp.message.request import Request
from sipapp.message.response import Response
from sipapp.message.validate import check, check_forwarding

DATA = Path(__file__).resolve().parents[1] / "conformance" / "torture"
VIA = b"Via: SIP/2.0/UDP 192.0.2.2;branch=z9hG4bKproxy\r\n"

# What a proxy does with a datagram, and with a stream where that differs: section, UDP, TCP. A number is its answer,
# `close 400` an answer and the end of the connection, `wait` a message that is not complete.
VERDICTS: dict[str, tuple[str, ...]] = {
    "rfc4475/wsinv": ("3.1.1.1", "forward"),  # A short tortuous INVITE
    "rfc4475/intmeth": ("3.1.1.2", "forward"),  # Wide range of valid characters
    "rfc4475/esc01": ("3.1.1.3", "forward"),  # Valid use of the % escaping mechanism
    "rfc4475/escnull": ("3.1.1.4", "forward"),  # Escaped nulls in URIs
    "rfc4475/esc02": ("3.1.1.5", "forward"),  # Use of % when it is not an escape
    "rfc4475/lwsdisp": ("3.1.1.6", "forward"),  # No LWS between display name and <
    "rfc4475/longreq": ("3.1.1.7", "forward"),  # Long values in header fields
    "rfc4475/dblreq": ("3.1.1.8", "forward", "forward, forward, close"),  # Extra trailing octets in a UDP datagram
    "rfc4475/semiuri": ("3.1.1.9", "forward"),  # Semicolon-separated parameters in the URI user part
    "rfc4475/transports": ("3.1.1.10", "forward"),  # Varied and unknown transport types
    "rfc4475/mpart01": ("3.1.1.11", "forward"),  # Multipart MIME message
    "rfc4475/unreason": ("3.1.1.12", "forward"),  # Unusual reason phrase
    "rfc4475/noreason": ("3.1.1.13", "forward"),  # Empty reason phrase
    "rfc4475/badinv01": ("3.1.2.1", "400"),  # Extraneous header field separators
    "rfc4475/clerr": ("3.1.2.2", "400", "wait"),  # Content-Length larger than message
    "rfc4475/ncl": ("3.1.2.3", "400", "close 400"),  # Negative Content-Length
    "rfc4475/scalar02": ("3.1.2.4", "400"),  # Request scalar fields with overlarge values
    "rfc4475/scalarlg": ("3.1.2.5", "drop"),  # Response scalar fields with overlarge values
    "rfc4475/quotbal": ("3.1.2.6", "400"),  # Unterminated quoted string in display name
    "rfc4475/ltgtruri": ("3.1.2.7", "400"),  # <> enclosing the Request-URI
    "rfc4475/lwsruri": ("3.1.2.8", "400"),  # LWS inside the Request-URI
    "rfc4475/lwsstart": ("3.1.2.9", "forward"),  # Multiple SP between Request-Line elements
    "rfc4475/trws": ("3.1.2.10", "forward"),  # SP at the end of the Request-Line
    "rfc4475/escruri": ("3.1.2.11", "400"),  # Escaped headers in the Request-URI
    "rfc4475/baddate": ("3.1.2.12", "forward"),  # Invalid time zone in Date
    "rfc4475/regbadct": ("3.1.2.13", "forward"),  # name-addr URI not enclosed in <>
    "rfc4475/badaspec": ("3.1.2.14", "forward"),  # Spaces within addr-spec
    "rfc4475/baddn": ("3.1.2.15", "drop", "wait"),  # Non-token characters in display name
    "rfc4475/badvers": ("3.1.2.16", "505"),  # Unknown protocol version
    "rfc4475/mismatch01": ("3.1.2.17", "400"),  # Start line and CSeq method mismatch
    "rfc4475/mismatch02": ("3.1.2.18", "400"),  # Unknown method with CSeq method mismatch
    "rfc4475/bigcode": ("3.1.2.19", "drop"),  # Overlarge response code
    "rfc4475/badbranch": ("3.2.1", "forward"),  # Missing transaction identifier
    "rfc4475/insuf": ("3.3.1", "400"),  # Missing required header fields
    "rfc4475/unkscm": ("3.3.2", "416"),  # Request-URI with unknown scheme
    "rfc4475/novelsc": ("3.3.3", "416"),  # Request-URI with known but atypical scheme
    "rfc4475/unksm2": ("3.3.4", "forward"),  # Unknown URI schemes in header fields
    "rfc4475/bext01": ("3.3.5", "420"),  # Proxy-Require and Require
    "rfc4475/invut": ("3.3.6", "forward"),  # Unknown Content-Type
    "rfc4475/regaut01": ("3.3.7", "forward"),  # Unknown authorization scheme
    "rfc4475/multi01": ("3.3.8", "400"),  # Multiple values in single-value required fields
    "rfc4475/mcl01": ("3.3.9", "400", "close 400"),  # Multiple Content-Length values
    "rfc4475/bcast": ("3.3.10", "drop"),  # 200 OK with broadcast Via
    "rfc4475/zeromf": ("3.3.11", "483"),  # Max-Forwards of zero
    "rfc4475/cparam01": ("3.3.12", "forward"),  # REGISTER with a Contact header parameter
    "rfc4475/cparam02": ("3.3.13", "forward"),  # REGISTER with a URI parameter
    "rfc4475/regescrt": ("3.3.14", "forward"),  # REGISTER with a URI escaped header
    "rfc4475/sdp01": ("3.3.15", "forward"),  # Unacceptable Accept offering
    "rfc4475/inv2543": ("3.4.1", "forward", "close 400"),  # INVITE with RFC 2543 syntax
    "rfc4475/test": ("-", "drop", "close"),  # (in the archive, not described by the RFC)
    "rfc5118/ipv6-good": ("4.1", "forward"),  # Valid SIP message with an IPv6 reference
    "rfc5118/ipv6-bad": ("4.2", "400"),  # Invalid SIP message with an IPv6 reference
    "rfc5118/port-ambiguous": ("4.3", "forward"),  # Port ambiguous in a SIP URI
    "rfc5118/port-unambiguous": ("4.4", "forward"),  # Port unambiguous in a SIP URI
    "rfc5118/via-received-param-with-delim": ("4.5", "forward"),  # IPv6 reference delimiters in Via (with)
    "rfc5118/via-received-param-no-delim": ("4.5", "forward"),  # IPv6 reference delimiters in Via (without)
    "rfc5118/ipv6-in-sdp": ("4.6", "forward"),  # IPv6 addresses in the SDP body
    "rfc5118/mult-ip-in-header": ("4.7", "forward"),  # Multiple IP addresses in SIP headers
    "rfc5118/mult-ip-in-sdp": ("4.8", "forward"),  # Multiple IP addresses in SDP
    "rfc5118/ipv4-mapped-ipv6": ("4.9", "forward"),  # IPv4-mapped IPv6 addresses
    "rfc5118/ipv6-bug-abnf-3-colons": ("4.10", "forward"),  # IPv6 reference bug in RFC 3261 ABNF (three colons)
    "rfc5118/ipv6-correct-abnf-2-colons": ("4.10", "forward"),  # IPv6 reference bug in RFC 3261 ABNF (two colons)
}


def read(name: str) -> bytes:
    return (DATA / f"{name.replace('rfc5118/', 'rfc5118/wire/')}.dat").read_bytes()


def read_request(name: str) -> Request:
    message = parse(read(name))
    assert isinstance(message, Request)
    return message


def verdict(data: bytes) -> str:
    """What a proxy does that relays whatever is fine."""
    try:
        message = parse(data)
        check(message)
        if isinstance(message, Request):
            if message.max_forwards == 0:
                return "483"
            check_forwarding(message)
    except ParseError:
        return "drop"
    except ValidationError as why:
        return str(why.status or "drop")
    return "forward"


def stream_verdict(data: bytes, size: int) -> str:
    """The same over a stream, which brings `size` bytes at a time."""
    framer = StreamFramer()
    outcomes = []
    for at in range(0, len(data), size):
        for event in framer.feed(data[at : at + size]):
            if isinstance(event, bytes):
                outcomes.append(verdict(event))
            elif isinstance(event, FramingError):
                outcomes.append(f"close {event.status}" if event.request else "close")
    return ", ".join(outcomes) or "wait"


class VerdictTests(SynchronousTestCase):
    maxDiff = None

    def test_every_file_has_a_row(self) -> None:
        paths = [*DATA.glob("rfc4475/*.dat"), *DATA.glob("rfc5118/wire/*.dat")]
        files = {path.relative_to(DATA).with_suffix("").as_posix().replace("/wire/", "/") for path in paths}
        self.assertEqual(files, set(VERDICTS))
        self.assertEqual(len(files), 62)

    def test_datagrams(self) -> None:
        self.assertEqual(
            {name: verdict(read(name)) for name in VERDICTS}, {name: row[1] for name, row in VERDICTS.items()}
        )

    def test_streams_whatever_pieces_they_come_in(self) -> None:
        for size in (1, 5, 65536):
            self.assertEqual(
                {name: stream_verdict(read(name), size) for name in VERDICTS},
                {name: row[-1] for name, row in VERDICTS.items()},
            )

    def test_what_is_answered_can_be_answered(self) -> None:
        for name, row in VERDICTS.items():
            if row[1].isdigit():
                message = read_request(name)
                answer = parse(response(message, int(row[1]), b"Because", b"t"))
                assert isinstance(answer, Response)
                self.assertEqual(answer.status, int(row[1]))
                self.assertEqual(answer.values(b"via"), message.values(b"via"))
                self.assertEqual(answer.values(b"call-id"), message.values(b"call-id"))


class ForwardTests(SynchronousTestCase):
    def test_all_but_start_line_and_via_goes_out_as_it_came_in(self) -> None:
        for name, row in VERDICTS.items():
            message = parse(read(name)) if row[1] == "forward" else None
            if isinstance(message, Request):
                out = Draft().render_request(message, message.uri, VIA, Outbound())
                rest = message.raw.split(b"\r\n", 1)[1]
                self.assertEqual(out.count(VIA), 1, name)
                self.assertEqual(out.split(b"\r\n", 1)[1].replace(VIA, b""), rest, name)
            elif isinstance(message, Response):
                out = Draft().render_response(message)
                via = message.field(b"via")
                assert via is not None
                self.assertEqual(out, message.raw[: via.start] + message.raw[via.end :], name)

    def test_a_surplus_of_white_space_in_the_start_line_is_repaired(self) -> None:
        for name, line in (
            ("rfc4475/lwsstart", b"INVITE sip:user@example.com SIP/2.0"),
            ("rfc4475/trws", b"OPTIONS sip:remote-target@example.com SIP/2.0"),
        ):
            message = read_request(name)
            out = Draft().render_request(message, message.uri, VIA, Outbound())
            self.assertEqual(out.split(b"\r\n")[0], line)

    def test_octets_after_the_message_are_not_forwarded(self) -> None:
        message = read_request("rfc4475/dblreq")
        self.assertTrue(message.raw.endswith(b"Content-Length: 0\r\n\r\n"))
        self.assertEqual(message.body, b"")
        self.assertNotIn(b"INVITE", message.raw)


class ContentTests(SynchronousTestCase):
    """What the sections of RFC 4475 and RFC 5118 say that a parser must find."""

    def test_wsinv(self) -> None:
        message = read_request("rfc4475/wsinv")
        assert message.from_ is not None
        assert message.to is not None
        self.assertEqual(message.parsed_uri.parameters.get(b"unknownparam", b"-"), b"-")
        self.assertEqual((message.to.uri, message.to.tag), (b"sip:vivekg@chair-dnrc.example.com", b"1918181833n"))
        self.assertEqual((message.from_.display_name, message.from_.tag), (b'J Rosenberg \\"', b"98asjd8"))
        self.assertEqual((message.max_forwards, message.content_length), (68, 150))
        self.assertEqual(message.cseq, CSeq(9, b"INVITE"))
        self.assertEqual(
            [(via.transport, via.host, via.branch) for via in message.vias],
            [
                (b"UDP", b"192.0.2.2", b"390skdjuw"),
                (b"TCP", b"spindle.example.com", b"z9hG4bK9ikj8"),
                (b"UDP", b"192.168.255.111", b"z9hG4bK30239"),
            ],
        )
        self.assertEqual(message.first(b"subject"), b"")
        self.assertEqual(message.first(b"unknownheaderwithunusualvalue"), b";;,,;;,;")
        self.assertEqual([bytes(route.parsed_uri.host or b"") for route in message.routes], [b"services.example.com"])
        contact = message.contacts[0]
        self.assertEqual(contact.display_name, b'Quoted string ""')
        self.assertEqual(
            list(contact.parameters), [(b"newparam", b"newvalue"), (b"secondparam", None), (b"q", b"0.33")]
        )

    def test_intmeth(self) -> None:
        message = read_request("rfc4475/intmeth")
        method = b"!interesting-Method0123456789_*+`.%indeed'~"
        assert message.from_ is not None
        assert message.to is not None
        self.assertEqual(message.method, method)
        self.assertEqual(message.cseq, CSeq(139122385, method))
        self.assertEqual(message.parsed_uri.user, b"1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*")
        self.assertEqual(message.to.display_name, b"BEL:\x07 NUL:\x00 DEL:\x7f")
        self.assertEqual(message.from_.tag, b"_token~1'+`*%!-.")
        self.assertEqual(message.call_id, b"intmeth.word%ZK-!.*_+'@word`~)(><:\\/\"][?}{")
        self.assertEqual(
            message.first(b"extensionheader-!.%*+_`'~"), b"\xef\xbb\xbf\xe5\xa4\xa7\xe5\x81\x9c\xe9\x9b\xbb"
        )

    def test_esc02(self) -> None:
        message = read_request("rfc4475/esc02")
        self.assertEqual(message.method, b"RE%47IST%45R")
        self.assertEqual(len(message.contacts), 2)
        self.assertEqual(message.first(b"c%6fntact"), b"<sip:alias2@host2.example.com>")
        assert message.via is not None
        self.assertEqual(message.via.branch, b"z9hG4bK209%fzsnel234")

    def test_longreq(self) -> None:
        message = read_request("rfc4475/longreq")
        self.assertEqual(len(message.vias), 34)
        self.assertEqual([via.host for via in message.vias[:2]], [b"sip33.example.com", b"sip32.example.com"])
        assert message.from_ is not None
        self.assertEqual(len(message.from_.tag or b""), 155)

    def test_semiuri(self) -> None:
        self.assertEqual(read_request("rfc4475/semiuri").parsed_uri.user, b"user;par=u%40example.net")

    def test_transports(self) -> None:
        self.assertEqual(
            [via.transport for via in read_request("rfc4475/transports").vias],
            [b"UDP", b"SCTP", b"TLS", b"UNKNOWN", b"TCP"],
        )

    def test_cparam(self) -> None:
        """A parameter of the header field in the one, of the URI in the other."""
        one, two = read_request("rfc4475/cparam01").contacts[0], read_request("rfc4475/cparam02").contacts[0]
        self.assertEqual((one.uri, b"unknownparam" in one.parameters), (b"sip:+19725552222@gw1.example.net", True))
        self.assertEqual(
            (two.uri, b"unknownparam" in two.parameters), (b"sip:+19725552222@gw1.example.net;unknownparam", False)
        )

    def test_ports_next_to_ipv6_references(self) -> None:
        one = read_request("rfc5118/port-ambiguous").parsed_uri
        two = read_request("rfc5118/port-unambiguous").parsed_uri
        self.assertEqual((one.host_address, one.port), (b"2001:db8::10:5070", None))
        self.assertEqual((two.host_address, two.port), (b"2001:db8::10", 5070))

    def test_received_with_and_without_brackets(self) -> None:
        for name in ("rfc5118/via-received-param-with-delim", "rfc5118/via-received-param-no-delim"):
            via = read_request(name).via
            assert via is not None
            self.assertEqual(via.received, b"2001:db8::9:255")
