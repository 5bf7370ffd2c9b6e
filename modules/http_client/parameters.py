# -*- test-case-name: tests.modules.http_client.test_parameters -*-
"""parameters: what modparam() says to http_client."""

from __future__ import annotations

from pathlib import Path

from sipapp.backend import Limits
from sipapp.http.authentication import methods
from sipapp.http.engines import parse_engine
from sipapp.interfaces.http import Profile
from sipapp.module import ConfigError, modparam

from .connections import Connection, Settings, parse_connection, parse_file, tls_version


class Parameters:
    """Times in the unit of `timeout_mode`."""

    connection_timeout: int = modparam(default=4, minimum=0, doc="for a whole request, in the unit of `timeout_mode`")
    timeout_mode: int = modparam(
        default=1, minimum=0, maximum=2, doc="1: time-outs are seconds; 2: milliseconds; 0: there are none"
    )
    cacert: str | None = modparam(default=None, doc="PEM file of the CAs that are trusted; the system's without it")
    client_cert: str | None = modparam(default=None, doc="PEM file of our certificate, for servers that want one")
    client_key: str | None = modparam(default=None, doc="PEM file of its key")
    cipher_suites: str | None = modparam(default=None, doc="ciphers, as a list of OpenSSL")
    tlsversion: int = modparam(
        default=0, minimum=0, maximum=7, doc="lowest version of TLS: 4 for 1.0, 5 for 1.1, 6 for 1.2, 7 for 1.3, 0: 1.2"
    )
    verify_peer: int = modparam(default=1, doc="0: a server's certificate may be from anybody")
    verify_host: int = modparam(default=2, doc="0: a server's certificate may be for another host")
    httpproxy: str | None = modparam(default=None, doc="HTTP proxy: a host, or http://host")
    httpproxyport: int = modparam(default=0, minimum=0, maximum=65535, doc="its port; 0: connections use no proxy")
    httpredirect: int = modparam(default=0, doc="1: follow redirects, 30 at most")
    useragent: str | None = modparam(default=None, doc="User-Agent of requests; the server's own without it")
    maxdatasize: int = modparam(
        default=0, minimum=0, unit="bytes", doc="http_connect(): what is longer is cut; 0: 8 MB"
    )
    config_file: str | None = modparam(default=None, doc="file of connections: [NAME], then lines of key = value")
    httpcon: list[Connection] = modparam(
        default=[],
        parse="_connection",
        doc="NAME=>http[s]://[user[:password]@]host[/path][;key=value]...; keys: timeout, useragent, maxdatasize, "
        "verify_peer, verify_host, client_cert, client_key, cipher_suites, tlsversion, httpredirect, httpproxy, "
        "httpproxyport, authmethod, keep_connections, failover; others are as the parameters above this line say",
    )
    authmethod: int = modparam(
        default=3,
        doc="how to prove who we are: 1 Basic, 2 Digest, 3 what the server wants of both; neither GSS-Negotiate (4) "
        "nor NTLM (8) is taken",
    )
    keep_connections: int = modparam(default=0, doc="1: keep connections open for the next request")
    query_result: int = modparam(default=1, doc="1: http_client_query() and its like give the first line only; 0: all")
    query_maxdatasize: int = modparam(default=0, minimum=0, unit="bytes", doc="as `maxdatasize`, for these")
    netinterface: str | None = modparam(default=None, doc="local IP address that requests come from")
    response_headers: int = modparam(default=0, doc="1: keep the header fields of answers, for $httprhdr(name)")
    engine: str | None = modparam(
        default=None,
        parse=parse_engine,
        doc="what makes the requests: curl (`pip install 'sipapp[curl]'`, faster) or treq; the first that is installed",
    )
    backend: list[tuple[str, Limits]] = modparam(
        default=[],
        parse=Limits.parse,
        doc="NAME=>in_flight=256;queue=10000;failure_rate=0;window=10;min_calls=20;open_time=5;probes=1: how many "
        "requests a server gets at a time, how many more wait, and the % of failures that opens its circuit. NAME: of "
        "a connection, HOST:PORT, or * for all others",
    )

    # -- what they come to

    def _settings(self) -> Settings:
        """What the parameters say so far."""
        return Settings(
            timeout=self.connection_timeout or 4,
            user_agent=self.useragent or "",
            redirect=bool(self.httpredirect),
            maxdatasize=self.maxdatasize,
            authentication=methods(self.authmethod),
            proxy=self.httpproxy or "",
            proxy_port=self.httpproxyport,
            profile=Profile(
                verify_peer=bool(self.verify_peer),
                verify_host=bool(self.verify_host),
                ca_file=self.cacert,
                certificate=self.client_cert,
                key=self.client_key,
                ciphers=self.cipher_suites,
                tls_version=tls_version("tlsversion", str(self.tlsversion)),
                interface=self.netinterface,
                keep=bool(self.keep_connections),
            ),
        )

    def _connection(self, text: str) -> Connection:
        return parse_connection(text, self._settings())

    def _from_file(self) -> list[Connection]:
        if not self.config_file:
            return []
        try:
            text = Path(self.config_file).read_text(encoding="utf-8", errors="surrogateescape")
        except OSError as why:
            raise ConfigError(f'modparam("http_client", "config_file"): {self.config_file}: {why.strerror}') from None
        return parse_file(text, self._settings())
