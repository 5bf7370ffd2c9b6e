# -*- test-case-name: tests.modules.test_cachedb_local -*-
"""cachedb_local: values for OpenSIPS' cache_*() functions, in the memory of this server: `local`, `local:NAME`."""

from __future__ import annotations

from typing import Any

from zope.interface import implementer

from sipapp.interfaces.cache import ICache
from sipapp.interfaces.store import IStore, ITable
from sipapp.module import ConfigError, IServer, ScriptError, modparam, module
from sipapp.module.caches import CacheFunctions

DEFAULT = "default"


def _collections(text: str) -> list[str]:
    """`default; numbers=10`: names; the number is of hash slots, which nobody needs here."""
    return [name.partition("=")[0].strip() for name in text.split(";") if name.strip()]


def _group(text: str) -> tuple[str, str]:
    """`local:group:///collection`: the group and its collection. Raises ConfigError."""
    head, slashes, rest = text.partition("://")
    scheme, _, group = head.partition(":")
    if scheme != "local" or not slashes or not rest.strip("/"):
        raise ConfigError(f"not local:GROUP:///COLLECTION: {text!r}")
    return group, rest.strip("/")


@implementer(ICache)
@module("cachedb_local")
class CachedbLocal(CacheFunctions):
    """OpenSIPS' module of this name."""

    scheme = "local"
    cache_collections: list[list[str]] = modparam(
        default=[], parse=_collections, doc='names of collections, beside `default`: "calls; numbers"'
    )
    cachedb_url: list[tuple[str, str]] = modparam(
        default=[], parse=_group, doc="a group and its collection: local:GROUP:///COLLECTION"
    )
    cache_clean_period: int = modparam(default=600, unit="s", doc="of OpenSIPS; without effect: what is over is gone")

    def start(self, server: IServer) -> None:
        """Raises ConfigError: a group of a collection that there is not."""
        self.server = server
        store = server.get(IStore)
        names = dict.fromkeys((DEFAULT, *(name for names in self.cache_collections for name in names)))
        self.collections: dict[str, ITable] = {name: store.table(f"cachedb_local:{name}".encode()) for name in names}
        self.groups = {"": DEFAULT, **dict(self.cachedb_url)}
        for group, name in self.groups.items():
            if name not in self.collections:
                raise ConfigError(f'modparam("cachedb_local", "cachedb_url"): {group}: there is no collection {name!r}')

    def _table(self, group: str) -> ITable:
        name = self.groups.get(group, group)
        if name not in self.collections:
            raise ScriptError(f"cachedb_local: no group or collection {group!r}")
        return self.collections[name]

    # -- ICache

    async def store(self, group: str, key: bytes, value: bytes, seconds: int) -> None:
        self._table(group).put(key, value, seconds if seconds > 0 else None)

    async def fetch(self, group: str, key: bytes) -> bytes | None:
        value = self._table(group).get(key)
        return b"%d" % value if isinstance(value, int) else value

    async def remove(self, group: str, key: bytes) -> None:
        self._table(group).delete(key)

    async def add(self, group: str, key: bytes, number: int, seconds: int) -> int:
        table = self._table(group)
        now = table.add(key, number, 0)
        if now is None:  # a text, kept by cache_store()
            text = table.get(key)
            try:
                now = int(text or 0) + number
            except ValueError:
                raise ScriptError(f"no counter: {text!r}") from None
            table.put(key, now, None)
        if seconds > 0:
            table.expire(key, seconds)
        return now

    async def query(self, group: str, query: bytes) -> list[Any]:
        raise ScriptError("cachedb_local has no language of its own")
