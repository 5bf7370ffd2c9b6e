# -*- test-case-name: tests.script.grammar.test_core_calls -*-
"""core_calls: the core's own functions, each with its own way to write its arguments.

They are keywords: `strip(2)` takes a number and no expression, `force_rport` does without parentheses, a host is
written without quotes. What a call becomes is a Call by the function's main name.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sipapp.nearest import nearest
from sipapp.script import nodes
from sipapp.script.grammar.expressions import READERS, Expressions
from sipapp.script.keywords import PROTOCOLS
from sipapp.script.lexer import number_value

_TEXT = """
    rewritehost rewritehostport rewritehostporttrans rewriteuser rewriteuserpass rewriteport rewriteuri prefix exec
    cfg_reset"""
_NUMBER = "strip strip_tail set_advertised_port"
_NOTHING = "userphone clear_branches"
_CONNECTIONS = "set_forward_no_connect set_reply_no_connect set_forward_close set_reply_close"
_BARE = f"force_rport add_local_rport revert_uri {_CONNECTIONS}"
_FORWARD = "forward forward_udp forward_tcp forward_tls forward_sctp"
_FLAG = "setflag resetflag isflagset"
_AVPFLAG = "setavpflag resetavpflag isavpflagset"

IN_ONSEND = frozenset(f"log route {_FLAG} {_CONNECTIONS}".split())
"""The core's functions that an onsend_route may call."""

BARE = tuple(f"{_BARE} force_tcp_alias".split())
"""The core's functions that need no parentheses."""

MOST_FLAGS = 32


