# -*- test-case-name: tests.modules.http_client.test_connections -*-
"""connections: what `httpcon` and the file `config_file` define: a server, and how to speak to it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import Any

from sipapp.http.authentication import methods
from sipapp.interfaces.http import Profile
from sipapp.module import ConfigError
from sipapp.module.definitions import pairs

_DEFINITION = re.compile(r"\s*([^\s=]+)\s*=>\s*(https?)://(.*)", re.DOTALL | re.IGNORECASE).fullmatch
_SECTION = re.compile(r"\[\s*(?:client\.http\.)?([\w-]+)\s*\]").fullmatch
_TLS_NAMES = {"DEFAULT": 0, "TLSV1": 1, "SSLV2": 2, "SSLV3": 3, "TLSV1.0": 4, "TLSV1.1": 5, "TLSV1.2": 6, "TLSV1.3": 7}
_YES, _NO = ("1", "yes", "true", "on", "enabled"), ("0", "no", "false", "off", "disabled")


@dataclass(frozen=True, slots=True)
class Settings:
    """How requests are made: of a connection, or of the functions that take a whole URL. Times are s, sizes bytes."""

    timeout: float = 4.0
    user_agent: str = ""
    redirect: bool = False
    maxdatasize: int = 0
    authentication: int = 3
    proxy: str = ""
    proxy_port: int = 0
    profile: Profile = field(default_factory=lambda: Profile(keep=False))

    def complete(self, need_port: bool = True) -> Settings:
        """With the proxy in the profile; need_port: it is asked only where a port is given, too."""
        if not self.proxy or (need_port and not self.proxy_port):
            return self
        proxy = (self.proxy.partition("://")[2] or self.proxy).rstrip("/")
        if self.proxy_port:
            proxy = f"{proxy}:{self.proxy_port}"
        return replace(self, profile=self.profile._replace(proxy=proxy))


@dataclass(frozen=True, slots=True)
class Connection:
    """One definition; `url` is without user and password."""

    name: str
    url: bytes
    user: bytes | None
    password: bytes = field(repr=False)
    failover: str
    settings: Settings

    def url_of(self, path: bytes) -> bytes:
        """The URL for what a script asks of this server."""
        if not path:
            return self.url
        return self.url + path if path[:1] == b"/" else b"%b/%b" % (self.url, path)


def parse_connection(text: str, defaults: Settings) -> Connection:
    """`NAME=>http[s]://[user[:password]@]host[/path][;key=value]...`. Raises ConfigError."""
    found = _DEFINITION(text)
    if found is None:
        raise ConfigError(f"not NAME=>http://host/path;key=value...: {_without_password(text)!r}")
    name, scheme, rest = found.groups()
    login, sign, rest = rest.rpartition("@") if "@" in rest.partition(";")[0] else ("", "", rest)
    place, _, options = rest.partition(";")
    user, _, password = login.partition(":")
    values = dict(pairs(options))
    failover = values.pop("failover", "")
    return Connection(
        name,
        f"{scheme.lower()}://{place.strip()}".encode(),
        user.encode() if sign else None,
        password.encode(),
        failover,
        with_options(name, defaults, values),
    )


def with_options(name: str, settings: Settings, values: dict[str, str]) -> Settings:
    """The settings with what a definition says of its own. Raises ConfigError: an unknown key, a wrong value."""
    changed: dict[str, Any] = {}
    profile: dict[str, Any] = {}
    for given, value in values.items():
        key = _ALIASES.get(given, given)
        if key in _TEXTS:
            changed[_TEXTS[key]] = value
        elif key in _NUMBERS:
            number = _number(name, key, value)
            changed[_NUMBERS[key]] = methods(number) if key == "authmethod" else number
        elif key in _SWITCHES:
            profile[_SWITCHES[key]] = _switch(name, key, value)
        elif key in _PROFILE:
            profile[_PROFILE[key]] = value or None
        elif key in ("httpredirect", "http_follow_redirect"):
            changed["redirect"] = _switch(name, key, value)
        elif key == "tlsversion":
            profile["tls_version"] = tls_version(name, value)
        else:
            raise ConfigError(f"{name}: no such key: {given!r}")
    return replace(settings, profile=settings.profile._replace(**profile), **changed)


_ALIASES = {"http_proxy": "httpproxy", "http_proxy_port": "httpproxyport", "keepconnections": "keep_connections"}
_TEXTS = {"useragent": "user_agent", "httpproxy": "proxy"}
_NUMBERS = {
    "timeout": "timeout",
    "maxdatasize": "maxdatasize",
    "authmethod": "authentication",
    "httpproxyport": "proxy_port",
}
_SWITCHES = {"verify_peer": "verify_peer", "verify_host": "verify_host", "keep_connections": "keep"}
_PROFILE = {"client_cert": "certificate", "client_key": "key", "cipher_suites": "ciphers"}


def tls_version(name: str, value: str) -> int:
    """curl's number, or a name such as TLSv1.2. Raises ConfigError."""
    number = _TLS_NAMES.get(value.upper().replace("V1_", "V1."), int(value) if value.isdigit() else -1)
    if not 0 <= number <= 7:
        raise ConfigError(f"{name}: no such tlsversion: {value!r}")
    return number


def _number(name: str, key: str, value: str) -> int:
    if not value.isascii() or not value.isdigit():
        raise ConfigError(f"{name}: {key} must be a number, got {value!r}")
    return int(value)


def _switch(name: str, key: str, value: str) -> bool:
    if value.lower() in _NO:
        return False
    if value.lower() in _YES or (key == "verify_host" and value == "2"):
        return True
    raise ConfigError(f"{name}: {key} must be 0 or 1, got {value!r}")


def parse_file(text: str, defaults: Settings) -> list[Connection]:
    """The connections of a file of sections: `[NAME]`, then `key = value` lines. Raises ConfigError."""
    sections: dict[str, dict[str, str]] = {}
    values: dict[str, str] | None = None
    for number, written in enumerate(text.splitlines(), 1):
        line = written.strip()
        if not line or line[0] in "#;":
            continue
        section = _SECTION(line)
        if section is not None:
            values = sections.setdefault(section[1], {})
            continue
        key, equals, value = line.partition("=")
        if values is None or not equals:
            raise ConfigError(f"line {number}: not [NAME] or key = value: {_without_password(line)!r}")
        values[key.strip().lower()] = value.strip().strip('"')
    return [_of_section(name, values, defaults) for name, values in sections.items()]


def _of_section(name: str, values: dict[str, str], defaults: Settings) -> Connection:
    url = values.pop("url", "")
    if not re.match("https?://.", url, re.IGNORECASE):
        raise ConfigError(f"{name}: url must be http:// or https://, got {url!r}")
    user, password = values.pop("username", None), values.pop("password", "")
    failover = values.pop("failover", "")
    return Connection(
        name,
        url.encode(),
        None if user is None else user.encode(),
        password.encode(),
        failover,
        with_options(name, defaults, values),
    )


def _without_password(text: str) -> str:
    """Fit for a log."""
    return re.sub("(://[^:@/]*):[^@/]*@", r"\1:***@", re.sub(r"(?i)(password\s*=).*", r"\1***", text))
