# -*- test-case-name: tests.modules.http_async_client.test_options -*-
"""options: what $http_req(...) says of the next request."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from sipapp.http.authentication import methods
from sipapp.http.fields import FORM, parse_fields, with_usual
from sipapp.interfaces.http import PRIOR_KNOWLEDGE, HttpRequest, Profile
from sipapp.module import ConfigError, ScriptError, Value

METHODS = (b"GET", b"POST", b"PUT", b"DELETE", b"PATCH")


@dataclass(slots=True)
class Options:
    """One request's; the defaults are those of the module's parameters. timeout: ms."""

    hdr: list[bytes] = field(default_factory=list)
    body: bytes | None = None
    method: bytes | None = None
    timeout: int = 500
    suspend: bool = True
    tls_client_cert: str | None = None
    tls_client_key: str | None = None
    tls_ca_path: str | None = None
    tls_verify_peer: bool = True
    tls_verify_host: bool = True
    tls_version: int = 0
    authmethod: int = 3
    username: bytes | None = None
    password: bytes = b""
    keepalive: bool = False
    ka_idle: int = 0
    ka_interval: int = 0
    follow_redirect: bool = False
    http_version: int = 0

    def assign(self, key: str, value: Value, defaults: Options) -> None:
        """What `$http_req(key) = value` does; null takes the default back. Raises ScriptError: of the wrong type."""
        name = key.replace("-", "_")
        if value is None:
            setattr(self, name, list(defaults.hdr) if name == "hdr" else getattr(defaults, name))
            return
        convert = _TYPES[key]
        wants_text = convert in (_text, _path)
        if wants_text != isinstance(value, bytes):
            raise ScriptError(f"invalid value type for $http_req({key})")
        if name == "hdr":
            self.hdr.append(value)  # type: ignore[arg-type]
        elif name == "method" and value not in METHODS:
            raise ScriptError(f"unsupported method: {value!r}")
        elif name == "http_version" and value not in range(PRIOR_KNOWLEDGE + 1):
            raise ScriptError(f"no such http_version: {value!r}")
        else:
            setattr(self, name, convert(value))

    def request(self, url: bytes, agent: bytes, redirects: int) -> HttpRequest:
        """The request that these make."""
        fields, unwanted = parse_fields(b"\r\n".join(self.hdr))
        content_type = FORM if self.body else None
        return HttpRequest(
            self.method or (b"POST" if self.body else b"GET"),
            url,
            with_usual(fields, unwanted, (b"User-Agent", agent), (b"Content-Type", content_type)),
            self.body or None,
            self.timeout / 1000,
            _profile(
                self.tls_verify_peer,
                self.tls_verify_host,
                self.tls_ca_path,
                self.tls_client_cert,
                self.tls_client_key,
                self.tls_version,
                (self.ka_idle, self.ka_interval) if self.keepalive else None,
                self.http_version,
            ),
            user=self.username,
            password=self.password,
            authentication=self.authmethod,
            redirects=redirects if self.follow_redirect else 0,
            fixed_method=self.method is not None,
        )


@lru_cache(maxsize=256)
def _profile(
    verify_peer: bool,
    verify_host: bool,
    ca_path: str | None,
    certificate: str | None,
    key: str | None,
    tls_version: int,
    keepalive: tuple[int, int] | None,
    http_version: int,
) -> Profile:
    return Profile(
        verify_peer=verify_peer,
        verify_host=verify_host,
        ca_path=ca_path,
        certificate=certificate,
        key=key,
        tls_version=tls_version,
        keepalive=keepalive,
        http_version=http_version,
    )


def _text(value: Any) -> bytes:
    return bytes(value)


def _path(value: Any) -> str:
    return bytes(value).decode("utf-8", "surrogateescape")


def _methods(value: Any) -> int:
    try:
        return methods(int(value))
    except ConfigError as why:
        raise ScriptError(why.reason) from None


_TYPES: dict[str, Callable[[Any], Any]] = {
    "hdr": _text,
    "body": _text,
    "method": _text,
    "timeout": int,
    "suspend": bool,
    "tls_client_cert": _path,
    "tls_client_key": _path,
    "tls_ca_path": _path,
    "tls_verify_peer": bool,
    "tls_verify_host": bool,
    "authmethod": _methods,
    "username": _text,
    "password": _text,
    "keepalive": bool,
    "ka-idle": int,
    "ka-interval": int,
    "tcp_keepalive": bool,
    "tcp_ka_idle": int,
    "tcp_ka_interval": int,
    "follow_redirect": bool,
    "http_version": int,
}

_ALIASES = {"tcp_keepalive": "keepalive", "tcp_ka_idle": "ka-idle", "tcp_ka_interval": "ka-interval"}

KEYS = ("all", *_TYPES)
"""Every key of $http_req()."""


def key_of(name: bytes) -> str:
    """A key by any of its names."""
    text = name.decode()
    return _ALIASES.get(text, text)
