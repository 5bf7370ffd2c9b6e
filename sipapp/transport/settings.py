# -*- test-case-name: tests.transport.test_settings -*-
"""settings: the core parameters that the transport layer obeys, under their names in the script."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Any, Protocol

from sipapp.errors import Position


class ListenLine(Protocol):
    """One `listen=` or socket block as the script has it."""

    at: Position
    proto: str | None
    host: str
    port: int | None
    advertise_host: str | None
    advertise_port: int | None
    name: str | None
    virtual: bool


class AliasLine(Protocol):
    """One `alias=` of the script."""

    proto: str | None
    host: str
    port: int | None


@dataclass
class Settings:
    """Every one may be changed while the server runs; what is open already keeps the old value."""

    listen: list[ListenLine] = field(default_factory=list)
    alias: list[AliasLine] = field(default_factory=list)
    port: int = 5060
    tls_port_no: int = 5061
    advertised_address: str | None = None
    advertised_port: int | None = None
    auto_aliases: bool = True
    auto_bind_ipv6: bool = False
    disable_tcp: bool = False
    disable_tls: bool = True
    mhomed: bool = False
    reply_to_via: bool = False
    force_rport: bool = False

    maxbuffer: int = 4 << 20  # bytes of SO_RCVBUF; Kamailio's 262144 overflows in one burst
    maxsndbuffer: int = 4 << 20  # bytes of SO_SNDBUF
    tos: int = 0x10
    pmtu_discovery: int = 0
    ip_free_bind: bool = False
    mcast: str | None = None  # the interface that groups are joined on
    mcast_loopback: bool = False
    mcast_ttl: int = -1  # -1: the system's
    tcp_reuse_port: bool = False
    udp_queue_max: int = 4096  # datagrams that wait for the kernel, per socket
    msg_recv_max_size: int = 32767  # bytes of one message on a stream

    tcp_max_connections: int = 2048
    tcp_accept_iplimit: int = 1024  # connections from one address; 0: any number
    tcp_listen_backlog: int = 1024
    tcp_connection_lifetime: int = 120  # s without a message either way
    tcp_connect_timeout: int = 10  # s
    tcp_send_timeout: int = 10  # s in which the peer reads nothing of what waits for it
    tcp_msg_read_timeout: int = 20  # s from the first to the last byte of a message
    tcp_msg_data_timeout: int = 20  # s from the connection to its first message
    tcp_conn_wq_max: int = 32768  # bytes that wait for one peer
    tcp_wq_max: int = 10485760  # bytes that wait for all peers
    tcp_no_connect: bool = False
    tcp_accept_aliases: bool = False
    tcp_accept_no_cl: bool = False
    tcp_crlf_ping: bool = True
    tcp_keepalive: bool = True
    tcp_keepidle: int = 0  # s; 0: as the system has it
    tcp_keepintvl: int = 0
    tcp_keepcnt: int = 0
    tcp_source_ipv4: str | None = None
    tcp_source_ipv6: str | None = None

    use_dns_cache: bool = True
    dns_cache_negative_ttl: int = 60  # s
    dns_cache_min_ttl: int = 0  # s
    dns_cache_max_ttl: int = -1  # s; -1: no limit
    dns_cache_max_entries: int = 20000
    dns_try_ipv6: bool = True
    dns_try_naptr: bool = False
    dns_naptr_ignore_rfc: bool = True
    dns_srv_lb: bool = False
    dns_cache_rec_pref: int = 0  # 1: IPv4 first, 2: IPv6 first
    dns_udp_pref: int = 30
    dns_tcp_pref: int = 20
    dns_tls_pref: int = 10
    dns_retr_time: int = -1  # s to wait for one server; -1: as resolv.conf has it
    dns_retr_no: int = -1  # further tries
    dns_servers_no: int = -1  # how many of the servers to ask
    dns_use_search_list: bool = True
    dns_servers: list[str] = field(default_factory=list)  # addresses, instead of those in resolv.conf
    dns_total_time: float = 8.0  # s after which a next hop counts as not found

    @classmethod
    def of(cls, config: Any) -> Settings:
        """The settings that `config` has as attributes; the defaults for those that it lacks or has as None."""
        given = {} if config is None else vars(config)
        return cls(**{one.name: given[one.name] for one in fields(cls) if given.get(one.name) is not None})
