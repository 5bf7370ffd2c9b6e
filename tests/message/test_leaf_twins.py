"""_leaf and leaf_pure: the twins do the same."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar
from unittest.mock import patch

from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SkipTest, SynchronousTestCase

from sipapp.errors import ParseError
from sipapp.interfaces.transport import Flow, Socket
from sipapp.message import build, draft, leaf_pure, validate
from sipapp.message.draft import Draft, Outbound
from sipapp.message.parse import parse
from sipapp.message.request import Request
from sipapp.message.response import Response
from tests.message.samples import INVITE

try:
    from sipapp.message import _leaf
except ImportError:
    _leaf = None  # type: ignore[assignment]

T = TypeVar("T")
FACTS = ("plain", "call", "branch", "call_id", "method", "from_tag", "to_tag", "symmetric")
TORTURE = Path(__file__).parents[1] / "conformance" / "torture"

TOP = b"SIP/2.0/UDP 192.0.2.101:5060;branch=z9hG4bK74bf9"
ROUTES = (
    *("sip:", "<sip:", "h", "192.0.2.1", ":5070", ":", ";", ";lr", ";r2=on", ";R2", ";r\x12", ";gr", ";xgr=r2"),
    *("=", ">", ">", ">", ",", ";x", "@", " ", '"'),
)
TOPS = [
    TOP + rest
    for rest in (
        b"",
        b";rport",
        b";RPORT=9;x;received=1.2.3.4;y=z",
        b";received=1.2.3.4",
        b";rport ,SIP/2.0/TCP h;x",
        b';rport;x="y"',
        b";maddr=224.0.0.1",
        b";branch=255.255.255.255",
        b";branch=1;x=255.255.255.255",
    )
] + [b"SIP/2.0/UDP [2001:db8::1];rport", b"SIP/2.0/UDP h.example.com;branch=1", b"SIP/2.0/UDP h.example.com"]
RESPONSE = (
    b"SIP/2.0 180 Ringing\r\nVia: SIP/2.0/UDP 192.0.2.100;branch=z9hG4bK2\r\n"
    b"Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:c@d>;tag=2\r\n"
    b"Call-ID: 1@b\r\nCSeq: 1 INVITE\r\nContent-Length: 0\r\n\r\n"
)

# Pieces that say yes in one place and no in another.
names = st.sampled_from(
    [b"Via", b"v", b"From", b"t", b"To", b"Call-ID", b"CSeq", b"l", b"Content-Length", b"X-One", b"Route"]
)
values = st.sampled_from(
    [
        b"SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK1",
        b"SIP/2.0/TCP h.example.com;rport",
        b"SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1 ,\tSIP/2.0/TCP h.example.com:5080;rport=1",
        b"SIP/2.0/UDP 192.0.2.1,SIP/2.0/UDP h,",
        b",SIP/2.0/UDP h",
        b"SIP/2.0/UDP 192.0.2.1:70000",
        b"SIP/2.0/UDP [2001:db8::1]",
        b"SIP/2.0/UDP -h",
        b"SIP/2.0/UDP h ;x",
        b'"A. B" <sip:a@example.com>;tag=1',
        b"A <sip:a@example.com>",
        b"<sip:a@example.com>;tag=<1>",
        b"sip:a@example.com",
        b"<>",
        b"1 INVITE",
        b"1  INVITE",
        b"12345678901 ACK",
        b"a@b",
        b"a b",
        b"0",
        b"4",
        b"",
        b" \t",
    ]
)
awkward = st.builds(
    lambda pieces: b"".join(pieces),
    st.lists(
        st.sampled_from(
            [
                b"SIP/2.0",
                b"SIP/2.0/UDP ",
                b" ",
                b"INVITE",
                b"200",
                b"1",
                b"65536",
                b"060000",
                b"sip:",
                b"sips:",
                b"a",
                b"h.example",
                *(
                    b"rport",
                    b"RPORT=",
                    b"received=1",
                    b"branch=",
                    b"Branch",
                    b"tag=",
                    b"TAG",
                    b";",
                    b";",
                    b"=",
                    b":",
                    b"@",
                ),
                *(
                    b"<",
                    b">",
                    b"<sip:a@b>",
                    b'"',
                    b",",
                    b"?",
                    b"+",
                    b"-",
                    b"_",
                    b"\x0b",
                    b"\t",
                    b"\r\n",
                    b"\xe9",
                    b"\x12",
                ),
            ]
        ),
        max_size=8,
    ),
)
ends = st.sampled_from([b"\r\n", b"\r\n", b"\r\n", b"\r\n", b"\n", b"\r\r\n", b"\r\n ", b"\r", b""])
spaces = st.sampled_from([b"", b" ", b"\t ", b"\r"])
lines = st.builds(
    lambda name, before, after, value, last, end: name + before + b":" + after + value + last + end,
    names, spaces, spaces, values, spaces, ends,
)  # fmt: skip
messages = st.builds(
    lambda start, fields, rest: start + b"".join(fields) + rest,
    st.sampled_from([b"OPTIONS sip:a SIP/2.0\r\n", b"SIP/2.0 200 OK\r\n", b"X\n", b"\r\n", b""]),
    st.lists(lines, max_size=9),
    st.sampled_from([b"\r\nbody", b"\r\n", b"\nbody", b"", b"\r", b"no colon\r\n\r\n"]),
)


def seen(twin: Any, data: bytes) -> Any:
    """All that one twin says of a message."""
    try:
        head = twin.read(data)[1]
    except ParseError as why:
        return why.reason, why.offset
    told: dict[str, Any] = {name: getattr(head, name) for name in ("line", "keys", "end", "body", "fields_at")}
    told["repeats"] = head.has_repeats()
    for number, key in enumerate(head.keys):
        told[f"{number}"] = (
            head.name(number),
            head.value(number),
            head.span(number),
            head.offset(number),
            head.value_at(number),
            head.line_of(number),
            head.first(key),
            head.get(key),
            head.all(key),
        )
    told["numbers"] = [head.number(key) for key in (b"content-length", b"cseq", b"absent")]
    told["absent"] = head.first(b"absent"), head.get(b"absent"), head.all(b"absent")
    told["read"] = facts(twin, data)
    return told


def facts(twin: Any, data: bytes) -> Any:
    """What one twin reads in a message."""
    try:
        raw, head, body_at, plain, first, second = twin.read(data)
    except ParseError as why:
        return why.reason, why.offset
    maker = twin if isinstance(head, twin.Head) else leaf_pure
    tag = maker.tag(head, b"prefix.", 0xFEDCBA98)
    lone = twin.lone_route(head, second if isinstance(first, bytes) else b"sip:bob@192.0.2.4:5070")
    shown = [getattr(head, name) for name in FACTS]
    passes = [
        twin.passable(head, method, uri)
        for method in (first, b"INVITE")
        for uri in (second or b"", b"sip:h")
        if isinstance(method, bytes)
    ]
    return (
        raw,
        body_at,
        plain,
        first,
        second,
        head.end,
        tag,
        head.key(b"INVITE"),
        shown,
        lone,
        twin.routes(head),
        passes,
    )


def message_of(twin: Any, data: bytes, host: str, forced: bool) -> Any:
    """The message as one twin reads it. Raises ParseError, of a start line that `parse` takes apart itself too."""
    raw, head, _, _, first, second = twin.read(data)
    if first is None:
        raise ParseError("an unusual start line")
    message: Any
    if isinstance(first, int):
        message = Response(raw, head, b"SIP/2.0", first, second)
    else:
        message = Request(raw, head, first, second, b"SIP/2.0")
    message.flow = Flow(Socket("udp", "192.0.2.100", 5060), host, 5070)
    message.force_rport = forced
    return message


def written(make: Callable[[Any], T], *message: Any) -> list[T]:
    """What is made of a message (see `message_of`) in each of three ways: by each twin, and step by step."""
    made = []
    # A twin leaves what the other one has read to whoever asks.
    for reader, writer in ((_leaf, _leaf), (leaf_pure, leaf_pure), (leaf_pure, _leaf)):
        with (
            patch.multiple(draft, relay=writer.relay, unwrap=writer.unwrap),
            patch.object(build, "answer", writer.answer),
        ):
            made.append(make(message_of(reader, *message)))
    return made


def within_dialog(fields: str, tag: str = ";tag=2") -> bytes:
    """A BYE with these header fields."""
    return (
        "BYE sip:bob@192.0.2.4 SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.101:5060;branch=z9hG4bK74bf9\r\n"
        f"{fields}From: <sip:alice@h>;tag=1\r\nTo: <sip:bob@h>{tag}\r\nCall-ID: 1@h\r\nCSeq: 2 BYE\r\n\r\n"
    ).encode()


class TwinTests(SynchronousTestCase):
    def setUp(self) -> None:
        if _leaf is None:
            raise SkipTest("the C twin was not compiled when sipapp was installed")

    def same(self, of: Callable[[Any], Any]) -> None:
        self.assertEqual(of(_leaf), of(leaf_pure))

    def same_written(self, make: Callable[[Any], bytes], *message: Any) -> None:
        first, *others = written(make, *message)
        self.assertEqual(others, [first, first])

    def test_every_torture_message(self) -> None:
        paths = sorted(TORTURE.rglob("*.dat"))
        self.assertGreater(len(paths), 40)
        for path in [*paths]:
            data = path.read_bytes()
            self.same(lambda twin, data=data: seen(twin, data))  # type: ignore[misc]

    def test_the_usual_message_is_the_work_of_the_c_twin(self) -> None:
        self.assertIsNot(type(_leaf.read(INVITE)[1]), leaf_pure.Head)
        self.assertTrue(_leaf.read(INVITE)[1].plain)

    def test_more_header_fields_than_it_has_room_for(self) -> None:
        data = b"X sip:a SIP/2.0\r\n" + b"To: <sip:a@b>\r\n" * 500 + b"\r\n"
        self.same(lambda twin: seen(twin, data))

    @given(messages, st.integers(0, 3))
    @settings(max_examples=400)
    def test_messages_of_awkward_pieces(self, data: bytes, start: int) -> None:
        self.same(lambda twin: seen(twin, data[start:]))

    @given(st.data())
    @settings(max_examples=200)
    def test_a_message_with_some_bytes_changed(self, draw: st.DataObject) -> None:
        data = bytearray(INVITE)
        for _ in range(draw.draw(st.integers(1, 4))):
            data[draw.draw(st.integers(0, len(data) - 1))] = draw.draw(st.sampled_from(b'\r\n :;,<>"\\=aA0\x00\xff'))
        self.same(lambda twin: seen(twin, bytes(data)))

    @given(messages)
    @settings(max_examples=400)
    def test_what_is_plain_is_valid(self, data: bytes) -> None:
        try:
            message = parse(data)
        except ParseError:
            return
        if message.head.plain:
            validate._check(message)

    @given(values | awkward)
    @settings(max_examples=400)
    def test_values(self, value: bytes) -> None:
        for name in ("via_parts", "address_parts", "uri_parts", "parameters", "cseq_parts", "start_line"):
            self.same(lambda twin, name=name: getattr(twin, name)(value))  # type: ignore[misc]

    def test_values_that_nearly_everybody_writes(self) -> None:
        for twin in (_leaf, leaf_pure):
            via = b"SIP/2.0/UDP 192.0.2.1:5060;rport;BRANCH=z9;branch=2"
            self.assertEqual(twin.via_parts(via), (b"UDP", b"192.0.2.1", 5060, b"rport;BRANCH=z9;branch=2", b"z9"))
            self.assertEqual(
                twin.address_parts(b" A B <sip:a@b;x=1>;y;tag=1;tag=2"),
                (b"A B", b"sip:a@b;x=1", b"y;tag=1;tag=2", b"1"),
            )
            self.assertEqual(twin.address_parts(b'"A" <sip:a@b>;tag'), (b'"A"', b"sip:a@b", b"tag", None))
            self.assertEqual(
                twin.uri_parts(b"sips:a+b@h.example:05061;lr;x="), (b"sips", b"a+b", b"h.example", 5061, b"lr;x=")
            )
            self.assertEqual(twin.uri_parts(b"sip:h"), (b"sip", None, b"h", None, b""))
            self.assertEqual(twin.parameters(b"lr;;A=1;a=2;=3;b="), {b"lr": None, b"a": b"1", b"b": b""})
            self.assertEqual(twin.cseq_parts(b"007 INVITE"), (7, b"INVITE"))
            self.assertEqual(twin.start_line(b"BYE sip:a SIP/2.0"), (b"BYE", b"sip:a"))
            self.assertEqual(twin.start_line(b"SIP/2.0 404 Not  Found"), (404, b"Not  Found"))

    def test_a_place_is_host_and_port_of_a_bare_sip_uri(self) -> None:
        for twin in (_leaf, leaf_pure):
            self.assertEqual(twin.place(b"sip:192.0.2.1"), b"192.0.2.1")
            self.assertEqual(twin.place(b"sip:bob@h.example:05060"), b"h.example:05060")
            for uri in (b"sips:h", b"sip:h;lr", b"sip:h;", b"sip:a@h:1;", b"sip:h?x=1", b"sip:a:b@h", b"tel:1", b""):
                self.assertIsNone(twin.place(uri), uri)

    def test_what_a_proxy_may_pass_on(self) -> None:
        for twin in (_leaf, leaf_pure):
            head = twin.read(within_dialog(""))[1]
            method = head.method
            self.assertIs(twin.passable(head, method, b"sip:bob@192.0.2.4;x=1"), True)
            self.assertIs(twin.passable(head, method, b"sips:h"), True)
            self.assertIs(twin.passable(head, b"OPTIONS", b"sip:h"), False)
            for uri in (b"tel:1", b"sip:h?Subject=x", b"sip:", b""):
                self.assertIs(twin.passable(head, method, uri), False, uri)
            for fields in ("Proxy-Require: x\r\n", "proxy-require:\r\n", "Max-Forwards: x\r\n"):
                self.assertIs(twin.passable(twin.read(within_dialog(fields))[1], method, b"sip:h"), False, fields)

    def test_a_lone_route_of_the_usual_form(self) -> None:
        for twin in (_leaf, leaf_pure):
            for text, host, port, parameters in (
                ("<sip:192.0.2.1;lr>", b"192.0.2.1", 5060, b"lr"),
                ("  <sips:h.example:5070;lr;ftag=1> ", b"h.example", 5070, b"lr;ftag=1"),
                ("<sip:h:0>", b"h", 5060, b""),
                ("<sip:h;lr=on;ftag=r2>", b"h", 5060, b"lr=on;ftag=r2"),
            ):
                data = within_dialog(f"Route: {text}\r\n")
                start = data.index(b"Route")
                self.assertEqual(
                    twin.lone_route(twin.read(data)[1], b"sip:bob@192.0.2.4:5080;x=1"),
                    (host, port, parameters, start, data.index(b"From"), b"192.0.2.4", 5080),
                )

    def test_routes_that_are_more_than_that(self) -> None:
        usual = "Route: <sip:192.0.2.1;lr>\r\n"
        for twin in (_leaf, leaf_pure):
            for fields in (
                *("", usual + usual, "Route: <sip:a;lr>, <sip:b;lr>\r\n", "Route: sip:a;lr\r\n"),
                *("Route: <sip:u@a;lr>\r\n", "Route: <sip:a;lr;GR=1>\r\n", "Route: <sip:a;r2=on;lr>\r\n"),
                *("Route: <sip:a;lr;r2=on>\r\n", "Route: <sip:a;ftag=1\r\n", "Route: <sip:a;ftag=1>>\r\n"),
                *('Route: <sip:a;x=",">\r\n', "Route: <sip:a;lr>;x\r\n", "Route: X <sip:a;lr>\r\n", "Route:\r\n"),
            ):
                head = twin.read(within_dialog(fields))[1]
                self.assertTrue(head.plain)
                self.assertIsNone(twin.lone_route(head, b"sip:bob@192.0.2.4"), fields)
            self.assertIsNone(twin.lone_route(twin.read(within_dialog(usual))[1], b"tel:+1"))
            for initial in (within_dialog(usual, ""), within_dialog(usual, ";tag="), within_dialog(usual, ";tag")):
                self.assertIsNone(twin.lone_route(twin.read(initial)[1], b"sip:bob@192.0.2.4"))

    def test_routes_in_order(self) -> None:
        for twin in (_leaf, leaf_pure):
            for fields, entries in (
                ("", []),
                ("Route: <sip:a;lr>\r\n", [(b"sip:a;lr", 1, 0, 10)]),
                (
                    "Route:  <sip:u@a> ,\t<tel:1> \r\nX: y\r\nRoute:<x>\r\n",
                    [(b"sip:u@a", 1, 0, 9), (b"tel:1", 1, 12, 19), (b"x", 3, 0, 3)],
                ),
                *(
                    (f"Route: {text}\r\n", None)
                    for text in ("sip:a", "<a>;x", "X <a>", "<a>,", '<">', "<>", "<a b>", "")
                ),
            ):
                self.assertEqual(twin.routes(twin.read(within_dialog(fields))[1]), entries, fields)

    @given(st.lists(st.sampled_from(ROUTES), max_size=7), st.sampled_from(["<sip:", ""]), awkward)
    @settings(max_examples=400)
    def test_any_route(self, pieces: list[str], begin: str, uri: bytes) -> None:
        data = within_dialog(f"Route: {begin}{''.join(pieces)}\r\n")
        self.same(lambda twin: twin.lone_route(twin.read(data)[1], uri))
        self.same(lambda twin: twin.lone_route(twin.read(data)[1], b"sip:h"))
        self.same(lambda twin: twin.routes(twin.read(data)[1]))

    def test_values_that_others_write(self) -> None:
        for twin in (_leaf, leaf_pure):
            for uri in (
                b"SIP:a@b",
                b"sip:a:b@c",
                b"sip:@h",
                b"sip:h?x=1",
                b"sip:a;b@c",
                b"sip:h:99999",
                b"sip:[::1]",
                b"sip:h:",
            ):
                self.assertIsNone(twin.uri_parts(uri))
            self.assertIsNone(twin.parameters(b'a="b"'))
            self.assertIsNone(twin.start_line(b"BYE sip:a b SIP/2.0"))
            self.assertIsNone(twin.start_line(b"bye sip:a SIP/2.0"))
            self.assertIsNone(twin.start_line(b"SIP/2.0 700 OK"))
            self.assertIsNone(twin.start_line(b"SIP/2.0 200"))

    @given(values | awkward, st.booleans(), st.booleans(), st.booleans())
    @settings(max_examples=400)
    def test_marks(self, value: bytes, differs: bool, forced: bool, response: bool) -> None:
        value = b"".join(value.split())  # a plain Via value has no white space in its parameters
        self.same(lambda twin: twin.mark_via(value, 5070, b"192.0.2.7", differs, forced, response))

    @given(
        st.binary(max_size=30),
        st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30), st.binary(max_size=3)), max_size=5),
    )
    @settings(max_examples=300)
    def test_splices(self, raw: bytes, pieces: list[tuple[int, int, bytes]]) -> None:
        size = len(raw)
        edits = sorted((min(a, b, size), min(max(a, b), size), data) for a, b, data in pieces)
        self.same(lambda twin: twin.splice(raw, 0, size, edits))

    @given(
        st.sampled_from(TOPS),
        st.booleans(),
        st.lists(st.tuples(st.integers(-20, 500), st.integers(0, 30), st.binary(max_size=3)), max_size=4),
    )
    @settings(max_examples=400)
    def test_a_request_goes_on(self, top: bytes, forced: bool, edits: list[tuple[int, int, bytes]]) -> None:
        data = INVITE.replace(TOP, top)
        self.assertIn(top, data)
        changes = Draft()
        at = data.index(b"\r\n") + 2
        for start, length, text in edits:
            changes.replace(max(at + start, 0), min(max(at + start, 0) + length, len(data)), text)
        self.same_written(
            lambda message: changes.render_request(message, b"sip:carol@192.0.2.3", b"Via: new\r\n", Outbound()),
            *(data, "192.0.2.101", forced),
        )

    def test_the_usual_request_response_and_answer_are_the_work_of_the_twins(self) -> None:
        for twin in (_leaf, leaf_pure):
            head = twin.read(INVITE.replace(TOP, TOP + b";rport"))[1]
            line, at = (b"INVITE", b"sip:b", b"SIP/2.0"), head.fields_at
            edits = [(at, at, b"Route: <sip:r>\r\n"), (at, at, b"X: %b\r\n".__mod__)]
            gone = twin.relay(head, *line, b"Via: new\r\n", edits, "192.0.2.9", 5070, False, b"out")
            start = b" ".join(line) + b"\r\nRoute: <sip:r>\r\nX: out\r\nVia: new\r\nVia: "
            self.assertTrue(gone.startswith(start), gone)
            self.assertIn(b";rport=5070", gone)
            self.assertTrue(twin.answer(head, 100, b"Trying", None, "h", 1, False, b"", None, b""))
            head = twin.read(RESPONSE)[1]
            below = RESPONSE.replace(b"Via: SIP/2.0/UDP 192.0.2.100;branch=z9hG4bK2\r\n", b"")
            self.assertEqual(twin.unwrap(head), below)
            joined = RESPONSE.replace(b"z9hG4bK2\r\nVia: ", b"z9hG4bK2 ,\t")
            self.assertNotEqual(joined, RESPONSE)
            self.assertEqual(twin.unwrap(twin.read(joined)[1]), below)

    def test_what_the_c_twin_leaves_to_others(self) -> None:
        head = _leaf.read(INVITE)[1]
        at = head.fields_at
        edits: Any
        for edits in (
            [(at - 1, at, b"")],
            [(head.body, head.body, b"x")],
            [(head.end, head.body + 1, b"")],
            [(at, at + 9, b""), (at + 4, at + 6, b"")],
            [(at, at, lambda outbound: "")],
            [(at, at, b"")] * 17,
        ):
            self.assertIsNone(_leaf.relay(head, b"", b"", b"", b"", edits, "h", 1, False, None))
        odd = leaf_pure.read(INVITE)[1], _leaf.read(INVITE.replace(b"To:", b"X:"))[1]
        for other in odd:
            self.assertIsNone(_leaf.relay(other, b"", b"", b"", b"", [], "h", 1, False, None))
            self.assertIsNone(_leaf.answer(other, 200, b"", None, "h", 1, False, b"", None, b""))
            self.assertIsNone(_leaf.tag(other, b"a.", 1))
            self.assertIsNone(_leaf.unwrap(other))
        long = INVITE.replace(TOP, TOP + b";x=" + b"y" * 2000)
        self.assertIsNone(_leaf.relay(_leaf.read(long)[1], b"", b"", b"", b"", [], "h", 1, False, None))
        self.assertIsNone(_leaf.answer(_leaf.read(long)[1], 200, b"", None, "h", 1, False, b"", None, b""))

    @given(
        st.sampled_from(TOPS),
        st.booleans(),
        st.sampled_from([b"", b";tag=1", b";tag", b";x=y", b" "]),
        st.sampled_from([100, 180, 200, 404]),
        st.sampled_from([None, b"t"]),
    )
    @settings(max_examples=200)
    def test_a_request_is_answered(self, top: bytes, forced: bool, to: bytes, status: int, tag: bytes | None) -> None:
        data = INVITE.replace(TOP, top).replace(b"To: ", b"Record-Route: <sip:x;lr>\r\nTo: ")
        data = data.replace(b"<sip:bob@biloxi.example.com>\r\n", b"<sip:bob@biloxi.example.com>%b\r\n" % to)
        self.same_written(
            lambda message: build.response(message, status, b"Why", tag, [b"X: y\r\n"], b"body", b"a/b", b"us"),
            *(data, "192.0.2.101", forced),
        )

    def test_a_response_goes_on(self) -> None:
        for more in (b"", b" , SIP/2.0/UDP h;branch=1", b",SIP/2.0/UDP h\t,SIP/2.0/UDP i"):
            data = RESPONSE.replace(b"z9hG4bK2\r", b"z9hG4bK2" + more + b"\r")
            self.same_written(Draft().render_response, data, "192.0.2.2", False)

    def test_a_value_written_over(self) -> None:
        def over(twin: Any) -> Any:
            head = twin.read(INVITE)[1]
            number = head.first(b"max-forwards")
            return head.overwrite(INVITE, b"max-forwards", b"9"), head.value(number), head.line_of(number)

        self.same(over)

    def test_a_number_is_counted_down_where_it_stands(self) -> None:
        for twin in (_leaf, leaf_pure):
            for text, left in (
                *((b"70", b"69"), (b"1", b"0"), (b"010", b"  9"), (b"71", b"70"), (b"65535", b"   70")),
                *((b"0", None), (b"65536", None), (b"x", None), (b"", None), (b"0000000070", None)),
            ):
                data = INVITE.replace(b"Max-Forwards: 70", b"Max-Forwards:" + text)
                made = data.replace(b"Forwards:" + text, b"Forwards:" + left) if left is not None else None
                head = twin.read(data)[1]
                self.assertEqual(head.count_down(data, b"max-forwards", 70), made, text)
                self.assertEqual(head.get(b"max-forwards"), text if left is None else left.strip())
            self.assertIsNone(twin.read(INVITE)[1].count_down(INVITE, b"expires", 70))
