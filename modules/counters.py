# -*- test-case-name: tests.modules.test_counters -*-
"""counters: counters of the script's own making, in groups; and all statistics by RPC, group by group."""

from __future__ import annotations

from functools import cached_property
from typing import NamedTuple

from zope.interface import implementer

from sipapp.interfaces.server import IAfterStart, IServer
from sipapp.log import Logger
from sipapp.module import (
    FAILURE,
    ONREPLY,
    ONSEND,
    REQUEST,
    ConfigError,
    ScriptError,
    modparam,
    module,
    rpc_command,
    script_function,
)
from sipapp.statistics import Counter, Gauge, Statistics

log = Logger()

_ROUTES = REQUEST | ONREPLY | FAILURE | ONSEND


class Definition(NamedTuple):
    """`group.name:description`; the group may be missing, a blank may stand for the colon."""

    group: str
    name: str
    doc: str

    @classmethod
    def parse(cls, source: str) -> Definition:
        """Raises ConfigError: there is no name."""
        whole, mark, doc = source.partition(":")
        if not mark:
            whole, _, doc = source.partition(" ")
        group, dot, name = whole.partition(".")
        if not (name if dot else group):
            raise ConfigError(f"a counter without a name: {source!r}")
        return cls(group if dot else "", name if dot else group, doc.strip() or "custom script counter.")


class Named:
    """A counter that a call names; known once every module has its own."""

    __slots__ = ("counter", "group", "name")

    counter: Counter

    def __init__(self, group: str, name: str) -> None:
        self.group = group
        self.name = name


@implementer(IAfterStart)
@module("counters")
class Counters:
    """Counters by group and name."""

    script_cnt_grp_name: str = modparam(default="script", doc="the group of counters whose name has none before it")
    script_counter: list[Definition] = modparam(
        default=(),
        parse=Definition.parse,
        doc="a new counter: 'name', 'group.name', with ' description' or ':description'",
    )

    @cached_property
    def named(self) -> list[Named]:
        """What calls name."""
        return []

    def start(self, server: IServer) -> None:
        self.statistics: Statistics = server.statistics
        for definition in self.script_counter:
            group = definition.group or self.script_cnt_grp_name
            if self.statistics.find(definition.name, group) is not None:
                log.error("counter {group}.{name} already registered", group=group, name=definition.name)
            else:
                self.statistics.counter(group, definition.name, definition.doc)

    def started(self) -> None:
        """Raises ConfigError: a call names a counter that there is not."""
        for named in self.named:
            group = named.group or self.script_cnt_grp_name
            counter = self.statistics.find(named.name, group)
            if not isinstance(counter, Counter):
                raise ConfigError(f"counter {group}.{named.name} does not exist (forgot to define it?)")
            named.counter = counter

    def counter(self, source: bytes) -> Named:
        """The counter that a call names: `name` or `group.name`."""
        group, dot, name = source.decode("utf-8", "surrogateescape").partition(".")
        named = Named(group, name) if dot else Named("", group)
        self.named.append(named)
        return named

    # -- functions

    @script_function(routes=_ROUTES, parse={"group_name": "counter"})
    def cnt_inc(self, group_name: Named) -> int:
        """cnt_inc("group.name"): add 1 to a counter; without a group, one of the script's."""
        group_name.counter.value += 1
        return 1

    @script_function(routes=_ROUTES, parse={"group_name": "counter"})
    def cnt_add(self, group_name: Named, number: int) -> int:
        """cnt_add("group.name", number): add to a counter."""
        group_name.counter.value += number
        return 1

    @script_function(routes=_ROUTES, parse={"group_name": "counter"})
    def cnt_reset(self, group_name: Named) -> int:
        """cnt_reset("group.name"): a counter back to 0."""
        self.statistics.reset(group_name.counter)
        return 1

    # -- RPC

    @rpc_command("cnt.get")
    def rpc_get(self, group: str, name: str | None = None) -> int | dict[str, int]:
        """cnt.get GROUP [NAME]: a statistic; without a name, all of the group."""
        return self.rpc_group(group) if name is None else int(self.statistics.own(self._find(group, name)))

    @rpc_command("cnt.get_raw")
    def rpc_get_raw(self, group: str, name: str) -> int:
        """cnt.get_raw GROUP NAME: what was counted; 0 for a statistic that is not counted but asked for."""
        found = self._find(group, name)
        return found.value if isinstance(found, Counter) else 0

    @rpc_command("cnt.reset")
    def rpc_reset(self, group: str, name: str) -> None:
        """cnt.reset GROUP NAME: a counter back to 0."""
        self._find(group, name).reset()

    @rpc_command("cnt.list_groups", "cnt.grps_list")
    def rpc_groups(self) -> list[str]:
        """cnt.list_groups: the names of all groups."""
        return self.statistics.groups()

    @rpc_command("cnt.list_vars", "cnt.var_list")
    def rpc_names(self, group: str) -> list[str]:
        """cnt.list_vars GROUP: the names in a group."""
        return [one.name for one in self.statistics.all(group)]

    @rpc_command("cnt.get_vars", "cnt.grp_get_all")
    def rpc_group(self, group: str) -> dict[str, int]:
        """cnt.get_vars GROUP: names and values in a group."""
        return {one.name: int(self.statistics.own(one)) for one in self.statistics.all(group)}

    @rpc_command("cnt.help")
    def rpc_help(self, group: str, name: str) -> str:
        """cnt.help GROUP NAME: what a statistic means."""
        doc = self._find(group, name).doc
        if not doc:
            raise ScriptError(f"no description for counter {group}.{name}", 400)
        return doc

    def _find(self, group: str, name: str) -> Counter | Gauge:
        found = self.statistics.find(name, group)
        if found is None:
            raise ScriptError(f"non-existent counter {group}.{name}", 400)
        return found
