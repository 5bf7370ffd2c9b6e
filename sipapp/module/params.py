# -*- test-case-name: tests.cli.test_manual -*-
"""params: module parameters, declared as class fields and set by modparam()."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, get_args, get_origin

from sipapp.errors import ConfigError
from sipapp.interfaces.module import ModParam


class _Field:
    """What `modparam(...)` leaves in the class body until @module reads it."""

    def __init__(self, default: Any, **facts: Any) -> None:
        self.default = default
        self.facts = facts


def modparam(
    *,
    default: Any,
    doc: str = "",
    unit: str = "",
    minimum: int | None = None,
    maximum: int | None = None,
    name: str = "",
    parse: Callable[[str], Any] | str | None = None,
) -> Any:
    """Declare a module parameter: `limit: int = modparam(default=10, doc="...")`.

    The annotation says what modparam() takes: int, str, bytes (text), float (a number or text like "0.5"),
    `int | str`, list[str] (each modparam() adds one). `name` is for names that Python cannot spell. parse: what makes
    the module's own value of a text, when the script loads: `timers: list[Timer] = modparam(parse=Timer.parse, ...)`;
    a str names a method of the module, which may look at what the parameters are so far. It raises ConfigError.
    """
    return _Field(default, doc=doc, unit=unit, minimum=minimum, maximum=maximum, name=name, parse=parse)


def declared(cls: type, hints: dict[str, Any]) -> dict[str, tuple[str, ModParam, Any]]:
    """Script name -> (attribute, ModParam, annotation) of a module class."""
    found: dict[str, tuple[str, ModParam, Any]] = {}
    for owner in reversed(cls.__mro__):
        found.update(vars(owner).get("__sipapp_parameters__", {}))
        for attribute, field in vars(owner).items():
            if isinstance(field, _Field):
                facts = dict(field.facts)
                name = facts.pop("name") or attribute.rstrip("_")
                hint = hints[attribute]
                repeat = get_origin(hint) is list
                parameter = ModParam(name, _script_types(hint), field.default, repeat=repeat, **facts)
                found[name] = (attribute, parameter, hint)
    return found


def _script_types(hint: Any) -> tuple[type, ...]:
    if get_origin(hint) is list:
        return _script_types(get_args(hint)[0])
    alternatives = [a for a in get_args(hint) if a is not type(None)] or [hint]
    types: list[type] = []
    for alternative in alternatives:
        if alternative is float:
            types += [int, str]
        elif alternative in (int, bool):
            types.append(int)
        else:
            types.append(str)
    return tuple(dict.fromkeys(types))


def convert(module: str, parameter: ModParam, hint: Any, value: int | str, owner: Any = None) -> Any:
    """The value as the field's annotation wants it; `owner` is the module. Raises ConfigError."""
    if type(value) not in parameter.types:
        wanted = " or ".join("a number" if t is int else "a string" for t in parameter.types)
        raise ConfigError(f'modparam("{module}", "{parameter.name}"): must be {wanted}, got {_shown(value)}')
    base = get_args(hint)[0] if get_origin(hint) is list else hint
    wanted_types = [a for a in get_args(base) if a is not type(None)] or [base]
    if float in wanted_types and not isinstance(value, bool):
        try:
            value = float(value)  # type: ignore[assignment]
        except ValueError:
            raise ConfigError(
                f'modparam("{module}", "{parameter.name}"): must be a number, got {_shown(value)}'
            ) from None
    elif bool in wanted_types:
        value = bool(value)
    elif bytes in wanted_types and isinstance(value, str):
        value = value.encode("utf-8", "surrogateescape")  # type: ignore[assignment]
    _check_range(module, parameter, value)
    return _parsed(module, parameter, value, owner)


def _check_range(module: str, parameter: ModParam, value: Any) -> None:
    wanted = None
    if parameter.minimum is not None and value < parameter.minimum:
        wanted = f"at least {parameter.minimum}"
    elif parameter.maximum is not None and value > parameter.maximum:
        wanted = f"at most {parameter.maximum}"
    if wanted is not None:
        raise ConfigError(f'modparam("{module}", "{parameter.name}"): must be {wanted}, got {_shown(value)}')


def _parsed(module: str, parameter: ModParam, value: Any, owner: Any) -> Any:
    named = parameter.parse
    if named is None:
        return value
    parse: Callable[[Any], Any] = getattr(owner, named) if isinstance(named, str) else named
    try:
        return parse(value)
    except ConfigError as why:
        raise ConfigError(f'modparam("{module}", "{parameter.name}"): {why.reason}') from None


def _shown(value: object) -> str:
    return f'"{value}"' if isinstance(value, str) else str(value)
