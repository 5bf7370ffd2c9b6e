# -*- test-case-name: tests.store.test_open -*-
"""open: the core parameter `store`, and the store that it names.

`memory:` (or nothing), `lmdb:/dev/shm/NAME?size=MB`, `redis://USER:PASSWORD@HOST:PORT/DB?prefix=TEXT`, with TLS
`rediss://...?ca=FILE&cert=FILE&key=FILE`, with sentinels `redis+sentinel://:PASSWORD@HOST:PORT,HOST:PORT/GROUP/DB`, a
cluster `redis+cluster://USER:PASSWORD@HOST:PORT,HOST:PORT`, with TLS `rediss+cluster://...`.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from sipapp.errors import ConfigError
from sipapp.http.trusting import trusting
from sipapp.interfaces.http import Profile
from sipapp.interfaces.store import IStore
from sipapp.nearest import nearest
from sipapp.redis.address import PORT, SENTINEL_PORT, Address, place
from sipapp.redis.commands import slot
from sipapp.statistics import Statistics
from sipapp.store.memory import MemoryStore

SIZE = 1024
"""MB that an lmdb file may grow to, where the parameter does not say."""

PREFIX = "sipapp:"
"""What the keys of the tables in a Redis server begin with, where the parameter does not say."""

_TLS = ("ca", "cert", "key")
_KINDS = ("memory", "lmdb", "redis", "rediss", "redis+sentinel", "redis+cluster", "rediss+cluster")


def open_store(
    url: str, clock: Any, reactor: Any = None, lookup: Any = None, statistics: Statistics | None = None
) -> IStore:
    """The store of this URL, to be started. It keeps its times by the clock; reactor, lookup: for one in the network.

    Raises ConfigError: there is no such store.
    """
    statistics = statistics or Statistics()
    kind, _, _ = url.partition(":")
    try:
        if kind in ("", "memory"):
            return MemoryStore(clock)
        if kind == "lmdb":
            return _lmdb(url, clock, statistics)
        if kind in _KINDS:
            return _redis(url, clock, reactor, lookup, statistics)
        raise ConfigError(f"{_shown(url)!r} is no URL of a store{nearest(kind, _KINDS)}")
    except ConfigError as why:
        raise ConfigError(f"store: {why.reason}") from None


def _lmdb(url: str, clock: Any, statistics: Statistics) -> IStore:
    parts = urlsplit(url)
    options = _options(parts.query, ("size",))
    size = options.get("size", str(SIZE))
    if not parts.path.startswith("/") or parts.path.endswith("/") or parts.netloc:
        raise ConfigError(f"not lmdb:/FOLDER/NAME: {url!r}")
    if not size.isdigit() or not int(size):
        raise ConfigError(f"size is a number of MB, not {size!r}")
    from sipapp.store.lmdb import LmdbStore
    from sipapp.store.mapped import MEGABYTE

    return LmdbStore(unquote(parts.path), int(size) * MEGABYTE, clock, statistics)


def _redis(url: str, clock: Any, reactor: Any, lookup: Any, statistics: Statistics) -> IStore:
    from sipapp.store.redis import RedisStore

    parts = urlsplit(url)
    scheme, _, by = parts.scheme.partition("+")
    tls = scheme == "rediss"
    options = _options(parts.query, ("prefix", *_TLS) if tls else ("prefix",))
    prefix = options.get("prefix", PREFIX).encode()
    if by == "cluster":
        prefix = _tagged(prefix)
    address = replace(_address(url, by), slot=slot(prefix) if by == "cluster" else 0)
    trust = None
    if tls:
        profile = Profile(ca_file=options.get("ca"), certificate=options.get("cert"), key=options.get("key"))
        trust = trusting([profile])
        address = replace(address, tls=profile)
    return RedisStore(address, prefix, clock, reactor, lookup, trust, statistics)


def _address(url: str, by: str) -> Address:
    """by: sentinel, cluster, or nothing. Raises ConfigError."""
    parts = urlsplit(url)
    login, _, places = parts.netloc.rpartition("@")
    user, _, password = login.partition(":")
    where = parts.path.strip("/").split("/") if parts.path.strip("/") else []
    address = Address("store", user=unquote(user) or None, password=unquote(password) if login else None)
    if by == "sentinel":
        if not where:
            raise ConfigError(f"no group: redis+sentinel://HOST:PORT/GROUP: {_shown(url)!r}")
        sentinels = tuple(place(one, SENTINEL_PORT) for one in places.split(","))
        address = replace(address, sentinels=sentinels, group=unquote(where.pop(0)))
    elif by == "cluster":
        if where not in ([], ["0"]):
            raise ConfigError(f"a cluster has only database 0: {_shown(url)!r}")
        address = replace(address, cluster=tuple(place(one, PORT) for one in places.split(",")))
    else:
        host, port = place(places, PORT)
        address = replace(address, host=host, port=port)
    if len(where) > 1 or not all(one.isdigit() for one in where):
        raise ConfigError(f"not redis://HOST:PORT/DB: {_shown(url)!r}")
    return replace(address, db=int("".join(where) or 0))


def _tagged(prefix: bytes) -> bytes:
    """A prefix by which all keys are in one slot of a cluster: what stands in braces. Raises ConfigError."""
    tagged = prefix if b"{" in prefix else b"{%b}" % prefix
    if not re.match(rb"[^{]*\{[^}]+\}", tagged):
        raise ConfigError(f"prefix: nothing in its braces, or none that closes them: {prefix.decode()!r}")
    return tagged


def _shown(url: str) -> str:
    """A URL without its password."""
    return re.sub(r"//[^/]*@", "//***@", url)


def _options(query: str, known: tuple[str, ...]) -> dict[str, str]:
    """What stands behind the ? of a URL. Raises ConfigError."""
    found = dict(parse_qsl(query, keep_blank_values=True))
    for name in found:
        if name not in known:
            raise ConfigError(f"no option {name!r}{nearest(name, known)}")
    return found
