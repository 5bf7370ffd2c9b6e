# -*- test-case-name: tests.modules.debugger.test_levels -*-
"""levels: how much each module logs, apart from the core parameter `debug`."""

from __future__ import annotations

from sipapp.errors import ConfigError
from sipapp.log import module_levels
from sipapp.module import modparam
from sipapp.module.syslog import FACILITIES


def module_level(given: str) -> tuple[str, int]:
    """`tm=3`. Raises ConfigError."""
    name, _, number = given.partition("=")
    try:
        return name, int(number)
    except ValueError:
        raise ConfigError(f"not module=level: {given!r}") from None


def facility(name: str) -> str:
    """Raises ConfigError: syslog has no such facility."""
    if name not in FACILITIES:
        raise ConfigError(f"no such facility: {name!r}")
    return name


def module_facility(given: str) -> tuple[str, str]:
    """`tm=LOG_LOCAL1`. Raises ConfigError."""
    name, equals, found = given.partition("=")
    if not equals:
        raise ConfigError(f"not module=facility: {given!r}")
    return name, facility(found)


class Levels:
    """What the log shows of each module. `core` is whatever belongs to none."""

    mod_hash_size: int = modparam(default=0, doc="size of Kamailio's table of modules; no effect here")
    mod_level_mode: int = modparam(default=0, doc="1: the levels of mod_level and dbg.set_mod_level count")
    mod_level: list[tuple[str, int]] = modparam(
        default=(), parse=module_level, doc='"module=level": how much one module logs: "tm=3"'
    )
    mod_facility_mode: int = modparam(default=0, doc="1: mod_facility counts; without effect, the log is no syslog")
    mod_facility: list[tuple[str, str]] = modparam(
        default=(), parse=module_facility, doc='"module=facility", of syslog; shown by dbg.get_mod_facility'
    )

    def start_levels(self) -> None:
        self.levels = dict(self.mod_level)
        self.facilities = dict(self.mod_facility)
        self.use_levels()

    def stop_levels(self) -> None:
        module_levels.clear()

    def use_levels(self) -> None:
        """Let the log follow them, or not."""
        module_levels.clear()
        if self.mod_level_mode:
            module_levels.update(self.levels)
