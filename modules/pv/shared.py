# -*- test-case-name: tests.modules.pv.test_shared -*-
"""shared: $shv and $shvinc: what all runs of the script share, for RPC too."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from sipapp.errors import ScriptError
from sipapp.interfaces.store import IStore, ITable
from sipapp.module import Access, Context, Value, modparam, pseudo_variable, rpc_command
from sipapp.modules.pv.scriptvars import initial_values, name_of
from sipapp.script.values import wrap

if TYPE_CHECKING:
    from sipapp.interfaces.script import IBinder
    from sipapp.interfaces.server import IServer


class SharedVariables:
    """Variables that outlive a run."""

    shvset: list[str] = modparam(default=(), doc='what a $shv is at the start: "name=i:17", "name=s:text"')

    shared: ITable
    """The $shv that have been written, by name; there once the server has started."""

    def open_shared(self, server: IServer) -> None:
        """Raises ConfigError: shvset is malformed."""
        self.shared_names.update(initial_values(self.shvset))
        self.shared = server.get(IStore).table(b"pv.shv")

    @cached_property
    def shared_names(self) -> dict[bytes, Value]:
        """The $shv that the script names, and what they are at first."""
        return initial_values(self.shvset)

    def shared_value(self, name: bytes) -> Value:
        """What a $shv is now."""
        value = self.shared.get(name)
        return self.shared_names[name] if value is None else value

    @pseudo_variable("shv", bind=True, writable=True)
    def pv_shv(self, inner: bytes | None, index: bytes | None, binder: IBinder) -> Access:
        """$shv(name): a variable that all runs share: 0 until it is set; $null makes it an empty text."""
        name = name_of("shv", inner, index)
        initial = self.shared_names.setdefault(name, 0)

        def read(ctx: Context) -> Value:
            value = self.shared.get(name)
            return initial if value is None else value

        def write(ctx: Context, value: Value) -> None:
            self.shared.put(name, b"" if value is None else value)

        return Access(read, write)

    @pseudo_variable("shvinc", bind=True)
    def pv_shvinc(self, inner: bytes | None, index: bytes | None, binder: IBinder) -> Access:
        """$shvinc(name): adds 1 to $shv(name) and is its new value; 0 where that is a text."""
        name = name_of("shvinc", inner, index)
        found = self.shared_names.setdefault(name, 0)
        initial = found if isinstance(found, int) else None
        return Access(lambda ctx: self.shared.add(name, 1, initial) or 0, integer=True)

    @rpc_command("pv.shvSet")
    def rpc_shv_set(self, name: str, kind: str, value: int | str) -> str:
        """pv.shvSet NAME int|str VALUE: set a $shv that the script names. Raises ScriptError: there is none of this
        name (404), or no such type (500)."""
        key = name.encode("utf-8", "surrogateescape")
        if kind.lower() not in ("int", "str"):
            raise ScriptError("Unknown parameter type (Types: int or str)", 500)
        if key not in self.shared_names:
            raise ScriptError("Variable not found", 404)
        try:
            self.shared.put(key, wrap(int(value)) if kind.lower() == "int" else str(value).encode())
        except ValueError:
            raise ScriptError("Missing integer parameter value", 500) from None
        return "Ok. Variable set to new value."

    @rpc_command("pv.shvGet")
    def rpc_shv_get(self, name: str | None = None) -> dict[str, object]:
        """pv.shvGet [NAME]: name, type and value of a $shv, without a name of all of them. Raises ScriptError: there
        is none of this name (404)."""
        if name is None:
            return {"items": [{"shv": _shown(key, self.shared_value(key))} for key in self.shared_names]}
        key = name.encode("utf-8", "surrogateescape")
        if key not in self.shared_names:
            raise ScriptError("Variable not found", 404)
        return _shown(key, self.shared_value(key))


def _shown(name: bytes, value: Value) -> dict[str, object]:
    shown = value.decode(errors="replace") if isinstance(value, bytes) else value
    return {
        "name": name.decode(errors="replace"),
        "type": "int" if isinstance(value, int) else "string",
        "value": shown,
    }