class CoreCalls(Expressions):
    """Reads calls of the core's functions."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.flags: dict[str, int] = {}
        self.avpflags: dict[str, int] = {}
        self.lost = False  # a setting could not be read: it may have been the one that declares a flag

    def core_call(self) -> nodes.Call:
        """A call; the token is the function's name."""
        if self.onsend and self.kind not in IN_ONSEND:
            self.mistake(f"{self.kind}() cannot be called in onsend_route")
        at = self.place()
        name = self.advance()[0]
        return nodes.Call(at, name, _ARGUMENTS[name](self, name))

    def opening(self, name: str) -> None:
        if self.kind != "(":
            self.fail(f'"(" is expected behind {name}, not {self.shown()}')
        self.advance()

    def text_argument(self, name: str) -> list[nodes.Expression]:
        self.opening(name)
        if self.kind != "STRING":
            self.wants(f"{name}()", "a quoted text")
        text = self.string()
        self.expect(")")
        return [text]

    def number_argument(self, name: str) -> list[nodes.Expression]:
        self.opening(name)
        number = self.plain_number(name)
        self.expect(")")
        return [number]

    def plain_number(self, name: str) -> nodes.Number:
        if self.kind != "NUMBER":
            self.wants(f"{name}()", "a number")
        return self.number()

    def no_argument(self, name: str) -> list[nodes.Expression]:
        self.opening(name)
        self.expect(")")
        return []

    def bare(self, name: str) -> list[nodes.Expression]:
        """Parentheses are optional."""
        if self.accept("("):
            if self.kind != ")":
                self.wants(f"{name}()", "nothing")
            self.advance()
        return []

    def tcp_alias(self, name: str) -> list[nodes.Expression]:
        if not self.accept("("):
            return []
        found: list[nodes.Expression] = [self.number()] if self.kind == "NUMBER" else []
        self.expect(")", '")" or a port')
        return found

    def remove_branch(self, name: str) -> list[nodes.Expression]:
        self.opening(name)
        at = self.place()
        found: list[nodes.Expression] = [] if self.kind == ")" else [nodes.Number(at, self.integer())]
        self.expect(")")
        return found

    def log(self, name: str) -> list[nodes.Expression]:
        """`log("text")`, `log(level, "text")`."""
        self.opening(name)
        found: list[nodes.Expression] = []
        if self.kind == "NUMBER":
            found.append(self.number())
            self.expect(",")
        if self.kind != "STRING":
            self.wants("log()", "a quoted text")
        found.append(self.string())
        self.expect(")")
        return found

    def two_texts(self, name: str) -> list[nodes.Expression]:
        self.opening(name)
        if self.kind != "STRING" or self.next_kind() != ",":
            self.wants(f"{name}()", "two quoted texts")
        found: list[nodes.Expression] = [self.string()]
        self.expect(",")
        if self.kind != "STRING":
            self.unexpected("a quoted text")
        found.append(self.string())
        self.expect(")")
        return found

    def cfg_select(self, name: str) -> list[nodes.Expression]:
        """`cfg_select("group", id)`."""
        self.opening(name)
        if self.kind != "STRING":
            self.wants("cfg_select()", "a group in quotes")
        group = self.string()
        self.expect(",")
        found = [group, self.expression()]
        self.expect(")")
        return found

    def forward(self, name: str) -> list[nodes.Expression]:
        """A host and a port, neither in quotes; `uri:host` and `uri:port` are those of the Request-URI."""
        self.opening(name)
        found: list[nodes.Expression] = []
        if self.kind == ")" and name == "forward":
            self.advance()
            return found
        if self.kind == "uri:host":
            found.append(nodes.Operand(self.place(), self.advance()[0]))
        elif self.kind == "STRING":
            found.append(self.string())
        elif self.kind in ("NUMBER", "IPV6", "["):
            at = self.place()
            found.append(nodes.Network(at, self.ip().encode()))
        else:
            found.append(self.host())
        if self.accept(","):
            if self.kind == "uri:port" and isinstance(found[0], nodes.Operand):
                found.append(nodes.Operand(self.place(), self.advance()[0]))
            else:
                found.append(self.plain_number(name))
        self.expect(")")
        return found

    def mtu_proto(self, name: str) -> list[nodes.Expression]:
        self.opening(name)
        if self.kind not in PROTOCOLS and self.kind != "*":
            self.unexpected("udp, tcp, tls or sctp")
        proto = nodes.Word(self.place(), self.advance()[0].encode())
        self.expect(")")
        return [proto]

    def advertised(self, name: str) -> list[nodes.Expression]:
        self.opening(name)
        at = self.place()
        host = nodes.Word(at, self.listen_id().encode("latin-1"))
        self.expect(")")
        return [host]

    def send_socket(self, name: str) -> list[nodes.Expression]:
        self.opening(name)
        at = self.place()
        socket = nodes.Word(at, str(self.socket_name()).encode("latin-1"))
        self.expect(")")
        return [socket]

    def flag(self, name: str) -> list[nodes.Expression]:
        """A number or a name from `flags`; what comes out is the number."""
        self.opening(name)
        at = self.place()
        token = self.tokens[self.index]
        if self.kind == "NUMBER":
            number = number_value(self.advance()[1])
            if not 0 <= number < MOST_FLAGS:
                self.mistake(f"there is no flag {number}: they go from 0 to {MOST_FLAGS - 1}", token)
        elif self.kind in ("ID", "STRING"):
            number = self.known_flag(self.flags, "flags")
        else:
            self.unexpected("a flag's name or number")
        self.expect(")")
        return [nodes.Number(at, number)]

    def known_flag(self, flags: dict[str, int], keyword: str) -> int:
        token = self.advance()
        name = self.proper(token[1])
        known = flags.get(name if keyword == "flags" else name.lower())
        if known is None and not self.lost:
            self.mistake(f'the flag "{name}" is not declared by "{keyword}"{nearest(name, flags)}', token)
        return known or 0

    def avpflag(self, name: str) -> list[nodes.Expression]:
        """An AVP, as a `%name`, a bare `$name` or its name in quotes; a flag from `avpflags`."""
        self.opening(name)
        avp: nodes.Expression
        if self.kind == "STRING":
            avp = self.string()
        elif self.kind == "PLAIN":
            avp = self.variable()
        elif self.kind == "AVP" and self.next_kind() != "[":
            avp = self.attribute()
        else:
            self.unexpected("an AVP's name in quotes")
        self.expect(",")
        at = self.place()
        if self.kind not in ("ID", "STRING"):
            self.unexpected("a flag's name")
        number = nodes.Number(at, self.known_flag(self.avpflags, "avpflags"))
        self.expect(")")
        return [avp, number]


_ARGUMENTS: dict[str, Callable[[CoreCalls, str], list[nodes.Expression]]] = {
    **dict.fromkeys(_TEXT.split(), CoreCalls.text_argument),
    **dict.fromkeys(_NUMBER.split(), CoreCalls.number_argument),
    **dict.fromkeys(_NOTHING.split(), CoreCalls.no_argument),
    **dict.fromkeys(_BARE.split(), CoreCalls.bare),
    **dict.fromkeys(_FORWARD.split(), CoreCalls.forward),
    **dict.fromkeys(_FLAG.split(), CoreCalls.flag),
    **dict.fromkeys(_AVPFLAG.split(), CoreCalls.avpflag),
    "force_tcp_alias": CoreCalls.tcp_alias,
    "remove_branch": CoreCalls.remove_branch,
    "log": CoreCalls.log,
    "error": CoreCalls.two_texts,
    "cfg_select": CoreCalls.cfg_select,
    "udp_mtu_try_proto": CoreCalls.mtu_proto,
    "set_advertised_address": CoreCalls.advertised,
    "force_send_socket": CoreCalls.send_socket,
}

CORE_FUNCTIONS = frozenset(_ARGUMENTS)
"""The core's functions by their main names, route() left out."""

READERS.update(dict.fromkeys(CORE_FUNCTIONS, CoreCalls.core_call))
