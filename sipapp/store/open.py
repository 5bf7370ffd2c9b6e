# -*- test-case-name: tests.store.test_open -*-
"""open: the core parameter `store`, and the store that it names.

`memory:` (or nothing), `lmdb:/dev/shm/NAME`, `lmdb:/dev/shm/NAME?size=MB`.
"""

from __future__ import annotations

from importlib.util import find_spec
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from sipapp.errors import ConfigError
from sipapp.interfaces.store import IStore
from sipapp.nearest import nearest
from sipapp.store.memory import MemoryStore

SIZE = 1024
"""MB that an lmdb file may grow to, where the parameter does not say."""

_KINDS = ("memory", "lmdb")


def open_store(url: str, clock: Any, reactor: Any = None, lookup: Any = None) -> IStore:
    """The store of this URL, to be started. It keeps its times by the clock; reactor, lookup: for one in the network.

    Raises ConfigError: there is no such store.
    """
    kind, _, _ = url.partition(":")
    if kind in ("", "memory"):
        return MemoryStore(clock)
    if kind == "lmdb":
        return _lmdb(url, clock)
    raise ConfigError(f"store: {url!r} is no URL of a store{nearest(kind, _KINDS)}")


def _lmdb(url: str, clock: Any) -> IStore:
    parts = urlsplit(url)
    options = _options(parts.query, ("size",))
    size = options.get("size", str(SIZE))
    if not parts.path.startswith("/") or parts.path.endswith("/") or parts.netloc:
        raise ConfigError(f"store: not lmdb:/FOLDER/NAME: {url!r}")
    if not size.isdigit() or not int(size):
        raise ConfigError(f"store: size is a number of MB, not {size!r}")
    if find_spec("lmdb") is None:
        raise ConfigError("store: there is no lmdb: pip install sipapp[lmdb]")
    from sipapp.store.lmdb import LmdbStore
    from sipapp.store.mapped import MEGABYTE

    return LmdbStore(unquote(parts.path), int(size) * MEGABYTE, clock)


def _options(query: str, known: tuple[str, ...]) -> dict[str, str]:
    """What stands behind the ? of a URL. Raises ConfigError."""
    found = dict(parse_qsl(query, keep_blank_values=True))
    for name in found:
        if name not in known:
            raise ConfigError(f"store: no option {name!r}{nearest(name, known)}")
    return found
