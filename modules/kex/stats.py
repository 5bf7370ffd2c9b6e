# -*- test-case-name: tests.modules.test_kex_stats -*-
"""stats: every statistic of the server by RPC.

A statistic is asked for by its name, by `group.name` or `group:name`, by `group:` (all of a group) or by `all`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sipapp.module import ScriptError, rpc_command
from sipapp.statistics import Counter, Gauge, Statistics


class StatisticsCommands:
    """stats.*"""

    statistics: Statistics

    @rpc_command("stats.get_statistics")
    def rpc_get(self, *names: str) -> list[str]:
        """stats.get_statistics(name, ...): `group:name = value` of each."""
        return [self._shown(one) for one in self._all(names)]

    @rpc_command("stats.fetch")
    def rpc_fetch(self, *names: str) -> dict[str, str]:
        """stats.fetch(name, ...): {`group.name`: value as text}."""
        return {f"{one.group}.{one.name}": str(int(self.statistics.own(one))) for one in self._all(names)}

    @rpc_command("stats.fetchn")
    def rpc_fetchn(self, *names: str) -> dict[str, int]:
        """stats.fetchn(name, ...): {`group.name`: value as number}."""
        return {f"{one.group}.{one.name}": int(self.statistics.own(one)) for one in self._all(names)}

    @rpc_command("stats.reset_statistics")
    def rpc_reset(self, *names: str) -> None:
        """stats.reset_statistics(name, ...): set them to 0; those that show a state stay."""
        for one in self._all(names):
            one.reset()

    @rpc_command("stats.clear_statistics")
    def rpc_clear(self, *names: str) -> list[str]:
        """stats.clear_statistics(name, ...): the same; answers `group:name = value (value before)` of each."""
        answer = []
        for one in self._all(names):
            before = int(one.value)
            one.reset()
            answer.append(self._shown(one) + (f" ({before})" if before != int(one.value) else ""))
        return answer

    def _all(self, names: Iterable[str]) -> Iterator[Counter | Gauge]:
        names = list(names)
        if not names:
            raise ScriptError("which statistics? Give names, `group:`, or `all`")
        for name in names:
            yield from self._named(name)

    def _named(self, name: str) -> list[Counter | Gauge]:
        """The statistics that one word stands for; none where there is no such one."""
        if name == "all":
            return list(self.statistics.all())
        if name.endswith(":"):
            return list(self.statistics.all(name[:-1]))
        found = self.statistics.find(name)
        for mark in ".:":
            group, within, rest = name.partition(mark)
            if found is None and within:
                found = self.statistics.find(rest, group)
        return [found] if found else []

    def _shown(self, one: Counter | Gauge) -> str:
        return f"{one.group}:{one.name} = {int(self.statistics.own(one))}"
