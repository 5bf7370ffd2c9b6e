# -*- test-case-name: tests.redis.test_address -*-
"""address: where a Redis server is and how it is entered: `name=a;addr=192.0.2.5;port=6379;db=1;pass=secret;tls=1`."""

from __future__ import annotations

from dataclasses import dataclass, field

from sipapp.errors import ConfigError
from sipapp.interfaces.http import Profile
from sipapp.nearest import nearest

PORT, SENTINEL_PORT = 6379, 26379
MAX_SENTINELS = 10

_NUMBERS = frozenset(("port", "db", "tls", "sentinel_master"))
_TLS = {"ca": "ca_file", "cert": "certificate", "key": "key"}
_KEYS = _NUMBERS | {"name", "addr", "pass", "user", "unix", "sentinel", "sentinel_group", *_TLS}


@dataclass(frozen=True, slots=True)
class Address:
    """One server. Its place is `unix`, else what the sentinels say, or the nodes of the cluster about the slot, else
    `host` and `port`."""

    name: str
    host: str = "127.0.0.1"
    port: int = PORT
    db: int = 0
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    unix: str | None = None
    tls: Profile | None = None  # None: without TLS
    sentinels: tuple[tuple[str, int], ...] = ()
    group: str = ""
    master: bool = True  # the master of the group; else one of its replicas
    cluster: tuple[tuple[str, int], ...] = ()
    slot: int = 0

    def __str__(self) -> str:
        if self.unix:
            return f"unix:{self.unix}"
        if self.cluster:
            return "cluster of " + ",".join(f"{host}:{port}" for host, port in self.cluster)
        return f"sentinels of {self.group}" if self.sentinels else f"{self.host}:{self.port}"


def parse_server(text: str) -> Address:
    """One server of the parameter `server`. Raises ConfigError."""
    facts: dict[str, str] = {}
    sentinels: list[tuple[str, int]] = []
    for piece in text.split(";"):
        key, equals, value = (part.strip() for part in piece.partition("="))
        if not piece.strip():
            continue
        if key not in _KEYS or not equals:
            raise ConfigError(f"a server has no {key!r}{nearest(key, _KEYS)}")
        if key in _NUMBERS and not value.isdigit():
            raise ConfigError(f"{key} is a number, not {value!r}")
        if key == "sentinel":
            sentinels.append(place(value, SENTINEL_PORT))
        else:
            facts[key] = value
    if not facts.get("name"):
        raise ConfigError(f"a server needs a name: name=...;{text}")
    if len(sentinels) > MAX_SENTINELS:
        raise ConfigError(f"a server has at most {MAX_SENTINELS} sentinels")
    if sentinels and not facts.get("sentinel_group"):
        raise ConfigError("sentinels need a sentinel_group")
    return Address(
        facts["name"],
        facts.get("addr", "127.0.0.1"),
        int(facts.get("port", PORT)),
        int(facts.get("db", 0)),
        facts.get("user"),
        facts.get("pass"),
        facts.get("unix"),
        _tls(facts),
        tuple(sentinels),
        facts.get("sentinel_group", ""),
        facts.get("sentinel_master", "1") != "0",
    )


def _tls(facts: dict[str, str]) -> Profile | None:
    files = {_TLS[key]: value for key, value in facts.items() if key in _TLS}
    if facts.get("tls", "0") != "0":
        return Profile(**files)  # type: ignore[arg-type]
    if files:
        raise ConfigError("ca, cert and key are for tls=1")
    return None


def place(text: str, default: int) -> tuple[str, int]:
    """`host:port`, `[2001:db8::1]:port` or a host alone. Raises ConfigError."""
    host, colon, digits = text.rpartition(":")
    if not colon or (":" in host and not host.endswith("]")):
        host, digits = text, str(default)
    if not host or not digits.isdigit() or not 0 < int(digits) < 65536:
        raise ConfigError(f"not HOST:PORT: {text!r}")
    return host.strip("[]"), int(digits)
