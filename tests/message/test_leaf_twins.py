"""_leaf and leaf_pure: the twins do the same."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SkipTest, SynchronousTestCase

from sipapp.errors import ParseError, ValidationError
from sipapp.message import leaf_pure, validate
from sipapp.message.parse import parse
from tests.message.samples import INVITE

try:
    from sipapp.message import _leaf
except ImportError:
    _leaf = None  # type: ignore[assignment]

TORTURE = Path(__file__).parents[1] / "conformance" / "torture"

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


def seen(twin: Any, data: bytes, start: int = 0) -> Any:
    """All that one twin says of a message."""
    try:
        head = twin.scan(data, start)
    except ParseError as why:
        return why.reason, why.offset
    told: dict[str, Any] = {name: getattr(head, name) for name in ("line", "keys", "start", "end", "body", "fields_at")}
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
    told["length"] = head.length()
    told["absent"] = head.first(b"absent"), head.get(b"absent"), head.all(b"absent")
    told["plain"] = twin.plain(data, head)
    return told


class TwinTests(SynchronousTestCase):
    def setUp(self) -> None:
        if _leaf is None:
            raise SkipTest("the C twin was not compiled when sipapp was installed")

    def same(self, of: Callable[[Any], Any]) -> None:
        self.assertEqual(of(_leaf), of(leaf_pure))

    def test_every_torture_message(self) -> None:
        paths = sorted(TORTURE.rglob("*.dat"))
        self.assertGreater(len(paths), 40)
        for path in [*paths]:
            data = path.read_bytes()
            self.same(lambda twin, data=data: seen(twin, data))  # type: ignore[misc]

    def test_the_usual_message_is_the_work_of_the_c_twin(self) -> None:
        self.assertIsNot(type(_leaf.scan(INVITE)), leaf_pure.Head)
        self.assertTrue(_leaf.plain(INVITE, _leaf.scan(INVITE)))

    def test_more_header_fields_than_it_has_room_for(self) -> None:
        data = b"X sip:a SIP/2.0\r\n" + b"To: <sip:a@b>\r\n" * 500 + b"\r\n"
        self.same(lambda twin: seen(twin, data))

    @given(messages, st.integers(0, 3))
    @settings(max_examples=400, deadline=None)
    def test_messages_of_awkward_pieces(self, data: bytes, start: int) -> None:
        self.same(lambda twin: seen(twin, data, min(start, len(data))))

    @given(st.data())
    @settings(max_examples=200, deadline=None)
    def test_a_message_with_some_bytes_changed(self, draw: st.DataObject) -> None:
        data = bytearray(INVITE)
        for _ in range(draw.draw(st.integers(1, 4))):
            data[draw.draw(st.integers(0, len(data) - 1))] = draw.draw(st.sampled_from(b'\r\n :;,<>"\\=aA0\x00\xff'))
        self.same(lambda twin: seen(twin, bytes(data)))

    @given(messages)
    @settings(max_examples=400, deadline=None)
    def test_what_is_plain_is_valid(self, data: bytes) -> None:
        try:
            message = parse(data)
        except ParseError:
            return
        if leaf_pure.plain(message.raw, message.head):
            try:
                validate._check(message)
            except ValidationError as why:
                self.assertIn(why.reason, ("Broadcast Via", "Version Not Supported"))

    @given(values | awkward)
    @settings(max_examples=400, deadline=None)
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
    @settings(max_examples=400, deadline=None)
    def test_marks(self, value: bytes, differs: bool, forced: bool, response: bool) -> None:
        value = b"".join(value.split())  # a plain Via value has no white space in its parameters
        self.same(lambda twin: twin.mark_via(value, 5070, b"192.0.2.7", differs, forced, response))

    @given(
        st.binary(max_size=30),
        st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30), st.binary(max_size=3)), max_size=5),
    )
    @settings(max_examples=300, deadline=None)
    def test_splices(self, raw: bytes, pieces: list[tuple[int, int, bytes]]) -> None:
        size = len(raw)
        edits = sorted((min(a, b, size), min(max(a, b), size), data) for a, b, data in pieces)
        self.same(lambda twin: twin.splice(raw, 0, size, edits))

    def test_a_value_written_over(self) -> None:
        def over(twin: Any) -> Any:
            head = twin.scan(INVITE)
            number = head.first(b"max-forwards")
            return head.overwrite(INVITE, number, b"69"), head.value(number), head.line_of(number)

        self.same(over)
