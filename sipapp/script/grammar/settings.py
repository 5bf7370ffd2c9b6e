# -*- test-case-name: tests.script.grammar.test_settings -*-
"""settings: what stands outside of routes: parameters, modules, flags, custom parameters."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sipapp.errors import Position
from sipapp.nearest import nearest
from sipapp.script import nodes
from sipapp.script.grammar.addresses import SocketName
from sipapp.script.grammar.core_calls import MOST_FLAGS, CoreCalls
from sipapp.script.keywords import KEYWORDS, PROTOCOLS, ROUTE_KINDS
from sipapp.script.lexer import number_value
from sipapp.script.parameter_syntax import (
    ALIASES,
    CHOICES,
    COREPARAMS,
    KEMI_CALLBACKS,
    ONLY_EARLY,
    SYNTAX,
    UNRESERVED,
    Syntax,
)

_ADVERTISED_PROTOCOLS = PROTOCOLS | {"ws", "wss"}
_TLS_METHODS = frozenset({"SSLv23", "SSLv2", "SSLv3", "TLSv1"})


class Settings(CoreCalls):
    """Reads settings into `settings`."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.settings: list[nodes.Setting] = []
        self.late = False  # a modparam or a route block has been read
        self.custom: set[tuple[str, str]] = set()

    def setting(self) -> bool:
        """One setting; false: none begins here."""
        read = SETTINGS.get(self.kind)
        if read is not None:
            read(self)
        elif self.kind in SYNTAX or (self.kind == "ID" and self.text in UNRESERVED and self.next_kind() == "="):
            self.parameter()
        elif self.kind == "ID" and self.text == "coreparam" and self.next_kind() == "[":
            self.coreparam()
        elif self.kind in ("ID", "default") and (self.next_kind() == "." or self.indexed()):
            self.custom_parameter()
        else:
            return False
        return True

    def indexed(self) -> bool:
        """`name[5]` or `default[`: what no route block looks like."""
        return self.next_kind() == "[" and (self.kind == "default" or self.kind_at(2) == "NUMBER")

    # -- core parameters

    def parameter(self) -> None:
        """`name = value`."""
        at = self.place()
        token = self.advance()
        name = ALIASES.get(token[1], token[1])
        if self.kind != "=":
            self.fail(f'"=" is expected behind {token[1]}, not {self.shown()}')
        self.advance()
        if name in ONLY_EARLY and self.late:
            self.mistake(f"{token[1]} must stand before any modparam and route block", token)
        syntax = SYNTAX[name]
        if syntax is Syntax.LISTEN:
            self.listen(at)
        elif syntax is Syntax.ALIAS:
            self.alias(at, name)
        elif syntax is Syntax.SOCKET:
            self.socket_block(at)
        else:
            self.settings.append(nodes.CoreParam(at, name, self.value(name, syntax)))

    def value(self, name: str, syntax: Syntax) -> Any:
        """What stands behind the `=`, as an int or bytes."""
        if syntax is Syntax.INTEGER and self.kind in ("-", "NUMBER"):
            return self.integer()
        if self.kind in _TAKES.get(syntax, ()):
            kind, text, _, _ = token = self.advance()
            if kind == "NUMBER":
                return number_value(text)
            choices = CHOICES.get(name, ())
            if choices and text.lower() not in [choice.lower() for choice in choices]:
                self.mistake(f'{name} cannot be "{text}"{nearest(text, choices)}', token)
            if name == "ipv6_hex_style" and text[:1] not in ("a", "A", "c"):
                self.mistake('ipv6_hex_style is "a", "A" or "c"', token)
            return text.encode("latin-1")
        if syntax is Syntax.IPV4 and self.kind == "NUMBER":
            return self.ipv4().encode()
        if syntax is Syntax.IPV6 and self.kind in ("IPV6", "["):
            return self.ipv6().encode()
        if syntax is Syntax.HOST and self.kind in ("ID", "NUMID", "NUMBER", "STRING", "IPV6", "["):
            return self.listen_id().encode("latin-1")
        if (syntax is Syntax.PROTO and (self.kind in PROTOCOLS or self.kind == "*")) or (
            syntax is Syntax.TLS_METHOD and self.kind in _TLS_METHODS
        ):
            return self.advance()[0].encode()
        return self.wants(name, syntax.value)

    def coreparam(self) -> None:
        """`coreparam["iuid"] = value`."""
        at = self.place()
        self.advance()
        self.expect("[")
        token = self.tokens[self.index]
        if self.kind not in ("ID", "STRING"):
            self.unexpected("a core parameter's name")
        name = self.advance()[1]
        self.expect("]")
        self.expect("=")
        if name not in COREPARAMS:
            self.mistake(f'coreparam has no "{name}"{nearest(name, COREPARAMS)}', token)
        self.settings.append(nodes.CoreParam(at, name, self.value(name, Syntax.NUMBER_OR_TEXT)))

    def kemi(self) -> None:
        """`kemi.request_route_callback = "function"`."""
        at = self.place()
        self.advance()
        self.expect(".")
        token = self.tokens[self.index]
        if token[1] not in KEMI_CALLBACKS:
            self.fail(f'kemi has no "{token[1]}"{nearest(token[1], KEMI_CALLBACKS)}')
        self.advance()
        self.expect("=")
        self.settings.append(nodes.CoreParam(at, f"kemi.{token[1]}", self.value(token[1], Syntax.TEXT)))

    # -- sockets and names of ours

    def listen(self, at: Position) -> None:
        """`listen=udp:192.0.2.1:5060 advertise 198.51.100.1:5060 name "outside" virtual`."""
        names = self.socket_names("listen")
        proto, host, port, name = None, None, None, None
        if self.accept("advertise"):
            if self.kind in _ADVERTISED_PROTOCOLS:
                proto = self.advance()[0]
                self.expect(":")
            host = self.listen_id()
            if proto or self.kind == ":":
                self.expect(":")
                port = number_value(self.expect("NUMBER", "a port"))
        if self.accept("name"):
            name = self.proper(self.expect("STRING", "a name in quotes"))
        virtual = self.accept("virtual")
        for socket in names:
            for address in socket.hosts:
                line = nodes.Listen(at, socket.proto, address, socket.port, host, port, name, virtual, proto)
                self.settings.append(nodes.CoreParam(at, "listen", line))

    def alias(self, at: Position, name: str) -> None:
        for socket in self.socket_names(name):
            for host in socket.hosts:
                self.settings.append(nodes.CoreParam(at, "alias", nodes.Alias(at, socket.proto, host, socket.port)))

    def socket_block(self, at: Position) -> None:
        """`socket = { bind = udp:192.0.2.1:5060; advertise = 198.51.100.1:5060; name = "outside"; ... }`."""
        opening = self.tokens[self.index]
        self.expect("{")
        line = nodes.Listen(at, None, "", None)
        if self.kind == "}":
            self.unexpected("bind")
        while not self.accept("}"):
            if self.kind == "END":
                self.fail('this "{" is never closed', opening)
            if not self.accept(";"):
                self.socket_attribute(line)
        if not line.host:
            self.mistake("this socket has no bind=...", opening)
        self.settings.append(nodes.CoreParam(at, "listen", line))

    def socket_attribute(self, line: nodes.Listen) -> None:
        attribute = KEYWORDS.get(self.text, self.text.lower() if self.text in ("AGNAME", "VRF") else self.text)
        read = _SOCKET_ATTRIBUTES.get(attribute)
        if read is None:
            self.fail(f"a socket has no {self.shown()}, it has {', '.join(_SOCKET_ATTRIBUTES)}")
        self.advance()
        self.expect("=")
        read(self, line)

    def bind(self, line: nodes.Listen) -> None:
        found = self.socket_name()
        line.proto, line.host, line.port = found.proto, found.hosts[0], found.port
        if found.port is not None and self.accept("-"):
            line.last_port = self.port()

    def advertise(self, line: nodes.Listen) -> None:
        found: SocketName = self.socket_name()
        if found.port is None:
            self.fail(f'":" and the port to advertise are expected, not {self.shown()}')
        line.advertise_proto, line.advertise_host, line.advertise_port = found.proto, found.hosts[0], found.port

    def socket_text(self) -> str:
        return self.proper(self.expect("STRING", "a quoted text"))

    def named(self, line: nodes.Listen) -> None:
        line.name = self.socket_text()

    def grouped(self, line: nodes.Listen) -> None:
        line.group = self.socket_text()

    def routed(self, line: nodes.Listen) -> None:
        line.vrf = self.socket_text()

    def manned(self, line: nodes.Listen) -> None:
        line.workers = number_value(self.expect("NUMBER", "a number"))

    def virtual(self, line: nodes.Listen) -> None:
        line.virtual = bool(number_value(self.expect("NUMBER", "yes or no")))

    # -- custom parameters

    def custom_parameter(self) -> None:
        """`group.name = value desc "text"`, `group[id].name = value`."""
        at = self.place()
        group = self.proper(self.advance()[1])
        instance = None
        if self.accept("["):
            instance = number_value(self.expect("NUMBER", "a number"))
            self.expect("]")
        self.expect(".")
        token = self.tokens[self.index]
        if self.kind not in ("ID", "default"):
            if self.text in KEYWORDS:
                self.fail(f"{self.shown()} is a reserved word: it cannot be a parameter's name")
            self.unexpected("the parameter's name")
        name = self.advance()[1]
        self.expect("=")
        if self.kind not in ("NUMBER", "STRING"):
            self.unexpected("a number or a quoted text")
        kind, text, _, _ = self.advance()
        value = number_value(text) if kind == "NUMBER" else text.encode("latin-1")
        described = instance is None and self.accept("desc")
        description = self.proper(self.expect("STRING", "a quoted text")) if described else ""
        if instance is None and (group, name) in self.custom:
            self.mistake(f"{group}.{name} is already set", token)
        self.custom.add((group, name) if instance is None else ("", ""))
        self.settings.append(nodes.CfgValue(at, group, name, value, description, instance))

    # -- flags

    def flag_names(self) -> None:
        """`flags NAME, NAME:3, "NAME"`."""
        at = self.place()
        self.advance()
        found: dict[str, int] = {}
        while True:
            token = self.tokens[self.index]
            name = self.flag_name()
            if self.accept(":"):
                number = number_value(self.expect("NUMBER", "a flag's number"))
            else:
                number = next((n for n in range(MOST_FLAGS) if n not in self.flags.values()), MOST_FLAGS)
            if name in self.flags:
                self.mistake(f'the flag "{name}" is already declared', token)
            elif not 0 <= number < MOST_FLAGS:
                self.mistake(f'the flag "{name}" gets no number: they go from 0 to {MOST_FLAGS - 1}', token)
            else:
                self.flags[name] = found[name] = number
            if not self.accept(","):
                break
        self.settings.append(nodes.Flags(at, found))

    def flag_name(self) -> str:
        if self.kind not in ("ID", "STRING"):
            self.unexpected("a flag's name")
        return self.proper(self.advance()[1])

    def avpflag_names(self) -> None:
        """`avpflags NAME, NAME`: upper and lower case are the same."""
        at = self.place()
        self.advance()
        found: dict[str, int] = {}
        while True:
            name = self.flag_name()
            found[name] = self.avpflags.setdefault(name.lower(), len(self.avpflags))
            if not self.accept(","):
                break
        self.settings.append(nodes.Flags(at, found, True))

    # -- modules

    def load_module(self) -> None:
        """`loadmodule "name"`, `loadmodule("name", "options")`."""
        at = self.place()
        kind = self.advance()[0]
        options = ""
        if self.accept("("):
            name = self.expect("STRING", "a module's name in quotes")
            options = self.expect("STRING", "options in quotes") if self.accept(",") else ""
            self.expect(")")
        else:
            name = self.expect("STRING", "a module's name in quotes")
        self.settings.append(nodes.LoadModule(at, self.proper(name), self.proper(options), kind == "loadmodulex"))

    def load_path(self) -> None:
        """`mpath="folder:folder"`, the `=` may be left out."""
        at = self.place()
        self.advance()
        self.accept("=")
        self.settings.append(nodes.LoadPath(at, self.proper(self.expect("STRING", "folders in quotes"))))

    def modparam(self) -> None:
        """`modparam("modules", "name", value)`."""
        at = self.place()
        evaluate = self.advance()[0] == "modparamx"
        self.late = True
        self.opening("modparam")
        module = self.expect("STRING", "a module's name in quotes")
        self.expect(",")
        name = self.expect("STRING", "a parameter's name in quotes")
        self.expect(",")
        value: int | bytes | nodes.Variable
        if self.kind == "STRING":
            value = self.advance()[1].encode("latin-1")
        elif self.kind in ("NUMBER", "-"):
            value = self.integer()
        elif evaluate and self.kind in ("VARIABLE", "PLAIN"):
            value = self.variable()
        else:
            self.unexpected("a number or a quoted text")
        self.expect(")")
        self.settings.append(nodes.ModParam(at, self.proper(module), self.proper(name), value, evaluate))

    def engine(self) -> None:
        """`cfgengine "native"`: the only one."""
        self.advance()
        self.accept("=")
        token = self.tokens[self.index]
        name = self.expect("STRING", "an engine's name in quotes")
        if name.lower() not in ("native", "default"):
            self.mistake(f'there is no routing engine "{name}": only "native"', token)

    def substitution(self) -> None:
        """`#!subst "..."`: it has taken effect while the string was read."""
        kind = self.advance()[0]
        if self.kind != "STRING":
            self.wants(f"#!{kind}", "a quoted text")
        self.advance()

    def unknown(self) -> None:
        """Raises ConfigError: nothing outside of routes begins like this."""
        token = self.tokens[self.index]
        follows = self.next_kind()
        if self.kind == "ID" and follows == "=":
            self.fail(f'there is no parameter "{token[1]}"{nearest(token[1], (*SYNTAX, *ALIASES))}')
        if self.kind == "ID" and follows in ("{", "["):
            self.fail(f'there is no block "{token[1]}"{nearest(token[1], ROUTE_KINDS)}')
        if self.kind == "ID":
            near = nearest(token[1], (*SYNTAX, *ALIASES, *ROUTE_KINDS, "loadmodule", "modparam", "flags"))
            self.fail(f"a parameter, loadmodule, modparam or a route is expected, not {self.shown()}{near}")
        self.unexpected("a parameter, loadmodule, modparam or a route")


