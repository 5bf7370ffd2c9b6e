# -*- test-case-name: tests.modules.test_cfg_rpc -*-
"""cfg_rpc: parameters read and changed while the server runs: the core's, and the script's own `group.name = value`.

The groups are `core`, `tcp` (the core's parameters whose names begin so) and those of the script; `group[id]` is one
instance of a group of the script. Values of modules are fixed when the script loads.
"""

from __future__ import annotations

import re
from typing import Any

from sipapp.errors import RpcFault
from sipapp.interfaces.server import IServer
from sipapp.module import module, rpc_command

Value = int | bytes
_instance = re.compile(r"(.+)\[(\d+)\]").fullmatch


@module("cfg_rpc")
class CfgRpc:
    """cfg.*"""

    def start(self, server: IServer) -> None:
        self.server = server
        self.config = server.config
        self.delayed: dict[tuple[str, str], Value] = {}  # what cfg.commit will set
        self.loaded = {(group, name): self.config.value(group, name) for group, name in self._names()}

    # -- reading

    @rpc_command("cfg.get")
    def rpc_get(self, group: str, name: str | None = None) -> Any:
        """A parameter; without a name, all of the group."""
        if name is None:
            found = {n: self._value(group, n) for g, n in self._names() if g == _base(group)}
            if not found:
                raise RpcFault("Failed to get the variable", 400)
            return found
        return self._value(group, name)

    def _value(self, group: str, name: str) -> Value:
        found = _instance(group)
        if found and (found[1], int(found[2]), name) in self.config.instances:
            value: Value | None = self.config.instances[found[1], int(found[2]), name]
        else:
            value = self.config.value(_base(group), name)
        if value is None:
            raise RpcFault("Failed to get the variable", 400)
        return value

    @rpc_command("cfg.list")
    def rpc_list(self, group: str = "") -> list[str]:
        """Every parameter, `group: name`; those of one group where it is named."""
        return [f"{g}: {n}" for g, n in self._names() if group in ("", g)]

    @rpc_command("cfg.help")
    def rpc_help(self, group: str, name: str) -> str:
        """What a parameter is for, and its type."""
        value = self.config.value(group, name)
        if value is None:
            raise RpcFault("Failed to get the variable description", 400)
        kind = "integer" if isinstance(value, int) else "string"
        return f"{self._description(group, name)}(parameter type is {kind})"

    def _description(self, group: str, name: str) -> str:
        return self.config.description(group, name)  # type: ignore[no-any-return]

    def _names(self) -> list[tuple[str, str]]:
        return self.config.names()  # type: ignore[no-any-return]

    # -- setting

    @rpc_command("cfg.set")
    def rpc_set(self, group: str, name: str, value: Any) -> None:
        """Set a parameter to a number or a text, whichever it holds."""
        self._set(group, name, self._fitting(group, name, value))

    @rpc_command("cfg.set_now_int", "cfg.seti")
    def rpc_set_int(self, group: str, name: str, value: int) -> None:
        """Set a parameter that holds a number."""
        self._set(group, name, value)

    @rpc_command("cfg.set_now_string", "cfg.sets")
    def rpc_set_string(self, group: str, name: str, value: str) -> None:
        """Set a parameter that holds a text."""
        self._set(group, name, value.encode())

    def _fitting(self, group: str, name: str, value: Any) -> Value:
        """A number as a text where the parameter is one, and the other way round."""
        if isinstance(self.config.value(_base(group), name), int):
            try:
                return int(value)
            except (TypeError, ValueError):
                raise RpcFault("Failed to set the variable", 400) from None
        return str(value).encode()

    def _set(self, group: str, name: str, value: Value) -> None:
        found = _instance(group)
        if found:
            self._set_in_instance(found[1], int(found[2]), name, value)
        elif not self.config.change(group, name, value):
            raise RpcFault("Failed to set the variable", 400)

    def _set_in_instance(self, group: str, number: int, name: str, value: Value) -> None:
        old = self.config.custom.get((group, name))
        if old is None or isinstance(old, int) is not isinstance(value, int):
            raise RpcFault("Failed to set the variable", 400)
        self.config.instances[group, number, name] = value

    @rpc_command("cfg.del")
    def rpc_delete(self, group: str, name: str) -> None:
        """Let a parameter of an instance, `group[id]`, be that of the group again."""
        found = _instance(group)
        if not found or self.config.instances.pop((found[1], int(found[2]), name), None) is None:
            raise RpcFault("Failed to delete the value", 400)

    @rpc_command("cfg.reset")
    def rpc_reset(self, group: str) -> None:
        """Set all parameters of a group to what the script says."""
        values = {name: value for (g, name), value in self.loaded.items() if g == group and value is not None}
        if not values:
            raise RpcFault("Group not found", 400)
        for name, value in values.items():
            self.config.change(group, name, value)

    # -- later, all at once

    @rpc_command("cfg.set_delayed")
    def rpc_delay(self, group: str, name: str, value: Any) -> None:
        """As cfg.set, but only when cfg.commit comes."""
        self._delay(group, name, self._fitting(group, name, value))

    @rpc_command("cfg.set_delayed_int")
    def rpc_delay_int(self, group: str, name: str, value: int) -> None:
        """As cfg.set_now_int, when cfg.commit comes."""
        self._delay(group, name, value)

    @rpc_command("cfg.set_delayed_string")
    def rpc_delay_string(self, group: str, name: str, value: str) -> None:
        """As cfg.set_now_string, when cfg.commit comes."""
        self._delay(group, name, value.encode())

    def _delay(self, group: str, name: str, value: Value) -> None:
        old = self.config.value(_base(group), name)
        if old is None or isinstance(old, int) is not isinstance(value, int):
            raise RpcFault("Failed to set the variable", 400)
        self.delayed[group, name] = value

    @rpc_command("cfg.del_delayed")
    def rpc_forget(self, group: str, name: str) -> None:
        """Forget one change that waits for cfg.commit."""
        if self.delayed.pop((group, name), None) is None:
            raise RpcFault("Failed to delete the value", 400)

    @rpc_command("cfg.commit")
    def rpc_commit(self) -> None:
        """Make all changes that wait."""
        delayed, self.delayed = self.delayed, {}
        for (group, name), value in delayed.items():
            self._set(group, name, value)

    @rpc_command("cfg.rollback")
    def rpc_rollback(self) -> None:
        """Forget all changes that wait."""
        self.delayed.clear()

    @rpc_command("cfg.diff")
    def rpc_diff(self) -> list[dict[str, Any]]:
        """The changes that wait."""
        return [
            {
                "group name": group,
                "variable name": name,
                "old value": self._value(group, name),
                "new value": value,
            }
            for (group, name), value in self.delayed.items()
        ]

    # -- instances

    @rpc_command("cfg.add_group_inst")
    def rpc_add_instance(self, group: str) -> None:
        """Make an instance, `group[id]`, with the values of its group."""
        known = self._instance(group)
        for (name, parameter), value in list(self.config.custom.items()):
            if name == known[0]:
                self.config.instances.setdefault((name, known[1], parameter), value)

    @rpc_command("cfg.del_group_inst")
    def rpc_delete_instance(self, group: str) -> None:
        """Remove an instance."""
        known = self._instance(group)
        keys = [key for key in self.config.instances if key[:2] == known]
        if not keys:
            raise RpcFault("Failed to delete the group instance", 400)
        for key in keys:
            del self.config.instances[key]

    def _instance(self, group: str) -> tuple[str, int]:
        found = _instance(group)
        if not found or not any(name == found[1] for name, _ in self.config.custom):
            raise RpcFault("Wrong group syntax, Use either group or group[id]", 400)
        return found[1], int(found[2])


def _base(group: str) -> str:
    """`my` of `my[1]`."""
    found = _instance(group)
    return found[1] if found else group
