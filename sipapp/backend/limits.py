# -*- test-case-name: tests.backend.test_limits -*-
"""limits: what a backend may be asked at a time, and when it counts as down; written in a modparam."""

from __future__ import annotations

from typing import NamedTuple

from sipapp.errors import ConfigError
from sipapp.module.definitions import pairs

OTHERS = "*"
"""The name of the limits of every backend that has none of its own."""


class Limits(NamedTuple):
    """All that is known of how much a backend bears. 0 in `failure_rate`: its circuit never opens."""

    in_flight: int = 256  # calls at a time; 0: any number
    queue: int = 10000  # calls that wait for their turn; further ones are refused
    failure_rate: int = 0  # %: with as many failures or more, the circuit opens
    window: float = 10.0  # s, over which that is counted
    min_calls: int = 20  # fewer within the window prove nothing
    open_time: float = 5.0  # s for which nothing is asked once the circuit is open
    probes: int = 1  # calls that are tried after it, at a time; as many successes close the circuit

    @classmethod
    def parse(cls, text: str) -> tuple[str, Limits]:
        """`ca=>in_flight=10;queue=100` -> ("ca", Limits). The name `*` stands for all others.

        Raises ConfigError.
        """
        name, arrow, rest = text.partition("=>")
        name = name.strip()
        if not arrow or not name:
            raise ConfigError(f"not NAME=>key=value;...: {text!r}")
        given = {}
        for key, value in pairs(rest):
            if key not in cls._fields:
                raise ConfigError(f"{name}: no such limit: {key!r}; there are {', '.join(cls._fields)}")
            given[key] = _number(key, value)
        return name, cls(**given)  # type: ignore[arg-type]


_WHOLE = frozenset(("in_flight", "queue", "failure_rate", "min_calls", "probes"))
_AT_LEAST_1 = frozenset(("min_calls", "probes"))


def _number(key: str, value: str) -> int | float:
    try:
        number = int(value) if key in _WHOLE else float(value)
    except ValueError:
        raise ConfigError(f"{key} must be a number, got {value!r}") from None
    least = 1 if key in _AT_LEAST_1 else 0
    if not least <= number < 1e9 or (key == "failure_rate" and number > 100):
        raise ConfigError(f"{key} is out of range: {value}")
    return number
