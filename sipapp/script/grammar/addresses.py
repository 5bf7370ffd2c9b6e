# -*- test-case-name: tests.script.grammar.test_addresses -*-
"""addresses: hosts, networks and sockets as the script writes them without quotes."""

from __future__ import annotations

import socket
from collections.abc import Callable
from typing import NamedTuple

from sipapp.script import nodes
from sipapp.script.grammar.reader import Reader
from sipapp.script.keywords import PROTOCOLS
from sipapp.script.lexer import number_value
from sipapp.script.parameter_syntax import UNRESERVED

_HOST_WORDS = ("ID", "NUMID", "NUMBER")
_FIRST = frozenset({*_HOST_WORDS, "STRING", "IPV6", "[", "(", "*", *PROTOCOLS})


class SocketName(NamedTuple):
    """`[proto:]host[:port]`; no proto or port: any of them."""

    proto: str | None
    hosts: list[str]
    port: int | None

    def __str__(self) -> str:
        host = f"[{self.hosts[0]}]" if ":" in self.hosts[0] else self.hosts[0]
        return f"{self.proto + ':' if self.proto else ''}{host}{f':{self.port}' if self.port else ''}"


class Addresses(Reader):
    """Reads what names a host."""

    def ipv4(self) -> str:
        """`192.0.2.1`: four numbers, of which each may be written in hexadecimal or with leading zeros."""
        first = self.tokens[self.index]
        octets = [number_value(self.expect("NUMBER", "an IPv4 address"))]
        for _ in range(3):
            if self.kind != ".":
                self.fail(f"an IPv4 address has four numbers, not {len(octets)}", first)
            self.advance()
            octets.append(number_value(self.expect("NUMBER", "a number of an IPv4 address")))
        text = ".".join(map(str, octets))
        if not all(0 <= octet <= 255 for octet in octets):
            self.mistake(f"{text} is no IPv4 address", first)
        return text

    def ipv6(self) -> str:
        """`2001:db8::1`, with or without brackets; the answer is without."""
        bracketed = self.accept("[")
        token = self.tokens[self.index]
        text = self.expect("IPV6", "an IPv6 address")
        if bracketed:
            self.expect("]")
        try:
            socket.inet_pton(socket.AF_INET6, text)
        except OSError:
            self.mistake(f"{text} is no IPv6 address", token)
        return text

    def ip(self) -> str:
        return self.ipv6() if self.kind in ("IPV6", "[") else self.ipv4()

    def network(self) -> nodes.Network:
        """An address, `address/bits` or `address/mask`."""
        at = self.place()
        text = self.ip()
        if self.accept("/"):
            if self.kind == "NUMBER" and self.next_kind() != ".":
                token = self.advance()
                bits = number_value(token[1])
                if not 0 <= bits <= (128 if ":" in text else 32):
                    self.mistake(f"a netmask cannot have {bits} bits", token)
                text += f"/{bits}"
            elif self.kind in ("NUMBER", "IPV6", "["):
                text += f"/{self.ip()}"
            else:
                self.unexpected("a netmask, 24 or 255.255.255.0,")
        return nodes.Network(at, text.encode())

    def host(self) -> nodes.Word:
        """`sip-1.example.com`."""
        at = self.place()
        return nodes.Word(at, self._parts(("ID",), "a host name").encode())

    def listen_id(self) -> str:
        """An address, a quoted text, a host or an interface."""
        if self.kind == "STRING":
            return self.proper(self.advance()[1])
        if self.kind in ("IPV6", "[") or (self.kind == "NUMBER" and self.next_kind() == "."):
            return self.ip()
        return self._parts(_HOST_WORDS, "an address, an interface or a host name")

    def _parts(self, words: tuple[str, ...], what: str) -> str:
        name = ""
        while True:
            if self.kind not in words:
                self.unexpected(f"the rest of the name {name}" if name else what)
            name += self.advance()[1]
            if self.kind not in (".", "-"):
                return name
            name += self.advance()[0]

    def port(self) -> int | None:
        """A number, or `*` for any."""
        return None if self.accept("*") else number_value(self.expect("NUMBER", "a port"))

    def socket_name(self, host: Callable[[], list[str]] | None = None) -> SocketName:
        """`[proto:]host[:port]`."""
        proto = None
        if self.kind in PROTOCOLS or self.kind == "*":
            kind = self.advance()[0]
            proto = None if kind == "*" else kind
            self.expect(":")
        elif self.kind in ("ws", "wss"):
            self.fail(f"there are no {self.kind} sockets: WebSockets come in on tcp and tls")
        first = self.tokens[self.index]
        hosts = host() if host else [self.listen_id()]
        if self.kind == ":" and proto is None and self.next_kind() not in ("*", "NUMBER", "END"):
            self.fail(f'"{hosts[0]}" is no protocol: udp, tcp, tls, sctp or *', first)
        if self.kind == ":" and self.kind_at(2) == "." and proto is None:
            self.fail(f'"{hosts[0]}" is no protocol: udp, tcp, tls, sctp or *', first)
        return SocketName(proto, hosts, self.port() if self.accept(":") else None)

    def hosts(self) -> list[str]:
        """One host, or several in parentheses."""
        if not self.accept("("):
            return [self.listen_id()]
        found = [self.listen_id()]
        while self.accept(","):
            found.append(self.listen_id())
        self.expect(")")
        return found

    def socket_names(self, parameter: str) -> list[SocketName]:
        """One or more, with nothing between them: the list goes on over line ends."""
        if self.kind not in _FIRST:
            self.unexpected("an address, an interface or a host name")
        found: list[SocketName] = []
        while self.kind in _FIRST and not (found and self._another_statement(parameter)):
            found.append(self.socket_name(self.hosts))
        return found

    def _another_statement(self, parameter: str) -> bool:
        """The ID here begins a statement of a kind that Kamailio 5.6 does not know, and so it ends the list."""
        if self.kind != "ID":
            return False
        if self.text in UNRESERVED or self.text == "coreparam":
            return self.next_kind() in ("=", "[")
        behind = 1
        while self.kind_at(behind) == "." and self.kind_at(behind + 1) == "ID":
            behind += 2
        if self.kind_at(behind) == "=" and not self.same_line():
            self.fail(f'"{self.text}" would be one more host of the {parameter} before it: end that with ";"')
        return False
