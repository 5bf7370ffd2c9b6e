"""Session descriptions in the body of a message."""

from __future__ import annotations

from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from sipapp.errors import ParseError
from sipapp.message import sdp

SESSION = b"v=0\r\no=a 1 17 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 %b\r\nt=0 0\r\n%b"
AUDIO = b"m=audio 5000/2 RTP/AVP 0 101\r\na=rtpmap:0 PCMU/8000\r\na=rtpmap:101 telephone-event/8000/1\r\n%b"


def parse(more: bytes = AUDIO % b"", address: bytes = b"192.0.2.2") -> sdp.Sdp:
    return sdp.parse(SESSION % (address, more), b"application/sdp")


class SessionTests(SynchronousTestCase):
    def test_knows_its_version_and_where_it_stands(self) -> None:
        (session,) = parse().sessions
        self.assertEqual(session.version, b"17")
        body = SESSION % (b"192.0.2.2", AUDIO % b"")
        self.assertEqual(body[session.version_at : session.version_at + 2], b"17")

    def test_knows_the_addresses_of_origin_and_connection(self) -> None:
        (session,) = parse(address=b"192.0.2.7").sessions
        self.assertEqual(session.origin, (4, b"192.0.2.1"))
        self.assertEqual(session.connection, (4, b"192.0.2.7"))

    def test_may_lack_a_connection_where_each_stream_has_one(self) -> None:
        body = b"v=0\no=a 1 1 IN IP6 ::1\nm=audio 5 RTP/AVP 0\nc=IN IP6 2001:db8::1\n"
        (session,) = sdp.parse(body, b"application/sdp").sessions
        self.assertIsNone(session.connection)
        self.assertEqual(session.media[0].connection, (6, b"2001:db8::1"))

    def test_what_is_malformed_raises_and_says_where(self) -> None:
        for body, offset in (
            (b"hello", 0),
            (b"v=0\r\ns=-\r\n", 0),
            (b"v=0\r\no=x\r\n", 5),
            (SESSION % (b"192.0.2.2", b""), 5),
            (SESSION % (b"", AUDIO % b""), 37),
            (SESSION % (b"192.0.2.2", b"m=audio 5000\r\n"), 64),
            (b"v=0\no=a 1 1 IN IP4 192.0.2.1\nm=audio 5 RTP/AVP 0\n", 29),
        ):
            why = self.assertRaises(ParseError, sdp.parse, body, b"application/sdp")
            self.assertEqual(why.offset, offset, body)


class MediaTests(SynchronousTestCase):
    def test_knows_the_pieces_of_its_line(self) -> None:
        (media,) = parse().media
        self.assertEqual(
            (media.kind, media.port, media.transport, media.payloads),
            (b"audio", b"5000/2", b"RTP/AVP", [b"0", b"101"]),
        )

    def test_spans_the_lines_up_to_the_next_one(self) -> None:
        body = SESSION % (b"192.0.2.2", AUDIO % b"" + b"m=image 0 udptl t38\r\na=x\r\n")
        audio, image = sdp.parse(body, b"application/sdp").media
        self.assertEqual(body[audio.start : audio.end], AUDIO % b"")
        self.assertEqual(body[image.start : image.end], b"m=image 0 udptl t38\r\na=x\r\n")

    def test_encodings_are_those_of_its_rtpmap_attributes(self) -> None:
        (media,) = parse().media
        self.assertEqual(list(media.encodings()), [(b"0", b"PCMU"), (b"101", b"telephone-event")])

    def test_is_active_unless_its_port_is_0_or_it_is_inactive(self) -> None:
        active = [
            parse(b"m=audio %b RTP/AVP 0\r\n%b" % (port, attribute)).media[0].is_active
            for port, attribute in ((b"5", b""), (b"5/2", b"a=sendonly\r\n"), (b"0", b""), (b"5", b"a=inactive\r\n"))
        ]
        self.assertEqual(active, [True, True, False, False])


class HoldTests(SynchronousTestCase):
    def hold(self, more: bytes, **kwargs: Any) -> tuple[int, int]:
        (session,) = parse(more, **kwargs).sessions
        return session.hold, session.media[0].hold

    def test_by_sendonly_and_inactive(self) -> None:
        self.assertEqual(self.hold(AUDIO % b"a=sendonly\r\n"), (0, 2))
        self.assertEqual(self.hold(AUDIO % b"a=INACTIVE\r\n"), (0, 2))
        self.assertEqual(self.hold(AUDIO % b"a=recvonly\r\n"), (0, 0))

    def test_by_the_direction_of_the_session(self) -> None:
        self.assertEqual(self.hold(b"a=inactive\r\n" + AUDIO % b""), (2, 0))
        self.assertEqual(self.hold(b"a=sendrecv\r\na=inactive\r\n" + AUDIO % b""), (0, 0))

    def test_by_the_address_0_0_0_0(self) -> None:
        self.assertEqual(self.hold(AUDIO % b"", address=b"0.0.0.0"), (0, 1))
        self.assertEqual(self.hold(AUDIO % b"c=IN IP4 0.0.0.0\r\n"), (0, 1))
        self.assertEqual(self.hold(AUDIO % b"c=IN IP4 192.0.2.3\r\n", address=b"0.0.0.0"), (0, 0))

    def test_is_not_what_trickle_ice_looks_like(self) -> None:
        trickle = b"m=audio 9 RTP/AVP 0\r\na=ice-options:renomination trickle\r\n"
        self.assertEqual(self.hold(trickle, address=b"0.0.0.0"), (0, 0))


class MultipartTests(SynchronousTestCase):
    TYPE = b"multipart/mixed;boundary=b1"
    BODY = b"--b1\r\nContent-Type: text/plain\r\n\r\nhi\r\n--b1\r\nContent-Type: application/sdp\r\n\r\n%b--b1--\r\n"

    def test_the_description_is_the_part_of_that_type(self) -> None:
        body = self.BODY % (SESSION % (b"192.0.2.2", AUDIO % b""))
        found = sdp.parse(body, self.TYPE)
        self.assertEqual(body[found.start : found.end], SESSION % (b"192.0.2.2", AUDIO % b""))
        self.assertEqual(body[found.media[0].start : found.media[0].end], AUDIO % b"")

    def test_without_such_a_part_there_is_none(self) -> None:
        self.assertRaises(ParseError, sdp.parse, b"--b1\r\n\r\nx\r\n--b1--\r\n", self.TYPE)

    def test_another_type_has_none(self) -> None:
        self.assertRaises(ParseError, sdp.parse, b"hi", b"text/plain")
        self.assertRaises(ParseError, sdp.parse, b"hi", b"")


class LineTests(SynchronousTestCase):
    def test_lines_end_in_lf_and_lose_their_line_end(self) -> None:
        found = [tuple(line) for line in sdp.lines(b"v=0\r\na=x\nlast", 0, 13)]
        self.assertEqual(found, [(0, 5, b"v=0"), (5, 9, b"a=x"), (9, 13, b"last")])

    def test_only_a_letter_before_an_equals_sign_is_a_type(self) -> None:
        self.assertEqual([line.type for line in sdp.lines(b"v=0\nvv=1\n=\n", 0, 11)], [b"v", b"", b""])
