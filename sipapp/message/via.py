# -*- test-case-name: tests.message.test_via -*-
"""via: one value of the Via header field. RFC 3261 §20.42, RFC 3581."""

from __future__ import annotations

import re
from ipaddress import ip_address

from sipapp.errors import ParseError
from sipapp.message import grammar
from sipapp.message.headers import split_vias
from sipapp.message.leaf import Splice, mark_via, via_parts
from sipapp.message.parameters import NONE, Parameters
from sipapp.message.plain import mark_pieces

_SPACED = re.compile(grammar.VIA_PARM, re.DOTALL).fullmatch


class Via:
    """One Via value; never changes. `bytes(via)` is its text as received.

    `version` is b"SIP/2.0", `transport` as received, `host` with brackets where it is an IPv6 reference, `port` None
    where there is none. `span` says where the value is in its message, (0, length) for one parsed by itself.
    """

    __slots__ = ("_branch", "_parameters", "_tail", "at", "host", "is_plain", "port", "text", "transport", "version")

    def __init__(
        self,
        text: bytes,
        version: bytes,
        transport: bytes,
        host: bytes,
        port: int | None,
        tail: bytes,
        plain: bool,
        at: int,
        branch: bytes | None = None,
    ) -> None:
        self.text = text
        self.version = version
        self.transport = transport
        self.host = host
        self.port = port
        self._tail = tail  # what follows the first `;`
        self.is_plain = plain  # neither quotes nor white space in there
        self._branch = branch  # known where it is plain
        self._parameters: Parameters | None = None
        self.at = at

    @classmethod
    def parse(cls, text: bytes, at: int = 0) -> Via:
        """One value; `at` is its offset in the message.

        Raises ParseError: no sent-protocol, no host, a port beyond 65535.
        """
        parts = via_parts(text)
        if parts is not None:
            transport, host, port, tail, branch = parts
            return cls(text, b"SIP/2.0", transport, host, port, tail, True, at, branch)
        match = _SPACED(text)
        if match is None:
            raise ParseError(f"malformed Via {text[:60]!r}", at)
        name, number, transport, host, digits, tail = match.groups()
        port = int(digits) if digits else None
        if port is not None and port > 65535:
            raise ParseError("a Via port beyond 65535", at)
        return cls(text, name + b"/" + number, transport, host, port, tail[1:], False, at)

    @property
    def tail_at(self) -> int:
        """The offset of the first `;`, or of the end where there is none."""
        found = self.text.find(b";")
        return self.at + (found if found >= 0 else len(self.text))

    @property
    def span(self) -> tuple[int, int]:
        return self.at, self.at + len(self.text)

    @property
    def parameters(self) -> Parameters:
        """Raises ParseError: malformed."""
        parameters = self._parameters
        if parameters is None:
            parameters = self._parameters = Parameters.parse(self._tail) if self._tail else NONE
        return parameters

    def may_have(self, name: bytes) -> bool:
        """No: there is no such parameter (lower case), which is all that most ask; else `parameters` has to say."""
        return not self.is_plain or self._tail.lower().find(name) >= 0

    @property
    def branch(self) -> bytes | None:
        """The branch parameter."""
        return self._branch if self.is_plain else self.parameters.get(b"branch")

    @property
    def received(self) -> bytes | None:
        """The received parameter, without the brackets that some put around an IPv6 address (RFC 5118 §4.5)."""
        value = self.parameters.get(b"received")
        return value[1:-1] if value is not None and value[:1] == b"[" else value

    @property
    def rport(self) -> int | None:
        """The rport parameter's value; None where it has none or is absent. RFC 3581."""
        value = self.parameters.get(b"rport")
        return int(value) if value and value.isdigit() and len(value) < 6 else None

    @property
    def wants_rport(self) -> bool:
        """`;rport` without a value. RFC 3581 §3."""
        parameters = self.parameters
        return b"rport" in parameters and not parameters.get(b"rport")

    @property
    def host_address(self) -> bytes:
        """The host without the brackets of an IPv6 reference."""
        host = self.host
        return host[1:-1] if host[:1] == b"[" else host

    def __bytes__(self) -> bytes:
        return self.text

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Via) and self.text == other.text

    def __hash__(self) -> int:
        return hash(self.text)

    def __repr__(self) -> str:
        return f"Via({self.text!r})"


def parse_vias(value: bytes, at: int = 0) -> list[Via]:
    """The values of one Via header field; `at` is its value's offset. Raises ParseError: one is malformed."""
    return [Via.parse(value[start:end], at + start) for start, end in split_vias(value)]


_PIECE = re.compile(rb";((?:%b|[^;])*)" % grammar.OPEN_QUOTED_STRING, re.DOTALL).findall


def marks(via: Via, host: str, port: int, force_rport: bool = False, response: bool = False) -> list[Splice]:
    """The splices that write into the top Via where its request really came from. RFC 3261 §18.2.1, RFC 3581 §4.

    `received` where the sent-by is not that address; both `received` and `rport` where the peer, or `force_rport`,
    asks for it. They stand where Kamailio writes them: in a request that is forwarded, a new one goes right after the
    sent-by; in a `response`, to the end of the value.
    """
    source = host.encode()
    differs = via.host != source and not _same_address(via.host_address, source)
    text = via.text
    if via.is_plain:
        marked = mark_via(text, port, source, differs, force_rport, response)
        if marked is None:
            return []
        cut, written = marked
    else:
        cut = via.tail_at - via.at
        other = mark_pieces(_PIECE(text[cut:]), port, source, differs, force_rport, response)
        if other is None:
            return []
        written = other
    return [(via.at + cut, via.at + len(text), written)]


def _same_address(sent_by: bytes, source: bytes) -> bool:
    if b":" not in sent_by:
        return False
    try:
        return ip_address(sent_by.decode("ascii")) == ip_address(source.decode("ascii"))
    except ValueError:
        return False
