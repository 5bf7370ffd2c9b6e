"""Torture messages changed at random: an error of the peer or a message, never anything else."""

from __future__ import annotations

from random import Random

from twisted.trial.unittest import SynchronousTestCase

from sipapp.errors import PeerError
from sipapp.message.auth import Challenge, Credentials
from sipapp.message.build import response
from sipapp.message.draft import Draft, Outbound
from sipapp.message.framing import FramingError, StreamFramer
from sipapp.message.message import Message
from sipapp.message.parse import parse
from sipapp.message.request import Request
from sipapp.message.response import Response
from sipapp.message.validate import check, check_forwarding
from tests.torture.test_torture import VERDICTS, VIA, read

ROUNDS = 3000
SPECIAL = [b"\r\n", b"\n", b"\r", b" ", b"\t", b":", b";", b",", b'"', b"<", b">", b"=", b"@", b"\\", b"\0", b"[", b"]"]
SPECIAL += [b"\r\n\r\n", b"\r\n ", b"%", b"?", b"/", b"9" * 25, b"\xff", b"-1", b"Via: ", b"SIP/2.0"]
PROPERTIES = ["call_id", "cseq", "from_", "to", "via", "vias", "routes", "record_routes", "contacts", "content_length"]
PROPERTIES += ["max_forwards", "content_type", "body", "fields", "parsed_uri", "method", "status"]


class Source:
    host = "192.0.2.1"
    port = 5060


def mutated(random: Random, data: bytes, other: bytes) -> bytes:
    """A few changes; most of them near something that means something."""
    for _ in range(random.randint(1, 4)):
        at = random.randrange(len(data) + 1)
        kind = random.randrange(5)
        if kind == 0:
            data = data[:at] + random.choice(SPECIAL) + data[at:]
        elif kind == 1:
            data = data[:at] + data[at + random.randint(1, 20) :]
        elif kind == 2:
            data = data[:at] + bytes([random.randrange(256)]) + data[at + 1 :]
        elif kind == 3:
            start = random.randrange(len(other))
            data = data[:at] + other[start : start + random.randint(1, 60)] + data[at:]
        else:
            special = random.choice(SPECIAL)
            data = data.replace(special, random.choice(SPECIAL), random.randint(1, 3))
    return data


def tried(do: object, *arguments: object) -> object:
    """What a call answers, None where it says that the peer is wrong."""
    try:
        return do(*arguments)  # type: ignore[operator]
    except PeerError:
        return None


def look_everywhere(message: Message) -> None:
    for name in PROPERTIES:
        value = tried(getattr, message, name, None)
        for item in value if isinstance(value, list) else [value]:
            for part in ("parameters", "tag", "parsed_uri", "branch", "received", "rport", "host_address", "transport"):
                inner = tried(getattr, item, part, None)
                tried(getattr, inner, "parameters", None)
    for key in (b"authorization", b"www-authenticate", b"accept", b"subject"):
        for text in message.values(key):
            tried(Credentials.parse, text)
            tried(Challenge.parse, text)
        message.tokens(key)


def use(message: Request | Response) -> None:
    """Whatever is done with a message that is fine."""
    message.flow = Source()
    draft = Draft()
    draft.prepend_field(message, b"X-A: 1\r\n")
    draft.append_field(message, b"X-B: 2\r\n")
    for field in message.all_fields(b"to"):
        draft.remove_field(field)
    draft.set_body(message, b"new", b"text/plain")
    if isinstance(message, Request):
        parse(draft.render_request(message, message.uri, VIA, Outbound()))
        parse(response(message, 200, b"OK", b"t"))
        tried(check_forwarding, message)
    else:
        parse(draft.render_response(message))
    assert parse(draft.render(message)).body == b"new"


class MutationTests(SynchronousTestCase):
    def test_datagrams(self) -> None:
        random = Random(4475)
        samples = [read(name) for name in VERDICTS]
        fine = 0
        for _ in range(ROUNDS):
            data = mutated(random, random.choice(samples), random.choice(samples))
            try:
                message = parse(data)
            except PeerError:
                continue
            self.assertIn(message.raw, data)
            self.assertEqual(Draft().render(message), message.raw)
            look_everywhere(message)
            try:
                check(message)
            except PeerError:
                continue
            use(message)
            fine += 1
        self.assertGreater(fine, ROUNDS // 5)

    def test_streams(self) -> None:
        random = Random(5118)
        samples = [read(name) for name in VERDICTS]
        for _ in range(ROUNDS // 10):
            data = b"".join(
                mutated(random, random.choice(samples), random.choice(samples)) for _ in range(random.randint(1, 3))
            )
            whole = [str(event) for event in StreamFramer().feed(data)]
            framer = StreamFramer()
            pieces: list[str] = []
            at = 0
            while at < len(data):
                size = random.choice((1, 2, 3, 50, 1000))
                pieces += [str(event) for event in framer.feed(data[at : at + size])]
                at += size
            self.assertEqual(pieces, whole)
            for event in StreamFramer().feed(data):
                if isinstance(event, FramingError) and event.request is not None:
                    parse(response(event.request, event.status, b"Bad", b"t"))
