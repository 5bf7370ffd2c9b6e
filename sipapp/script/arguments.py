# -*- test-case-name: tests.script.test_arguments -*-
"""arguments: what stands between a function's parentheses becomes what its parameter takes.

What is known when the script loads is converted then, and a wrong one is a mistake of the script. What is only known
when the script runs is converted each time, and a wrong one makes the call fail with -1 and a log line.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from re import Pattern
from typing import TYPE_CHECKING, Any

from sipapp.errors import ConfigError, ConfigErrors, ScriptError, each
from sipapp.interfaces.script import Getter, Kind, Parameter, Value
from sipapp.script import values
from sipapp.script.bound import Argument, Constant, Expression, Given, Got, Inline, Read
from sipapp.script.posix import Substitution, compile_regex
from sipapp.script.pv import Binder
from sipapp.script.pvsyntax import end_of_variable

if TYPE_CHECKING:
    from sipapp.errors import Position
    from sipapp.script.runtime import Context


def bind(parameter: Parameter, decode: bool, given: Expression, binder: Binder) -> Argument:
    """One argument for one parameter. `decode`: the function wants str, not bytes. Raises ConfigError."""
    try:
        made = _BINDERS[parameter.kind](_Place(parameter, decode, given.at, binder), given)
        if isinstance(made, Given) and isinstance(given, Constant) and isinstance(given.value, bytes):
            made.text = given.value
        return made
    except ConfigError as error:
        raise ConfigErrors(list(each(error, given.at))) from None


class _Place:
    """One parameter at one call."""

    def __init__(self, parameter: Parameter, decode: bool, at: Position, binder: Binder) -> None:
        self.parameter = parameter
        self.decode = decode
        self.at = at
        self.binder = binder

    def given(self, value: Any) -> Given:
        return Given(self.at, value)

    def parsed(self, value: Any) -> Any:
        """What the parameter makes of its argument when the script loads. Raises ConfigError."""
        parse = self.parameter.parse
        assert parse is not None
        return parse(value, self.binder) if self.parameter.binds else parse(value)

    def got(self, get: Callable[[Context], Any], text: bytes) -> Got:
        return Got(self.at, get, text)

    def wrong(self, wanted: str, value: Value) -> ConfigError:
        return ConfigError(f"{self.parameter.name!r} must be {wanted}, got {shown(value)}")

    def converted(self, given: Expression, convert: Callable[[Value], Any]) -> Argument:
        """A value of any type through a converter that raises ScriptError; at once where it is constant."""
        read = self.reader(given)
        if read is None:
            return Inline(self.at, given, convert, raw=True)
        get, source = read
        return self.got(lambda ctx: convert(get(ctx)), source)

    def reader(self, given: Expression) -> tuple[Getter, bytes] | None:
        """Of a variable, or of a text with variables in it."""
        if isinstance(given, Read):
            return given.access.get, given.text
        if isinstance(given, Constant) and isinstance(given.value, bytes):
            source = given.value
            if _is_variable(source):
                return self.binder.variable(source).get, source
            return self.binder.text(source), source
        return None

    def constant(self, given: Expression) -> int | bytes | None:
        """The value of an argument without variables."""
        if isinstance(given, Constant) and (isinstance(given.value, int) or self.binder.is_constant(given.value)):
            return given.value
        return None

    def literal(self, given: Expression, wanted: str) -> bytes:
        """The text of an argument that may not change from run to run. Raises ConfigError."""
        if not isinstance(given, Constant):
            raise ConfigError(f"{self.parameter.name!r} must be {wanted}: a text that is the same in every run")
        return values.text(given.value)


def _is_variable(value: Value) -> bool:
    """A text that is one variable and nothing else."""
    if not isinstance(value, bytes) or not value.startswith(b"$") or value == b"$$":
        return False
    return end_of_variable(value, 0) == len(value)


def shown(value: Value) -> str:
    """A value as it stands in an error: 'x', 5, $null."""
    if value is None:
        return "$null"
    return repr(value.decode(errors="replace")) if isinstance(value, bytes) else str(value)


def decoded(text: bytes) -> str:
    return text.decode("utf-8", "surrogateescape")


def _integer(place: _Place, given: Expression) -> Argument:
    constant = place.constant(given)
    if constant is not None:
        number = _number(constant)
        if number is None:
            raise place.wrong("int", constant)
        return place.given(number)
    name = place.parameter.name
    if isinstance(given, Constant) and not _is_variable(given.value):
        raise place.wrong("int", given.value)  # `"4$var(x)"` is none

    def convert(value: Value) -> int:
        number = _number(value)
        if number is None:
            raise ScriptError(f"{name!r} must be a number, got {shown(value)}")
        return number

    return place.converted(given, convert)


def _number(value: Value) -> int | None:
    """The number that a value is; an empty text is 0, as in Kamailio; None where it is none."""
    if value.__class__ is int or value.__class__ is values.TextWithNumber or not value:
        return None if value is None else values.integer(value)
    assert isinstance(value, bytes)
    number = values.integer(value)
    return number if number or not value.strip(b"+-0") or value[:2] in (b"0x", b"0X") else None


def _seconds(place: _Place, given: Expression) -> Argument:
    constant = place.constant(given)
    if constant is not None:
        try:
            return place.given(float(constant))
        except ValueError:
            raise place.wrong("a number of seconds", constant) from None
    name = place.parameter.name

    def convert(value: Value) -> float:
        try:
            return float(value)  # type: ignore[arg-type]
        except (TypeError, ValueError):
            raise ScriptError(f"{name!r} must be a number of seconds, got {shown(value)}") from None

    return place.converted(given, convert)


def _text(place: _Place, given: Expression) -> Argument:
    change = decoded if place.decode else None
    if isinstance(given, Constant):
        source = values.text(given.value)
        if place.binder.is_constant(source):
            return place.given(change(source) if change else source)
        get = place.binder.text(source)
        return place.got((lambda ctx: change(get(ctx))) if change else get, source)
    if isinstance(given, Read):
        read = given.access.get
        if change:
            return place.got(lambda ctx: change(values.text(read(ctx))), given.text)
        return place.got(lambda ctx: values.text(read(ctx)), given.text)
    return Inline(place.at, given, change)


def _literal(place: _Place, given: Expression) -> Argument:
    if place.parameter.late and not isinstance(given, Constant):
        parse = place.parsed if place.parameter.parse else bytes
        return place.converted(given, lambda value: _at_run(parse, values.text(value)))
    text = place.literal(given, "text")
    if place.parameter.parse is not None:
        return place.given(place.parsed(text))
    return place.given(decoded(text) if place.decode else text)


def _name(place: _Place, given: Expression) -> Argument:
    if isinstance(given, Read):
        access, text = given.access, given.text
    elif isinstance(given, Constant) and isinstance(given.value, bytes) and given.value.startswith(b"$"):
        access, text = place.binder.variable(given.value), given.value
    else:
        raise place.wrong("a variable", given.value if isinstance(given, Constant) else b"an expression")
    return Given(place.at, access if place.parameter.parse is None else place.parsed(access), text)


def _regex(place: _Place, given: Expression) -> Argument:
    if isinstance(given, Constant):
        return place.given(compile_regex(values.text(given.value), newline=True))

    def convert(value: Value) -> Pattern[bytes]:
        return _at_run(compile_regex, values.text(value), newline=True)  # type: ignore[no-any-return]

    return place.converted(given, convert)


def _substitution(place: _Place, given: Expression) -> Argument:
    if isinstance(given, Constant):
        return place.given(Substitution.parse(values.text(given.value), place.binder))
    parse = lru_cache(maxsize=64)(lambda text: Substitution.parse(text, place.binder))
    return place.converted(given, lambda value: _at_run(parse, values.text(value)))


def _at_run(parse: Callable[..., Any], *arguments: Any, **options: Any) -> Any:
    """What is wrong with a text of the script is a mistake; with a text of the run, the call fails."""
    try:
        return parse(*arguments, **options)
    except ConfigError as why:
        raise ScriptError(why.reason) from None


def _route(place: _Place, given: Expression) -> Argument:
    constant = place.constant(given)
    if constant is not None:
        return place.given(decoded(values.text(constant)))
    return place.converted(given, lambda value: decoded(values.text(value)))


def _value(place: _Place, given: Expression) -> Argument:
    if place.parameter.binds and isinstance(given, Constant):
        return place.given(place.parsed(values.text(given.value)))
    constant = place.constant(given)
    if constant is not None:
        parse = place.parameter.parse
        return place.given(constant if parse is None else place.parsed(values.text(constant)))
    read = place.reader(given)
    return Inline(place.at, given, None, raw=True) if read is None else place.got(*read)


def _format(place: _Place, given: Expression) -> Argument:
    if isinstance(given, Constant):
        return place.given(place.binder.text(values.text(given.value)))
    if isinstance(given, Read):
        read = given.access.get
        return place.given(lambda ctx: values.text(read(ctx)))
    return Inline(place.at, given, lambda text: lambda ctx: text)


_BINDERS: dict[Kind, Callable[[_Place, Expression], Argument]] = {
    Kind.INT: _integer,
    Kind.STR: _text,
    Kind.TEXT: _literal,
    Kind.NAME: _name,
    Kind.REGEX: _regex,
    Kind.SUBST: _substitution,
    Kind.ROUTE: _route,
    Kind.SECONDS: _seconds,
    Kind.VALUE: _value,
    Kind.FORMAT: _format,
}
