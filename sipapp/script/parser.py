# -*- test-case-name: tests.script.test_parser -*-
"""parser: a script's text becomes nodes; every mistake in its syntax is found in one run.

The language is that of Kamailio 5.6, with what 6.x added, and OpenSIPS' async() and launch(). The seams: `lexer` and
`preprocess` make tokens; `addresses`, `expressions`, `core_calls`, `module_calls`, `bodies` and `settings` read them,
each building on those before it; this file reads what stands at the top and puts all together.
"""

from __future__ import annotations

from collections.abc import Mapping
from operator import attrgetter

from sipapp.errors import ConfigError, SyntaxErrors
from sipapp.script import nodes
from sipapp.script.grammar.bodies import STATEMENTS, Bodies, Unclosed
from sipapp.script.grammar.settings import SETTINGS, Settings
from sipapp.script.keywords import KEYWORDS, ROUTE_KINDS
from sipapp.script.lexer import Token, number_value
from sipapp.script.parameter_syntax import SYNTAX
from sipapp.script.preprocess import Preprocessor
from sipapp.script.source import Source


def parse_file(path: str, defines: Mapping[str, str | None] | None = None) -> nodes.Script:
    """The script in a file. `defines` are as if by #!define, None for those without a value.

    Raises SyntaxErrors: every one, in the order of the script. Raises OSError: the file cannot be read.
    """
    return _parse(Source.open(path), defines)


def parse_text(
    text: str | bytes, name: str = "<script>", defines: Mapping[str, str | None] | None = None
) -> nodes.Script:
    """The script in a text; files that it includes are looked for beside `name`. Raises SyntaxErrors."""
    return _parse(Source(name, text.encode() if isinstance(text, str) else text), defines)


def _parse(source: Source, defines: Mapping[str, str | None] | None) -> nodes.Script:
    text = Preprocessor(defines)
    parser = Parser(text.read(source))
    parser.script()
    # What a line means is unclear where not even its words are.
    unread = {(error.at.file, error.at.line) for error in text.errors if error.at}
    errors = text.errors + [e for e in parser.errors if e.at and (e.at.file, e.at.line) not in unread]
    warnings = sorted(text.warnings + parser.warnings, key=_order)
    if text.unclosed is not None:
        if errors or parser.unfinished:
            # The end of the script came too early, and where a quote is missing, text and script have changed places.
            errors = [*sorted((e for e in errors if e.at != parser.end), key=_order)[:1], text.unclosed]
        else:
            warnings.append(text.unclosed)
    elif parser.unfinished is not None:
        errors.append(parser.unfinished)
    known = {name: None if value is None else value.encode("latin-1") for name, value in text.defines.items()}
    mistakes = sorted(parser.mistakes, key=_order)
    script = nodes.Script(source.name, parser.settings, parser.routes, known, text.dialect, mistakes, warnings)
    if errors:
        raise SyntaxErrors(_first_of_each_place(errors), script)
    return script


def _first_of_each_place(errors: list[ConfigError]) -> list[ConfigError]:
    """In the order of the script. What else was found at a place is a consequence of the first."""
    first: dict[object, ConfigError] = {}
    for error in errors:
        first.setdefault(error.at, error)
    return sorted(first.values(), key=_order)


_order = attrgetter("order")


