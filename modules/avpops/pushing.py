# -*- test-case-name: tests.modules.avpops.test_pushing -*-
"""pushing: values of variables become targets of the request."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from sipapp.errors import ParseError
from sipapp.message.draft import Branch
from sipapp.message.request import Request
from sipapp.module import ConfigError, Context, ScriptError, Value, script_function
from sipapp.module.avp_names import avp_or_none, cut, shown
from sipapp.modules.avpops.checks import ROUTES
from sipapp.modules.avpops.names import flags
from sipapp.script.pvsyntax import parse_variable
from sipapp.script.rewrite import set_host, set_user

if TYPE_CHECKING:
    from sipapp.interfaces.script import IBinder

_Rewrite = Callable[[bytes, bytes], bytes]
_Push = Callable[[Context, Value, int], None]  # takes a value and its number among those of one call


class Pushing:
    """avp_pushto()."""

    def _destination(self, source: bytes, binder: IBinder) -> _Push:
        variable, part = cut(source)
        name = parse_variable(variable).name if variable.startswith(b"$") else ""
        if name in ("ru", "duri", "du", "br", "branch"):
            push = {**_PARTS, b"": _uri}.get((part or b"").lower()) if name == "ru" else _OTHERS[name]
            if push is None or (name != "ru" and part is not None):
                raise ConfigError(f"there is no such part: {shown(source)}")
            return push
        raise ConfigError(f"wants $ru, $ru/username, $ru/domain, $du or $br, got {shown(source)}")

    def _pushed(self, source: bytes, binder: IBinder) -> Callable[[Context], list[Value]]:
        name, behind = cut(source)
        all_values = "g" in flags(behind, b"g")
        found = avp_or_none(name, binder)
        if found is not None:
            return lambda ctx: found.newest_first(ctx)[: None if all_values else 1]
        read = binder.variable(name).get
        return lambda ctx: [b"" if (value := read(ctx)) is None else value]

    @script_function(routes=ROUTES, parse={"destination": "_destination", "name": "_pushed"})
    def avp_pushto(self, ctx: Context, destination: _Push, name: Callable[[Context], list[Value]]) -> bool:
        """Write a variable into `$ru`, `$ru/username`, `$ru/domain`, `$du`, or add it as a target with `$br`.

        `$avp(x)/g` takes all values: those of `$ru` then become targets one by one. False where there is none, or no
        URI comes of it; `$du` and `$br` take texts only.
        """
        values = name(ctx)
        for number, value in enumerate(values):
            destination(ctx, value, number)
        return bool(values)


def _current(ctx: Context) -> bytes:
    if not isinstance(ctx.message, Request):
        raise ScriptError("a response has no Request-URI")
    return ctx.draft.request_uri or ctx.message.uri


def _uri(ctx: Context, value: Value, number: int) -> None:
    _rewrite(ctx, lambda uri, new: new, value, number)


def _rewrite(ctx: Context, make: _Rewrite, value: Value, number: int) -> None:
    before = _current(ctx)
    new = b"%d" % value if isinstance(value, int) else value or b""
    try:
        changed = make(before, new)
    except ParseError as why:
        raise ScriptError(str(why)) from None
    if number:
        ctx.draft.targets.append(Branch(before))
    ctx.draft.request_uri = changed


def _next_hop(ctx: Context, value: Value, number: int) -> None:
    ctx.draft.next_hop = _text(value)


def _branch(ctx: Context, value: Value, number: int) -> None:
    branch = Branch(_text(value))
    branch.send_socket = ctx.draft.send_socket
    ctx.draft.targets.append(branch)


def _text(value: Value) -> bytes:
    if not isinstance(value, bytes):
        raise ScriptError("a URI is a text")
    return value


_PARTS: dict[bytes, _Push] = {
    b"username": lambda ctx, value, number: _rewrite(ctx, set_user, value, number),
    b"domain": lambda ctx, value, number: _rewrite(ctx, set_host, value, number),
}
_OTHERS: dict[str, _Push] = {"du": _next_hop, "duri": _next_hop, "br": _branch, "branch": _branch}
