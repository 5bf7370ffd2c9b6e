from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from sipapp.errors import ParseError
from sipapp.message.draft import Draft
from sipapp.message.uri import Uri
from sipapp.modules.rr.routes import next_hop, read_routes, remove_entries
from tests.modules.stage import request

TWO_FIELDS = "Route: <sip:a;lr> , <sip:b;lr>;x=1\r\nX-Between: y\r\nRoute: <sip:c;lr>\r\n"


class RoutesTests(SynchronousTestCase):
    def test_entries_of_several_fields_are_one_list(self) -> None:
        message = request(more=TWO_FIELDS)
        entries = read_routes(message)
        self.assertEqual([uri for uri, *_ in entries], [b"sip:a;lr", b"sip:b;lr", b"sip:c;lr"])
        _, number, start, end = entries[1]
        self.assertEqual(message.head.value(number)[start:end], b"<sip:b;lr>;x=1")

    def test_one_entry_is_read_the_short_way_and_any_other_the_long_way(self) -> None:
        for text, uris in (
            ("<sip:a;lr>", [b"sip:a;lr"]),
            (" <sip:a;lr> ", [b"sip:a;lr"]),
            ("<sip:a;lr>;x=1", [b"sip:a;lr"]),
            ('"a, b" <sip:a;lr>', [b"sip:a;lr"]),
            ("<sip:a,b@h;lr>", [b"sip:a,b@h;lr"]),
            ("<sip:a>,<sip:b>", [b"sip:a", b"sip:b"]),
            ("<sip:a>, <sip:b>,", [b"sip:a", b"sip:b"]),
            ("< sip:a>", [b" sip:a"]),
            ("< sip:a>, <sip:b>", [b"sip:a", b"sip:b"]),
        ):
            entries = read_routes(request(more=f"Route: {text}\r\n"))
            self.assertEqual([uri for uri, *_ in entries], uris, text)

    def test_an_entry_without_angle_brackets_is_an_error(self) -> None:
        self.assertRaises(ParseError, read_routes, request(more="Route: garbage\r\n"))
        self.assertRaises(ParseError, read_routes, request(more="Route: sip:a;lr\r\n"))

    def removed(self, first: int, last: int) -> bytes:
        message, draft = request(more=TWO_FIELDS), Draft()
        remove_entries(message, draft, read_routes(message), first, last)
        text = draft.render(message)
        return text[text.index(b"CSeq") : text.index(b"Content-Length")]

    def test_entries_go_from_the_top(self) -> None:
        rest = b"X-Between: y\r\nRoute: <sip:c;lr>\r\n"
        self.assertEqual(self.removed(1, 0), b"CSeq: 1 INVITE\r\nRoute: <sip:b;lr>;x=1\r\n" + rest)
        self.assertEqual(self.removed(2, 0), b"CSeq: 1 INVITE\r\n" + rest)
        self.assertEqual(self.removed(3, 0), b"CSeq: 1 INVITE\r\nX-Between: y\r\n")

    def test_entries_go_from_the_bottom(self) -> None:
        top = b"CSeq: 1 INVITE\r\nRoute: <sip:a;lr>"
        self.assertEqual(self.removed(0, 1), top + b" , <sip:b;lr>;x=1\r\nX-Between: y\r\n")
        self.assertEqual(self.removed(0, 2), top + b"\r\nX-Between: y\r\n")
        self.assertEqual(self.removed(1, 2), b"CSeq: 1 INVITE\r\nX-Between: y\r\n")

    def test_maddr_is_the_next_hop(self) -> None:
        self.assertEqual(next_hop(Uri.parse(b"sip:a;lr")), b"sip:a;lr")
        self.assertEqual(next_hop(Uri.parse(b"sip:a:5070;maddr=192.0.2.7;lr")), b"sip:192.0.2.7:5070")
        self.assertEqual(next_hop(Uri.parse(b"sip:a;maddr=192.0.2.7")), b"sip:192.0.2.7")
