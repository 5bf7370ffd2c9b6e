# -*- test-case-name: tests.modules.xhttp_prom.test_metrics -*-
"""metrics: what scripts count: declared by name, labels and buckets; there once used, gone when nobody uses them."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from sipapp.errors import ScriptError
from sipapp.module import ConfigError
from sipapp.modules.xhttp_prom.exposition import Metric

BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
MAX_LABELS = 3

_NAME = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*").fullmatch


@dataclass(slots=True)
class Series:
    """One metric with one set of label values."""

    used_at: float
    value: float = 0.0  # what was added, of a histogram the sum
    counts: list[int] = field(default_factory=list)  # of a histogram: for each bucket, +Inf the last
    era: float = 0.0  # when it was set (s of the server's clock)
    base: float = 0.0  # and to what

    @property
    def number(self) -> float:
        """What it shows."""
        return self.base + self.value

    def begin(self, era: float, base: float) -> None:
        """It was set."""
        self.era, self.base, self.value = era, base, 0.0
        self.counts = [0] * len(self.counts)

    def set(self, number: float, now: float) -> None:
        """Set it. No two eras are the same."""
        self.begin(max(now, math.nextafter(self.era, math.inf)), number)


class Declared:
    """A metric of the parameters `prom_counter`, `prom_gauge` or `prom_histogram`."""

    def __init__(self, kind: str, name: str, labels: tuple[str, ...], buckets: tuple[float, ...] = ()) -> None:
        self.kind = kind
        self.name = name
        self.labels = labels
        self.buckets = buckets
        self.series: dict[tuple[str, ...], Series] = {}

    def at(self, values: Sequence[str], now: float) -> Series:
        """Made where it is new. Raises ScriptError: the number of labels is not the declared one."""
        if len(values) != len(self.labels):
            raise ScriptError(f"{self.name} has {len(self.labels)} labels, not {len(values)}")
        found = self.series.get(tuple(values))
        if found is None:
            counts = [0] * (len(self.buckets) + 1) if self.kind == "histogram" else []
            found = self.series[tuple(values)] = Series(now, 0.0, counts)
        found.used_at = now
        return found

    def observe(self, values: Sequence[str], number: float, now: float) -> None:
        series = self.at(values, now)
        series.value += number
        for index, most in enumerate((*self.buckets, float("inf"))):
            if number <= most:
                series.counts[index] += 1

    def forget(self, before: float) -> None:
        """What nobody has used since then."""
        self.series = {values: series for values, series in self.series.items() if series.used_at >= before}

    def shown(self, prefix: str, tags: dict[str, str], at: float | None, total: Total) -> Metric:
        """As Prometheus reads it. Counters keep the names that scripts gave them, so they are `unknown` to it."""
        name = prefix + self.name
        metric = Metric(name, "", "unknown" if self.kind == "counter" else self.kind)
        for values in self.series:
            series = total(self, values)
            labels = {**tags, **dict(zip(self.labels, values, strict=True))}
            if self.kind != "histogram":
                metric.add_sample(name, labels, series.number, at)
                continue
            for most, count in zip((*map(str, self.buckets), "+Inf"), series.counts, strict=True):
                metric.add_sample(name + "_bucket", {**labels, "le": most}, count, at)
            metric.add_sample(name + "_sum", labels, series.number, at)
            metric.add_sample(name + "_count", labels, series.counts[-1], at)
        return metric


Total = Callable[[Declared, tuple[str, ...]], Series]
"""What all workers have counted of a series."""


def declared(kind: str, text: str) -> Declared:
    """`name=hist01; label=method:IP; buckets=2.3:5.8`. Raises ConfigError."""
    facts: dict[str, str] = {}
    for piece in text.split(";"):
        key, _, value = (part.strip() for part in piece.partition("="))
        if not key:
            continue
        if key in facts or key not in ("name", "label", *(["buckets"] if kind == "histogram" else [])):
            raise ConfigError(f"a {kind} has no {key!r}, or has it once: {text!r}")
        facts[key] = value
    name = facts.get("name", "")
    labels = tuple(label.strip() for label in facts.get("label", "").split(":") if label.strip())
    if not _NAME(name) or not all(_NAME(label) for label in labels):
        raise ConfigError(f"a {kind} needs a name, of letters, digits and _: {text!r}")
    if len(labels) > MAX_LABELS:
        raise ConfigError(f"{name}: more than {MAX_LABELS} labels")
    return Declared(kind, name, labels, _buckets(facts.get("buckets", "")) if kind == "histogram" else ())


def _buckets(text: str) -> tuple[float, ...]:
    if not text:
        return BUCKETS
    try:
        found = tuple(float(piece) for piece in text.split(":"))
    except ValueError:
        raise ConfigError(f"buckets are numbers: {text!r}") from None
    if any(a >= b for a, b in pairwise(found)):
        raise ConfigError(f"buckets rise: {text!r}")
    return found


def tags_of(text: str) -> dict[str, str]:
    """`server="a", site="b"`. Raises ConfigError."""
    found = dict(re.findall(r'([a-zA-Z_][a-zA-Z0-9_]*)\s*=\s*"([^"]*)"', text))
    if text.strip() and not found:
        raise ConfigError(f'not NAME="VALUE": {text!r}')
    return found


def find(metrics: Sequence[Declared], kind: str, name: str) -> Declared:
    """Raises ScriptError: there is none."""
    for metric in metrics:
        if metric.kind == kind and metric.name == name:
            return metric
    raise ScriptError(f"no {kind} {name!r} has been declared")


def listed(metrics: Sequence[Declared], total: Total) -> Iterator[str]:
    """A line for each series, for operators."""
    for metric in metrics:
        for values in metric.series:
            labels = ", ".join(f'{key}="{value}"' for key, value in zip(metric.labels, values, strict=True))
            yield f"{metric.kind} {metric.name}{{{labels}}} {total(metric, values).number:g}"