class Parser(Bodies, Settings):
    """Reads a whole script."""

    def __init__(self, tokens: list[Token]) -> None:
        super().__init__(tokens)
        self.routes: list[nodes.RouteBlock] = []
        self.unfinished: ConfigError | None = None  # a block that the end of the script left open
        self.in_routes = False  # the last thing read was a route block
        last = tokens[-1]
        self.end = last[2].position(last[3])

    def script(self) -> None:
        """Everything up to the end."""
        if self.kind == "END":
            self.report("the script is empty")
        while self.kind != "END":
            start = self.index
            try:
                self.top()
            except Unclosed as error:
                if self.kind == "END" and not self.guessed:
                    self.unfinished = error
                elif not self.guessed:
                    self.errors.append(error)
            except ConfigError as error:
                self.errors.append(error)
                self.skip_setting(start)
            except RecursionError:
                self.report("this is nested too deeply")
                self.skip_setting(start)

    def top(self) -> None:
        """One statement that stands outside of routes."""
        if self.accept(";"):
            return
        if self.kind in ROUTE_KINDS:
            self.in_routes = True
            self.route_block()
        elif self.setting():
            self.in_routes = False
        else:
            if self.in_routes and self.kind in STATEMENTS and (self.kind != "ID" or self.next_kind() == "("):
                self.spilled()
            elif self.kind == "}":
                self.report('"}" without a "{" before it')
                self.advance()
            else:
                self.unknown()

    def spilled(self) -> None:
        """Statements outside of a route, up to the `}` that was to end it."""
        self.report(f'{self.shown()} stands outside of a route: is a "}}" before it too many?')
        self.statements(self.tokens[self.index], frozenset({"}"}))
        self.accept("}")

    def skip_setting(self, start: int) -> None:
        """Past what cannot be read: to a line that begins like a setting or a route block."""
        self.lost = True
        if self.index == start and self.kind != "{":
            self.advance()
        depth = 0
        while self.kind != "END":
            if self.kind == "{":
                depth += 1
            elif self.kind == "}":
                depth -= 1
                if depth <= 0:
                    self.advance()
                    return
            elif not self.same_line() and self.begins_at_top() and (not depth or self.place().column == 1):
                return
            self.advance()

    def begins_at_top(self) -> bool:
        """The token may begin a setting or a route block."""
        if self.outside():
            return True
        if self.kind == "ID":
            return self.next_kind() in ("=", ".", "[", "{")
        return self.kind in SYNTAX or self.kind in SETTINGS

    # -- route blocks

    def route_block(self) -> None:
        """`request_route { ... }`, `route[NAME] { ... }`, ..."""
        at = self.place()
        keyword = self.advance()
        written = keyword[0]
        name = self.route_name(written) if self.kind == "[" else None
        if written == "event_route" and name is None:
            self.unexpected('"[" and the name of an event')
        if self.kind != "{":
            self.unexpected('"{"')
        kind = _UNNAMED.get(written, written) if name in (None, "0") else written
        self.route_column = at.column
        self.onsend = kind == "onsend_route"
        self.late = True
        body = self.block()
        self.add_route(nodes.RouteBlock(at, kind, "" if name is None or name == "0" else name, body), keyword, name)

    def route_name(self, kind: str) -> str:
        """`[NAME]`, `["NAME"]`, `[5]`; for events `[module:event]`."""
        if kind in ("request_route", "reply_route"):
            self.fail(f"{kind} has no name{_NAMED.get(kind, '')}")
        self.advance()
        if kind == "event_route":
            name = self.expect("EVENT", "an event, module:name,")
        elif self.kind == "NUMBER":
            name = str(number_value(self.advance()[1]))
        elif self.kind in ("ID", "STRING"):
            name = self.proper(self.advance()[1])
        elif self.kind in KEYWORDS or self.kind in KEYWORDS.values():
            self.fail(f'{self.shown()} is a reserved word; as a name it needs quotes: {kind}["{self.text}"]')
        else:
            self.unexpected("a name")
        if self.kind in ("-", ":", "."):
            self.fail(f'a name with "{self.kind}" in it needs quotes: {kind}["..."]')
        self.expect("]")
        return name

    def add_route(self, block: nodes.RouteBlock, keyword: Token, written: str | None) -> None:
        """A second unnamed block goes on where the first one ends; a second of the same name is a mistake."""
        for other in self.routes:
            if (other.kind, other.name) == (block.kind, block.name):
                if written is None or block.kind == "reply_route":
                    other.body += block.body
                else:
                    self.mistake(f"{block.kind}[{written}] is already there, at {other.at}", keyword)
                return
        self.routes.append(block)


_UNNAMED = {"route": "request_route", "onreply_route": "reply_route"}
_NAMED = {
    "request_route": "; a route with a name is route[NAME]",
    "reply_route": "; a route for the replies of some transactions is onreply_route[NAME]",
}
