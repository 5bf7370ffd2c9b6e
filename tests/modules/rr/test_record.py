from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from sipapp.interfaces.transport import Socket
from sipapp.message.draft import Draft, Outbound
from sipapp.modules.rr.record import (
    AdvertisedRecordRoute,
    PresetRecordRoute,
    RecordRoute,
    add_to_recorded,
    is_recorded,
    remove_recorded,
)
from tests.modules.stage import TCP, UDP, UDP_5080

HEAD = b"Record-Route: <sip:"


def line(double: int = 1, kind: type[RecordRoute] = RecordRoute, head: bytes = HEAD) -> RecordRoute:
    return kind(UDP, head, b";lr;ftag=x", b"", double)


class RecordTests(SynchronousTestCase):
    def test_one_socket_both_ways_is_one_line(self) -> None:
        self.assertEqual(line()(Outbound(UDP, UDP)), b"Record-Route: <sip:192.0.2.1;lr;ftag=x>\r\n")

    def test_without_a_known_socket_the_one_it_came_by_counts(self) -> None:
        self.assertEqual(line()(Outbound()), b"Record-Route: <sip:192.0.2.1;lr;ftag=x>\r\n")

    def test_a_change_of_port_gives_two_lines_the_outer_first(self) -> None:
        self.assertEqual(
            line()(Outbound(UDP_5080, UDP)),
            b"Record-Route: <sip:192.0.2.1:5080;r2=on;lr;ftag=x>\r\nRecord-Route: <sip:192.0.2.1;r2=on;lr;ftag=x>\r\n",
        )

    def test_a_change_of_transport_is_named(self) -> None:
        self.assertEqual(
            line()(Outbound(TCP, UDP)),
            b"Record-Route: <sip:192.0.2.1;transport=tcp;r2=on;lr;ftag=x>\r\n"
            b"Record-Route: <sip:192.0.2.1;r2=on;lr;ftag=x>\r\n",
        )

    def test_doubling_can_be_switched_off_and_forced(self) -> None:
        self.assertEqual(line(0)(Outbound(TCP, UDP)), b"Record-Route: <sip:192.0.2.1;lr;ftag=x>\r\n")
        self.assertEqual(line(2)(Outbound(UDP, UDP)), b"Record-Route: <sip:192.0.2.1;r2=on;lr;ftag=x>\r\n" * 2)

    def test_ipv6_and_websocket_are_written_as_uris_want_them(self) -> None:
        socket = Socket("wss", "2001:db8::1", 443)
        self.assertEqual(
            line().line(socket, None, b""), b"Record-Route: <sip:[2001:db8::1]:443;transport=ws;lr;ftag=x>\r\n"
        )

    def test_the_advertised_address_of_the_message_is_for_the_outer_line(self) -> None:
        both = line()
        both.advertised = b"proxy.example.com"
        self.assertEqual(
            both(Outbound(UDP_5080, UDP)),
            b"Record-Route: <sip:proxy.example.com;r2=on;lr;ftag=x>\r\n"
            b"Record-Route: <sip:192.0.2.1;r2=on;lr;ftag=x>\r\n",
        )

    def test_a_socket_may_be_named(self) -> None:
        named = line()
        named.socket_name = True
        self.assertEqual(named.line(UDP_5080, None, b""), b"Record-Route: <sip:192.0.2.1:5080;sn=side;lr;ftag=x>\r\n")
        self.assertEqual(named.line(UDP, None, b""), b"Record-Route: <sip:192.0.2.1;lr;ftag=x>\r\n")

    def test_an_advertised_line_is_doubled_only_where_the_transport_changes(self) -> None:
        made = line(kind=AdvertisedRecordRoute, head=HEAD + b"a.example")
        self.assertEqual(made(Outbound(UDP_5080, UDP)), b"Record-Route: <sip:a.example;lr;ftag=x>\r\n")
        self.assertEqual(
            made(Outbound(TCP, UDP)),
            b"Record-Route: <sip:a.example;transport=tcp;r2=on;lr;ftag=x>\r\n"
            b"Record-Route: <sip:a.example;transport=udp;r2=on;lr;ftag=x>\r\n",
        )

    def test_a_preset_line_is_as_given(self) -> None:
        made = line(kind=PresetRecordRoute, head=HEAD + b"a.example")
        self.assertEqual(made(Outbound(TCP, UDP)), b"Record-Route: <sip:a.example;lr;ftag=x>\r\n")

    def test_a_parameter_added_in_one_branch_is_not_in_another(self) -> None:
        draft = Draft()
        draft.insert(10, line())
        branch = draft.fork()
        add_to_recorded(branch, b";b=1")
        self.assertEqual(branch.edits[0].data(Outbound()), b"Record-Route: <sip:192.0.2.1;lr;ftag=x;b=1>\r\n")  # type: ignore[operator]
        self.assertEqual(draft.edits[0].data(Outbound()), b"Record-Route: <sip:192.0.2.1;lr;ftag=x>\r\n")  # type: ignore[operator]

    def test_it_can_be_taken_away_again(self) -> None:
        draft = Draft()
        draft.insert(10, b"X: y\r\n")
        draft.insert(10, line())
        self.assertTrue(is_recorded(draft))
        remove_recorded(draft)
        self.assertFalse(is_recorded(draft))
        self.assertEqual([edit.data for edit in draft.edits], [b"X: y\r\n"])
