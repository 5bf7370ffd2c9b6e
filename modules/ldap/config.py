# -*- test-case-name: tests.modules.ldap.test_config -*-
"""config: the file that names the LDAP servers: one section a session, `key = value ; comment`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from sipapp.module import ConfigError
from sipapp.nearest import nearest

_SECTION = re.compile(r"\[\s*([^\]\s]+)\s*\]").fullmatch
_ITEM = re.compile(r"""([A-Za-z_]+)\s*=\s*(?:"([^"]*)"|([^;]*?))\s*(?:;.*)?""").fullmatch
_SERVER = re.compile(r"(ldaps?)://(\[[0-9A-Fa-f:.]+\]|[^\s:/]+)(?::([0-9]+))?/?").fullmatch

_PORTS = {"ldap": 389, "ldaps": 636}
_NUMBERS = {
    "ldap_version": 3,
    "ldap_network_timeout": 1000,
    "ldap_client_bind_timeout": 1000,
    "ldap_client_search_timeout": 5000,
}
_KEYS = frozenset((*_NUMBERS, "ldap_server_url", "ldap_bind_dn", "ldap_bind_password"))


@dataclass(frozen=True, slots=True)
class Place:
    """A server."""

    host: str
    port: int
    tls: bool


@dataclass(frozen=True, slots=True)
class Session:
    """Servers that are tried in turn, and who we are to them. Times in seconds."""

    name: str
    places: tuple[Place, ...]
    bind_dn: str = ""
    password: str = ""
    version: int = 3
    connect_timeout: float = 1.0
    bind_timeout: float = 1.0
    search_timeout: float = 5.0


def read_sessions(path: str) -> dict[str, Session]:
    """Raises ConfigError: the file cannot be read, or is wrong, with the line."""
    try:
        text = Path(path).read_text(encoding="utf-8")
    except OSError as why:
        raise ConfigError(f"{path}: {why.strerror}") from None
    sections: dict[str, dict[str, str]] = {}
    facts: dict[str, str] | None = None
    for number, raw in enumerate(_joined(text), 1):
        line = raw.strip()
        if not line or line[0] in "#;":
            continue
        section = _SECTION(line)
        if section is not None:
            facts = sections[section[1]] = {}
            continue
        item = _ITEM(line)
        if item is None or facts is None:
            raise ConfigError(f"{path}:{number}: neither [section] nor key = value")
        if item[1] not in _KEYS:
            raise ConfigError(f"{path}:{number}: no such key {item[1]!r}{nearest(item[1], _KEYS)}")
        facts[item[1]] = item[2] if item[2] is not None else item[3]
    try:
        return {name: _session(name, facts) for name, facts in sections.items()}
    except ConfigError as why:
        raise ConfigError(f"{path}: {why.reason}") from None


def _joined(text: str) -> list[str]:
    """Lines; one that ends within quotes goes on in the next."""
    lines: list[str] = []
    for line in text.splitlines():
        if lines and lines[-1].count('"') % 2 and not lines[-1].lstrip().startswith("#"):
            lines[-1] += " " + line.strip()
        else:
            lines.append(line)
    return lines


def _session(name: str, facts: dict[str, str]) -> Session:
    numbers = {}
    for key, default in _NUMBERS.items():
        text = facts.get(key, str(default))
        if not text.isdigit():
            raise ConfigError(f"[{name}]: {key} is a number, not {text!r}")
        numbers[key] = int(text)
    places = tuple(_place(name, url.strip()) for url in facts.get("ldap_server_url", "").split(",") if url.strip())
    if not places:
        raise ConfigError(f"[{name}]: ldap_server_url is missing")
    return Session(
        name,
        places,
        facts.get("ldap_bind_dn", ""),
        facts.get("ldap_bind_password", ""),
        numbers["ldap_version"],
        numbers["ldap_network_timeout"] / 1000,
        numbers["ldap_client_bind_timeout"] / 1000,
        numbers["ldap_client_search_timeout"] / 1000,
    )


def _place(name: str, url: str) -> Place:
    match = _SERVER(url)
    if match is None:
        raise ConfigError(f"[{name}]: not ldap://HOST:PORT: {url!r}")
    scheme, host, port = match.groups()
    return Place(host.strip("[]"), int(port or _PORTS[scheme]), scheme == "ldaps")
