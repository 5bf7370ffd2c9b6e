# -*- test-case-name: tests.script.test_preprocess -*-
"""preprocess: defines, conditions, substitutions and included files, on the way from text to tokens.

    #!define NAME [value]    #!trydef, #!redefine, #!undef, #!tryundef, #!defexp, #!defexps
    #!defenv NAME[=VARIABLE] #!defenvs, #!trydefenv, #!trydefenvs: from the environment; the -s forms quote the value
    #!ifdef NAME  #!ifndef NAME  #!ifexp EXPRESSION  #!else  #!endif
    #!subst "/expression/replacement/flags"  #!substdef  #!substdefs: in every string and variable that follows
    #!include_file "name"    #!import_file: no error if it is not there

`!!` may stand for `#!`, and the last two need neither. Conditions may begin in one file and end in another.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from sipapp.errors import ConfigError
from sipapp.nearest import nearest
from sipapp.script.keywords import DIALECTS
from sipapp.script.lexer import Scanner, Token
from sipapp.script.source import Source

if TYPE_CHECKING:
    from sipapp.script.posix import Substitution

VERSION = (5, 6, 3)  # of Kamailio, that scripts may ask for

MOST_INCLUDES = 10  # files, each included by the one before

_name = re.compile(r"([^A-Za-z_\n]*)([A-Za-z_]\w*)(-?)", re.ASCII).match
_value = re.compile(r"[ \t\x08\r]*(?:([^\n])((?:\\\n|[^\n])*))?(?:\n|\Z)").match
_rest = re.compile(r"([^\n]*)(?:\n|\Z)").match
_argument = re.compile(r"[ \t\r\n]*([^ \t\r\n]*)").match
_conditional = re.compile(r"(?:#!|!!)(?:(if(?:n?def|exp))[ \t\x08\r]+|(else|endif)[ \t\x08\r]*\n)").search
_path_escape = re.compile(r"\\(.)", re.DOTALL)


class Condition(NamedTuple):
    """An #!ifdef that waits for its #!endif."""

    holds: bool
    text: str
    source: Source
    offset: int


def predefined() -> dict[str, str | None]:
    """KAMAILIO_5, KAMAILIO_5_6, KAMAILIO_5_6_3, and what tells this server from Kamailio: SIPAPP."""
    names = ["KAMAILIO_" + "_".join(map(str, VERSION[: n + 1])) for n in range(3)]
    return dict.fromkeys([*names, "SIPAPP"])


