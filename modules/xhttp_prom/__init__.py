# -*- test-case-name: tests.modules.xhttp_prom.test_xhttp_prom -*-
"""xhttp_prom: the statistics, and what scripts count themselves, as Prometheus reads them: over HTTP, by xhttp."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from functools import partial

from sipapp.interfaces.figures import IFigures
from sipapp.interfaces.foreign import IHttpReplies
from sipapp.message.request import Request
from sipapp.module import (
    Context,
    IServer,
    RouteType,
    ScriptError,
    modparam,
    module,
    rpc_command,
    script_function,
)
from sipapp.modules.xhttp_prom.exposition import CONTENT_TYPE, Metric, text_of
from sipapp.modules.xhttp_prom.metrics import Declared, declared, find, listed, tags_of
from sipapp.modules.xhttp_prom.sharing import Sharing
from sipapp.statistics import Counter, Gauge

_ROUTES = RouteType.REQUEST | RouteType.EVENT


@module("xhttp_prom")
class XhttpProm:
    """Kamailio's module of this name; the text is made by prometheus_client."""

    xhttp_prom_buf_size: int = modparam(default=0, doc="of a buffer in Kamailio; without effect here")
    xhttp_prom_stats: str = modparam(default="", doc='which statistics go along: "all", a group as "sl:", or one name')
    xhttp_prom_beginning: str = modparam(default="kamailio_", doc="what every name begins with")
    xhttp_prom_tags: dict[str, str] = modparam(default={}, parse=tags_of, doc='labels of every metric: server="a"')
    xhttp_prom_timeout: int = modparam(
        default=60, minimum=1, unit="min", doc="a metric of the script that is not used so long is forgotten"
    )
    timestamp_format: str = modparam(default="ms", doc='"ms": each line tells when; "none": none does')
    prom_counter: list[Declared] = modparam(
        default=[], parse=partial(declared, "counter"), doc="a counter: name=N; label=A:B"
    )
    prom_gauge: list[Declared] = modparam(
        default=[], parse=partial(declared, "gauge"), doc="a gauge: name=N; label=A:B"
    )
    prom_histogram: list[Declared] = modparam(
        default=[], parse=partial(declared, "histogram"), doc="a histogram: name=N; label=A:B; buckets=0.1:1:10"
    )

    def start(self, server: IServer) -> None:
        self.server = server
        self.http: IHttpReplies | None = server.find(IHttpReplies)
        self.metrics = [*self.prom_counter, *self.prom_gauge, *self.prom_histogram]
        self.sharing = Sharing(self.metrics, server.find(IFigures), self._forget)

    # -- what is read

    @script_function(routes=_ROUTES)
    def prom_check_uri(self, ctx: Context) -> bool:
        """The path of the HTTP request is /metrics."""
        message = ctx.message
        return isinstance(message, Request) and message.uri.partition(b"?")[0] == b"/metrics"

    @script_function(routes=_ROUTES)
    def prom_dispatch(self, ctx: Context) -> int:
        """Answer the HTTP request with all metrics. False: this is no HTTP request, or xhttp is not loaded."""
        if self.http is None or not self.http.is_http(ctx):
            raise ScriptError("prom_dispatch(): there is no HTTP request to answer")
        return 1 if self.http.reply(ctx, 200, b"OK", CONTENT_TYPE, text_of(self.collect())) else -1

    def collect(self) -> Iterator[Metric]:
        """Every metric, as it is now."""
        at = self._now() if self.timestamp_format == "ms" else None
        self._forget()
        for metric in self.metrics:
            yield metric.shown(self.xhttp_prom_beginning, self.xhttp_prom_tags, at, self.sharing.total)
        for one in self._statistics():
            name = re.sub(r"[^a-zA-Z0-9_:]", "_", f"{self.xhttp_prom_beginning}{one.group}_{one.name}")
            shown = Metric(name, one.doc, "gauge" if isinstance(one, Gauge) else "unknown")
            shown.add_sample(name, self.xhttp_prom_tags, self.server.statistics.total(one), at)
            yield shown

    def _forget(self) -> None:
        for metric in self.metrics:
            metric.forget(self._now() - self.xhttp_prom_timeout * 60)

    def _statistics(self) -> Iterator[Counter | Gauge]:
        wanted, statistics = self.xhttp_prom_stats, self.server.statistics
        if wanted == "all":
            yield from statistics.all()
        elif wanted.endswith(":"):
            yield from statistics.all(wanted[:-1])
        elif wanted and (found := statistics.find(wanted)) is not None:
            yield found

    # -- what is counted

    def _count(self, name: str, number: int, labels: tuple[str, ...]) -> int:
        if number < 0:
            raise ScriptError(f"a counter only grows: {name} by {number}")
        find(self.metrics, "counter", name).at(labels, self._now()).value += number
        return 1

    def _set(self, kind: str, name: str, number: float, labels: tuple[str, ...]) -> int:
        find(self.metrics, kind, name).at(labels, self._now()).set(number, self._now())
        return 1

    def _now(self) -> float:
        return self.server.clock.seconds()

    @script_function()
    def prom_counter_inc(self, name: str, number: int, l0: str = "", l1: str = "", l2: str = "") -> int:
        """Add to a counter of `prom_counter`; its labels' values follow, as many as it has."""
        return self._count(name, number, _labels(l0, l1, l2))

    @script_function()
    def prom_counter_reset(self, name: str, l0: str = "", l1: str = "", l2: str = "") -> int:
        """A counter begins at 0 again."""
        return self._set("counter", name, 0.0, _labels(l0, l1, l2))

    @script_function()
    def prom_gauge_set(self, name: str, number: str, l0: str = "", l1: str = "", l2: str = "") -> int:
        """Set a gauge of `prom_gauge`; the number may have a decimal point."""
        return self._set("gauge", name, _number(number), _labels(l0, l1, l2))

    @script_function()
    def prom_gauge_inc(self, name: str, number: str, l0: str = "", l1: str = "", l2: str = "") -> int:
        """Add to a gauge; a negative number takes away."""
        find(self.metrics, "gauge", name).at(_labels(l0, l1, l2), self._now()).value += _number(number)
        return 1

    @script_function()
    def prom_gauge_reset(self, name: str, l0: str = "", l1: str = "", l2: str = "") -> int:
        """A gauge is 0 again."""
        return self._set("gauge", name, 0.0, _labels(l0, l1, l2))

    @script_function()
    def prom_histogram_observe(self, name: str, number: str, l0: str = "", l1: str = "", l2: str = "") -> int:
        """Count a value in a histogram of `prom_histogram`."""
        find(self.metrics, "histogram", name).observe(_labels(l0, l1, l2), _number(number), self._now())
        return 1

    # -- RPC

    @rpc_command("xhttp_prom.counter_inc")
    def rpc_counter_inc(self, name: str, number: int, l0: str = "", l1: str = "", l2: str = "") -> None:
        """As prom_counter_inc()."""
        self._count(name, number, _labels(l0, l1, l2))

    @rpc_command("xhttp_prom.counter_reset")
    def rpc_counter_reset(self, name: str, l0: str = "", l1: str = "", l2: str = "") -> None:
        """As prom_counter_reset()."""
        self._set("counter", name, 0.0, _labels(l0, l1, l2))

    @rpc_command("xhttp_prom.gauge_set")
    def rpc_gauge_set(self, name: str, number: str, l0: str = "", l1: str = "", l2: str = "") -> None:
        """As prom_gauge_set()."""
        self.prom_gauge_set(name, number, l0, l1, l2)

    @rpc_command("xhttp_prom.gauge_inc")
    def rpc_gauge_inc(self, name: str, number: str, l0: str = "", l1: str = "", l2: str = "") -> None:
        """As prom_gauge_inc()."""
        self.prom_gauge_inc(name, number, l0, l1, l2)

    @rpc_command("xhttp_prom.gauge_reset")
    def rpc_gauge_reset(self, name: str, l0: str = "", l1: str = "", l2: str = "") -> None:
        """As prom_gauge_reset()."""
        self._set("gauge", name, 0.0, _labels(l0, l1, l2))

    @rpc_command("xhttp_prom.histogram_observe")
    def rpc_histogram_observe(self, name: str, number: str, l0: str = "", l1: str = "", l2: str = "") -> None:
        """As prom_histogram_observe()."""
        self.prom_histogram_observe(name, number, l0, l1, l2)

    @rpc_command("xhttp_prom.metric_list_print")
    def rpc_list(self) -> list[str]:
        """Every metric of the script, with its labels and value; of a histogram, the sum."""
        return list(listed(self.metrics, self.sharing.total))


def _labels(*values: str) -> tuple[str, ...]:
    """Those that were given."""
    given = list(values)
    while given and not given[-1]:
        given.pop()
    return tuple(given)


def _number(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        raise ScriptError(f"no number: {text!r}") from None
    if math.isnan(number):
        raise ScriptError("no number: NaN")
    return number