_TAKES = {
    Syntax.NUMBER: ("NUMBER",),
    Syntax.TEXT: ("STRING",),
    Syntax.NAME: ("ID",),
    Syntax.TEXT_OR_NAME: ("STRING", "ID"),
    Syntax.NUMBER_OR_NAME: ("NUMBER", "ID"),
    Syntax.NUMBER_OR_TEXT: ("NUMBER", "STRING"),
}

_SOCKET_ATTRIBUTES: dict[str, Callable[[Settings, nodes.Listen], None]] = {
    "bind": Settings.bind,
    "advertise": Settings.advertise,
    "name": Settings.named,
    "agname": Settings.grouped,
    "workers": Settings.manned,
    "virtual": Settings.virtual,
    "vrf": Settings.routed,
}

SETTINGS: dict[str, Callable[[Settings], None]] = {
    "kemi": Settings.kemi,
    "flags": Settings.flag_names,
    "avpflags": Settings.avpflag_names,
    "loadmodule": Settings.load_module,
    "loadmodulex": Settings.load_module,
    "loadpath": Settings.load_path,
    "modparam": Settings.modparam,
    "modparamx": Settings.modparam,
    "cfgengine": Settings.engine,
    **dict.fromkeys(("subst", "substdef", "substdefs"), Settings.substitution),
}
