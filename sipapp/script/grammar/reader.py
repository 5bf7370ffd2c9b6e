# -*- test-case-name: tests.script.grammar.test_reader -*-
"""reader: the tokens of a script one after the other, and what to say where one is not what it should be."""

from __future__ import annotations

from typing import NoReturn

from sipapp.errors import ConfigError, Position
from sipapp.script.lexer import Token


class Reader:
    """Stands on one token; `kind` is its kind."""

    def __init__(self, tokens: list[Token]) -> None:
        self.tokens = tokens
        self.index = 0
        self.kind = tokens[0][0]
        self.errors: list[ConfigError] = []
        self.mistakes: list[ConfigError] = []
        self.warnings: list[ConfigError] = []

    # -- where we are

    @property
    def text(self) -> str:
        """What the token says."""
        return self.tokens[self.index][1]

    def place(self) -> Position:
        """Where the token stands."""
        token = self.tokens[self.index]
        return token[2].position(token[3])

    def next_kind(self) -> str:
        """The kind of the token behind this one."""
        return self.kind_at(1)

    def kind_at(self, distance: int) -> str:
        """The kind of a token further on; END is the last."""
        at = self.index + distance
        return self.tokens[at][0] if at < len(self.tokens) else "END"

    def same_line(self) -> bool:
        """This token is on the line of the one before it."""
        if not self.index:
            return False
        before, here = self.tokens[self.index - 1], self.tokens[self.index]
        return before[2] is here[2] and "\n" not in before[2].text[before[3] : here[3]]

    # -- going on

    def advance(self) -> Token:
        """Past this token, which is the answer; END stays."""
        token = self.tokens[self.index]
        if token[0] != "END":
            self.index += 1
            self.kind = self.tokens[self.index][0]
        return token

    def accept(self, kind: str) -> bool:
        """Past the token if it is of this kind."""
        if self.kind != kind:
            return False
        self.advance()
        return True

    def expect(self, kind: str, what: str = "") -> str:
        """Past a token that must be of this kind; its text."""
        if self.kind != kind:
            self.unexpected(what or f'"{kind}"')
        return self.advance()[1]

    # -- mistakes

    def error(self, reason: str, token: Token | None = None) -> ConfigError:
        """A mistake at the token, by default this one."""
        _, _, source, offset = token or self.tokens[self.index]
        return source.error(reason, offset)

    def fail(self, reason: str, token: Token | None = None) -> NoReturn:
        """Raises ConfigError: the statement makes no sense; its reader skips to where the next one begins."""
        raise self.error(reason, token)

    def report(self, reason: str, token: Token | None = None) -> None:
        """Wrong syntax, behind which one can read on."""
        self.errors.append(self.error(reason, token))

    def mistake(self, reason: str, token: Token | None = None) -> None:
        """Right syntax that cannot be meant: the nodes are whole."""
        self.mistakes.append(self.error(reason, token))

    def warn(self, reason: str, token: Token | None = None) -> None:
        """No mistake, but hardly meant."""
        self.warnings.append(self.error(reason, token))

    def unexpected(self, what: str) -> NoReturn:
        """Raises ConfigError: `what` is expected, something else is there."""
        if self.kind == "END":
            self.fail(f"{what} is expected before the end of the script")
        self.fail(f"{what} is expected, not {self.shown()}")

    def wants(self, who: str, what: str) -> NoReturn:
        """Raises ConfigError: `who` takes `what`, something else is there."""
        self.fail(f"{who} takes {what}, not {self.shown()}")

    def proper(self, text: str) -> str:
        """A token's text as a name: what holds a character for each byte becomes characters."""
        return text if text.isascii() else text.encode("latin-1").decode("utf-8", "surrogateescape")

    def shown(self, token: Token | None = None) -> str:
        """A token as an error names it."""
        kind, text, _, _ = token or self.tokens[self.index]
        if kind == "END":
            return "the end of the script"
        text = text.encode("latin-1").decode("utf-8", "replace")
        if kind == "STRING":
            return f"the text {text!r}" if len(text) <= 30 else f"the text {text[:30]!r}..."
        return f'"%{text}"' if kind == "AVP" else f'"{text}"'
