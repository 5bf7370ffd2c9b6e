# -*- test-case-name: tests.http.test_engines -*-
"""engines: which of those that make HTTP exchanges there are here, and which one is used."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING

from twisted.internet.interfaces import IReactorFDSet

from sipapp.errors import ConfigError

if TYPE_CHECKING:
    from sipapp.interfaces.http import IHttpEngine
    from sipapp.interfaces.server import IServer

_PACKAGES = {"curl": "pycurl", "treq": "treq"}


def available() -> list[str]:
    """The engines whose packages are installed, the fastest first."""
    return [name for name, package in _PACKAGES.items() if find_spec(package) is not None]


if not available():
    raise ImportError("the packages of HTTP clients are missing: pip install 'sipapp[http]'")


def parse_engine(name: str) -> str:
    """The value of a parameter `engine`. Raises ConfigError: there is no such engine, or it is not installed."""
    if name not in _PACKAGES:
        raise ConfigError(f"no such engine: {name!r}; there are {', '.join(_PACKAGES)}")
    if name not in available():
        extra = "curl" if name == "curl" else "http"
        raise ConfigError(f"the engine {name} is not installed: pip install 'sipapp[{extra}]'")
    return name


def speaks_http2(name: str | None = None) -> bool:
    """Whether this engine does, or the one that is used without a name."""
    if (name or available()[0]) != "curl":
        return False
    import pycurl

    return bool(pycurl.version_info()[4] & pycurl.VERSION_HTTP2)


def make_engine(server: IServer, name: str | None = None) -> IHttpEngine:
    """An engine on the server's reactor and name servers; libcurl's wants a reactor that watches descriptors."""
    if (name or available()[0]) == "curl" and IReactorFDSet.providedBy(server.reactor):
        from sipapp.http.curl import CurlEngine

        return CurlEngine(server.reactor, server.transport.lookup, server.transport.together)
    from sipapp.http.engine import TreqEngine

    return TreqEngine(server.reactor, server.transport.lookup)