class Preprocessor:
    """Everything that outlasts one file. `read` may be called once."""

    def __init__(self, defines: Mapping[str, str | None] | None = None) -> None:
        self.tokens: list[Token] = []
        self.errors: list[ConfigError] = []
        self.warnings: list[ConfigError] = []
        self.unclosed: ConfigError | None = None  # a string or comment that ran into the end of its file
        self.dialect = "maxcompat"
        self.defines = predefined()
        self.defines.update((name, value and _bytewise(value)) for name, value in (defines or {}).items())
        # What a name in the script is replaced by. Two of these #!ifdef does not see: Kamailio 5.6 has none of them.
        self.values = {
            "KAMAILIO_VERSION": "{}{:03}{:03}".format(*VERSION),
            "OS_NAME": f'"{os.uname().sysname.lower()}"',
        }
        self.values.update((name, value or "") for name, value in self.defines.items())
        self.conditions: list[Condition] = []
        self.rules: list[Substitution] = []

    def read(self, source: Source) -> list[Token]:
        """All tokens of a script; the last is END, which stands where the one before it does."""
        scanner = Scanner(source, self)
        scanner.run()
        for condition in self.conditions:
            self.errors.append(condition.source.error(f"{condition.text} is never closed by #!endif", condition.offset))
        at = self.tokens[-1][2:] if self.tokens else (source, 0)
        self.tokens.append(("END", "", *at))
        return self.tokens

    # -- what the scanner calls

    def directive(self, scanner: Scanner, name: str, start: int) -> None:
        """`#!name`: the scanner stands behind it and the blanks that follow."""
        if name in DIALECTS:
            self.dialect = DIALECTS[name]
        elif name in ("include_file", "import_file"):
            self.include(scanner, name, start)
        elif name.startswith("subst"):
            scanner.emit(name, f"#!{name}", start)
        elif "env" in name:
            self._environment(scanner, name, start)
        elif name in ("else", "endif") or name.startswith("if"):
            self._condition(scanner, name, start)
            if self.skipping:
                self._skip(scanner)
        else:
            self._define(scanner, name, start)

    def string(self, scanner: Scanner, value: str, start: int) -> None:
        """A string has been read; where it belongs to a directive, that takes effect before anything else is read."""
        value = self.substituted(value)
        before = [token[0] for token in self.tokens[-2:]]
        scanner.emit("STRING", value, start)
        if not before:
            return
        if before[-1] in ("loadmodule", "loadmodulex") or (before[-1] == "(" and before[0].startswith("loadmodule")):
            self._loaded(value)
        elif before[-1] in ("subst", "substdef", "substdefs"):
            try:
                self._substitute(before[-1], value)
            except ConfigError as error:
                scanner.fail(error.reason, start)

    def substituted(self, text: str) -> str:
        """The text after all #!subst rules, each on what the one before it left."""
        for rule in self.rules if text else ():
            text = rule.apply(None, text.encode("latin-1"))[0].decode("latin-1")  # type: ignore[arg-type]
        return text

    def include(self, scanner: Scanner, name: str, start: int) -> None:
        """include_file or import_file: read the named file, then go on here."""
        found = _argument(scanner.text, scanner.at)
        assert found is not None
        scanner.at = found.end()
        written = self.substituted(found[1])
        path = _path_escape.sub(_escaped, written[1:-1])
        if len(written) < 3 or written[0] != '"' or written[-1] != '"':
            scanner.fail(f"{name} takes a file's name in double quotes, without spaces", start)
            return
        chain = (*scanner.source.chain, scanner.source.position(scanner.place(start)))
        if len(chain) > MOST_INCLUDES:
            scanner.fail(f'more than {MOST_INCLUDES} files include each other, the last "{path}"', start)
            return
        try:
            source = _open(path, scanner.source.name, chain)
        except OSError as why:
            if name == "include_file":
                scanner.fail(f'cannot read "{path}": {why.strerror}', start)
            return
        Scanner(source, self).run()
        if self.skipping:
            self._skip(scanner)

    # -- defines

    def _named(self, scanner: Scanner, directive: str, start: int) -> str | None:
        """The name behind a directive; None, and an error, where there is none."""
        found = _name(scanner.text, scanner.at)
        if found is None:
            scanner.fail(f"#!{directive} takes a name", start)
            return None
        scanner.at = found.end()
        if found[3]:
            scanner.fail(f'"-" cannot be part of a name, as in "{found[2]}-"', found.start(2))
        elif found[1]:
            scanner.warn(f'"{found[1]}" before the name {found[2]} is left out', found.start(1))
        return found[2]

    def _define(self, scanner: Scanner, directive: str, start: int) -> None:
        name = self._named(scanner, directive, start)
        found = (_value if name else _rest)(scanner.text, scanner.at)
        assert found is not None
        scanner.at = found.end()
        if name is None:
            return
        value = None if found[1] is None else found[1] + found[2].replace("\\\n", "")
        if "undef" in directive:
            self._undefine(scanner, name, value, directive, start)
            return
        if directive.startswith("defexp") and value is not None:
            value = self._evaluated(scanner, value, directive, start)
        if name not in self.defines or directive.startswith("redef"):
            self.set(name, value)
        elif not directive.startswith("trydef"):
            scanner.fail(f'"{name}" is already defined; #!redefine replaces, #!trydef keeps the value', start)

    def set(self, name: str, value: str | None) -> None:
        """Define a name."""
        self.defines[name] = value
        self.values[name] = value or ""

    def _undefine(self, scanner: Scanner, name: str, rest: str | None, directive: str, start: int) -> None:
        if rest is not None:
            scanner.fail(f"#!{directive} takes nothing behind the name", start)
        elif name in self.defines:
            del self.defines[name], self.values[name]
        elif directive.startswith("undef"):
            scanner.fail(f'"{name}" is not defined{nearest(name, self.defines)}', start)

    def _evaluated(self, scanner: Scanner, expression: str, directive: str, start: int) -> str | None:
        from sipapp.script.define_expressions import ExpressionError, evaluate, shown

        try:
            value = shown(evaluate(expression, {**self.values, **self.defines}))
        except ExpressionError as why:
            scanner.warn(f"#!{directive}: {why}; the name gets no value", start)
            return None
        return f'"{value}"' if directive == "defexps" else value

    def _environment(self, scanner: Scanner, directive: str, start: int) -> None:
        found = _argument(scanner.text, scanner.at)
        assert found is not None
        scanner.at = found.end()
        name, equals, variable = found[1].partition("=")
        if not name or (equals and not variable):
            scanner.fail(f"#!{directive} takes NAME or NAME=VARIABLE", start)
            return
        value = os.environ.get(variable or name)
        if value is None:
            if not directive.startswith("try"):
                scanner.fail(f"the environment has no {variable or name}", start)
        elif name in self.defines:
            scanner.fail(f'"{name}" is already defined', start)
        else:
            value = _bytewise(value)
            self.set(name, f'"{value}"' if directive.endswith("s") else value)

    def _loaded(self, module: str) -> None:
        """MOD_name for a module that the script loads."""
        name = "MOD_" + os.path.basename(module).removesuffix(".so")
        if name not in self.defines:
            self.set(name, None)

    def _substitute(self, directive: str, rule: str) -> None:
        """#!subst "/expression/replacement/flags"; the others also define what is replaced.

        Raises ConfigError: no substitution, or the name is already defined.
        """
        from sipapp.script.load_time import Binder
        from sipapp.script.posix import Substitution

        binder = Binder(self.defines)
        self.rules.append(Substitution.parse(rule.encode("latin-1"), binder))
        if directive == "subst":
            return
        parts = re.split(r"(?<!\\)" + re.escape(rule[0]), rule[1:])
        name, value = parts[0], binder.evaluated(parts[1])
        if not name:
            raise ConfigError(f"#!{directive} needs a name to define")
        if name in self.defines:
            raise ConfigError(f'"{name}" is already defined')
        self.set(name, f'"{value}"' if directive == "substdefs" else value)

    # -- conditions

    @property
    def skipping(self) -> bool:
        return any(not condition.holds for condition in self.conditions)

    def _condition(self, scanner: Scanner, directive: str, start: int) -> None:
        if directive == "else":
            if self.conditions:
                self.conditions[-1] = self.conditions[-1]._replace(holds=not self.conditions[-1].holds)
            else:
                scanner.warn("#!else without an #!ifdef means nothing", start)
        elif directive == "endif":
            if self.conditions:
                self.conditions.pop()
            else:
                scanner.fail("#!endif without an #!ifdef", start)
        else:
            self._opened(scanner, directive, start)

    def _opened(self, scanner: Scanner, directive: str, start: int) -> None:
        holds = True
        name = None if directive == "ifexp" else self._named(scanner, directive, start)
        rest = _rest(scanner.text, scanner.at)
        assert rest is not None
        scanner.at = rest.end()
        if name is not None:
            holds = (name in self.defines) is (directive == "ifdef")
            if rest[1].strip() and not rest[1].lstrip().startswith(("#", "//", "/*")):
                scanner.warn(f"{rest[1].strip()!r} behind #!{directive} {name} is left out", start)
        elif directive == "ifexp" and not self.skipping:
            holds = self._true(scanner, rest[1], start)
        text = f"#!{directive} {name or rest[1].strip()}"
        self.conditions.append(Condition(holds, text, scanner.source, scanner.place(start)))

    def _true(self, scanner: Scanner, expression: str, start: int) -> bool:
        from sipapp.script.define_expressions import ExpressionError, evaluate

        try:
            return bool(evaluate(expression, {**self.values, **self.defines}))
        except ExpressionError as why:
            scanner.warn(f"#!ifexp: {why}; taken as false", start)
            return False

    def _skip(self, scanner: Scanner) -> None:
        """Pass over text, in which only conditions count, even inside comments and strings."""
        while self.skipping:
            found = _conditional(scanner.text, scanner.at)
            if found is None:
                scanner.at = len(scanner.text)
                return
            scanner.at = found.end()
            self._condition(scanner, found[1] or found[2], found.start())


def _bytewise(text: str) -> str:
    """One character for each byte, as in Source.text."""
    return text.encode("utf-8", "surrogateescape").decode("latin-1")


def _escaped(found: re.Match[str]) -> str:
    return {"t": "\t", "n": "\n", "r": "\r"}.get(found[1], found[1])


def _open(path: str, including: str, chain: tuple[object, ...]) -> Source:
    """The file as it is named, else beside the one that includes it. Raises OSError."""
    path = os.fsdecode(path.encode("latin-1"))
    try:
        return Source.open(path, chain)  # type: ignore[arg-type]
    except OSError:
        folder = os.path.dirname(including)
        if os.path.isabs(path) or not folder:
            raise
        return Source.open(os.path.join(folder, path), chain)  # type: ignore[arg-type]
