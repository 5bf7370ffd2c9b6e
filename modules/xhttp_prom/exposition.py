# -*- test-case-name: tests.modules.xhttp_prom.test_xhttp_prom -*-
"""exposition: metrics as the text that Prometheus reads. Needs the package prometheus_client."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

try:
    from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
    from prometheus_client.core import Metric
except ImportError as why:
    raise ImportError("the package prometheus_client is missing: pip install 'sipapp[prometheus]'") from why

__all__ = ["CONTENT_TYPE", "Metric", "text_of"]

CONTENT_TYPE = CONTENT_TYPE_LATEST.encode()


class _Given(CollectorRegistry):
    """A registry of what is at hand."""

    def __init__(self, metrics: Iterable[Metric]) -> None:
        super().__init__()
        self._metrics = metrics

    def collect(self) -> Iterator[Metric]:
        return iter(self._metrics)


def text_of(metrics: Iterable[Metric]) -> bytes:
    """One line a sample, with what it is of before."""
    return generate_latest(_Given(metrics))
