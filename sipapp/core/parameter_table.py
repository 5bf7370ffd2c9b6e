# -*- test-case-name: tests.core.test_parameter_table -*-
"""parameter_table: what each core parameter means here and what it is when the script does not say.

The texts are the manual of these parameters. Their syntax is in `sipapp.script.parameter_syntax`.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from sipapp import __version__


class Parameter(NamedTuple):
    """One core parameter."""

    name: str
    default: Any  # its type is the attribute's: bool, int, str (also for None) or bytes
    doc: str = ""
    unit: str = ""
    notice: str = ""  # why it means nothing here; it is accepted all the same


_ROWS: tuple[tuple[Any, ...], ...] = (
    # -- sockets
    ("port", 5060, "the port of sockets that name none"),
    ("tls_port_no", 5061, "the port of TLS sockets that name none"),
    ("advertised_address", None, "the host that Via and Record-Route show instead of the socket's"),
    ("advertised_port", None, "the port that Via and Record-Route show instead of the socket's"),
    ("iuid", "", "an id for this server: what $iuid is"),
    ("auto_aliases", True, "the names that the sockets' addresses resolve to are names of ours"),
    ("auto_bind_ipv6", False, "without a listen line, listen on IPv6 addresses as well"),
    ("ip_free_bind", 0, "listen on addresses that this machine does not have yet"),
    ("mhomed", False, "find the socket to send from by asking the system for the route to the target"),
    ("tos", 16, "the type of service of what is sent; IPTOS_LOWDELAY is 16"),
    ("pmtu_discovery", 0, "1: forbid routers to fragment UDP"),
    ("maxbuffer", 4 << 20, "how far a UDP socket's receive buffer may grow", "bytes"),
    ("maxsndbuffer", 4 << 20, "how far a UDP socket's send buffer may grow", "bytes"),
    ("udp_queue_max", 4096, "datagrams that may wait for the kernel to take them, for each socket"),
    ("udp_mtu", 0, "requests longer than this go by `udp_mtu_try_proto`; 0: never", "bytes"),
    ("udp_mtu_try_proto", None, "the protocol for requests that are too long for UDP"),
    ("mcast", None, "the interface that multicast groups are joined on; the system's choice without it"),
    ("mcast_loopback", False, "multicast datagrams that we send also come back to this machine"),
    ("mcast_ttl", -1, "the time to live of multicast datagrams; -1: the system's"),
    ("reply_to_via", False, "responses go to the Via's address even where the request came from another"),
    ("force_rport", False, "every request is treated as if force_rport() were called"),
    ("local_rport", False, "every request sent asks for rport in our Via"),
    ("disable_tcp", False, "listen and send by UDP only"),
    ("disable_tls", True, "no TLS; `enable_tls` is the opposite"),
    # -- streams
    ("tcp_max_connections", 2048, "how many TCP connections may be open"),
    ("tls_max_connections", 2048, "how many TLS connections may be open"),
    ("tcp_accept_iplimit", 1024, "how many connections one address may have; 0: any number"),
    ("tcp_listen_backlog", 1024, "connections that may wait to be accepted"),
    ("tcp_connection_lifetime", 120, "how long a connection stays open without a message; -1: for ever", "s"),
    ("tcp_connect_timeout", 10, "how long a connection may take to come about", "s"),
    ("tcp_send_timeout", 10, "how long a peer may read nothing of what waits for it", "s"),
    ("tcp_msg_read_timeout", 20, "how long a message may take from its first to its last byte", "s"),
    ("tcp_msg_data_timeout", 20, "how long a new connection may stay silent", "s"),
    ("tcp_conn_wq_max", 32768, "what may wait to be sent on one connection", "bytes"),
    ("tcp_wq_max", 10485760, "what may wait to be sent on all connections", "bytes"),
    ("msg_recv_max_size", 32767, "the longest message that a stream may bring", "bytes"),
    ("tcp_no_connect", False, "never open a connection, use those that peers have opened"),
    ("tcp_accept_aliases", False, "a Via's `alias` parameter makes a connection one to the Via's port (RFC 5923)"),
    ("tcp_accept_no_cl", False, "messages on streams may lack Content-Length"),
    ("tcp_crlf_ping", True, "answer double CRLF with CRLF (RFC 5626)"),
    ("tcp_keepalive", True, "TCP keep-alive"),
    ("tcp_keepidle", 0, "silence before the first keep-alive; 0: the system's", "s"),
    ("tcp_keepintvl", 0, "time between keep-alives; 0: the system's", "s"),
    ("tcp_keepcnt", 0, "unanswered keep-alives that end a connection; 0: the system's"),
    ("tcp_source_ipv4", None, "the address that IPv4 connections are opened from"),
    ("tcp_source_ipv6", None, "the address that IPv6 connections are opened from"),
    ("tcp_reuse_port", False, "several servers may listen on one TCP port"),
    # -- names
    ("use_dns_cache", True, "remember what the name servers answered"),
    ("use_dns_failover", False, "try the next address of a name when one does not answer"),
    ("dns_try_ipv6", True, "look for IPv6 addresses too"),
    ("dns_try_naptr", False, "look for NAPTR records first (RFC 3263)"),
    ("dns_srv_lb", False, "spread over SRV records by their weights"),
    ("dns_udp_pref", 30, "how much UDP is liked among NAPTR records; negative: never"),
    ("dns_tcp_pref", 20, "how much TCP is liked among NAPTR records; negative: never"),
    ("dns_tls_pref", 10, "how much TLS is liked among NAPTR records; negative: never"),
    ("dns_naptr_ignore_rfc", True, "our preferences count, not the order of the NAPTR records"),
    ("dns_cache_rec_pref", 0, "1: IPv4 addresses first, 2: IPv6 first"),
    ("dns_cache_negative_ttl", 60, "how long it is remembered that a name does not exist", "s"),
    ("dns_cache_min_ttl", 0, "the shortest time that an answer is kept", "s"),
    ("dns_cache_max_ttl", -1, "the longest time that an answer is kept; -1: as long as it says", "s"),
    ("dns_retr_time", -1, "how long to wait for one name server; -1: as resolv.conf has it", "s"),
    ("dns_retr_no", -1, "how often to ask again; -1: as resolv.conf has it"),
    ("dns_servers_no", -1, "how many name servers to ask; -1: all of them"),
    ("dns_use_search_list", True, "short names are looked for in the domains of resolv.conf"),
    ("dns", False, "compare the Via's host with the source by DNS before writing `received`"),
    # -- messages and responses
    ("server_signature", True, "responses and requests of ours name this server"),
    ("server_header", f"Server: sipapp ({__version__})".encode(), "the Server field of our responses"),
    ("user_agent_header", f"User-Agent: sipapp ({__version__})".encode(), "the User-Agent field of our requests"),
    ("server_id", 0, "a number for this server, in $def-like places and Via parameters"),
    ("sip_warning", False, "our responses carry a Warning field that helps to debug"),
    ("check_via", False, "responses whose top Via is not ours are dropped"),
    ("xavp_via_params", None, "the $xavp whose fields become parameters of our Via"),
    ("xavp_via_fields", None, "the $xavp whose fields `address` and `port` go into our Via"),
    ("xavp_via_reply_params", None, "the $xavp whose fields become parameters of the Via in responses"),
    # -- the script
    ("children", 1, "worker processes that share the sockets, one for each core; a call stays with one of them"),
    ("max_while_loops", 100, "rounds after which a while loop ends"),
    ("max_recursive_level", 256, "how deep routes may call each other"),
    ("max_branches", 12, "branches that a transaction may have"),
    ("return_mode", 0, "1: any value but 0 is true, also a negative one"),
    ("onsend_route_reply", 0, "1: onsend_route also runs for responses"),
    ("received_route_mode", 0, "1: event_route[core:msg-received] runs"),
    ("suspend_timeout", 120, "a script that waits longer is ended with 408", "s"),
    ("suspend_max", 100000, "scripts that may wait at a time; a request that would be one more gets 503"),
    ("async_workers_group", None, "a group for async_task_group_route(): `name=g1;workers=4`; one line each"),
    ("async_tkv_gname", None, "the group that runs what async_tkv_emit() emits"),
    ("async_tkv_evcb", None, "the event route that runs what async_tkv_emit() emits: `core:tkv`"),
    # -- logs, process
    ("debug", 0, "what is logged: -1 errors, 0 warnings, 1 notices, 2 information, 3 everything"),
    ("log_stderror", False, "log to stderr"),
    ("log_format", "text", '"text" or "json"'),
    ("log_prefix", b"", "a text with variables before every line of xlog() and its kin"),
    ("log_prefix_mode", 0, "1: evaluate the prefix for every line, not once in a run of the script"),
    (
        "store",
        "",
        "where tables are that all runs of the script share (htable, $shv, cachedb_local): `memory:`, of "
        "this process alone; `lmdb:/dev/shm/NAME?size=MB`, of several processes of this machine; `redis://:PASSWORD@"
        "HOST:PORT/DB?prefix=TEXT` (`rediss://...` with TLS, `redis+sentinel://HOST:PORT,.../GROUP`, "
        "`redis+cluster://HOST:PORT,...`), of several machines. Empty: `memory:`, with `children` "
        "above 1 a file of the server's own",
    ),
    ("version_table", "version", "the table that holds the versions of the others"),
    ("user", None, "whom to run as"),
    ("group", None, "the group to run as"),
    ("rundir", "/var/run/kamailio", "the folder for sockets and the like"),
    ("blocking_threads", 10, "threads for functions that block: more of their calls at a time wait for one"),
    ("stall_warn_ms", 50, "a batch of messages or timers that holds up all others for longer is logged; 0: none", "ms"),
    ("rpc_socket", None, "the UNIX socket for `sipapp rpc`; none without it. A relative path is one in `rundir`"),
    ("exit_timeout", 60, "how long the server may take to end", "s"),
)

_MEMORY = "memory is Python's affair"
_PROCESSES = "one process waits for many things at once, there are no worker pools"
_SCHEDULING = "the system schedules this server like any other"
_SYSTEM = "left to the system"
_CORE_TLS = "the parameters of module tls count"

_NOTICES = {
    _MEMORY: """
        shm shm_force_alloc mlock_pages memlog memdbg mem_summary mem_safety mem_add_size mem_join mem_status_mode
        pv_buffer_size pv_buffer_slots pv_cache_limit pv_cache_action msg_clone_extra_size sql_buffer_size
        dns_cache_mem""",
    _PROCESSES: """
        fork fork_delay modinit_delay socket_workers tcp_children async_workers async_usleep async_nonblock
        wait_worker1_mode wait_worker1_time wait_worker1_usleep tcp_main_threads tls_threads_mode udp_receiver_mode
        route_locks_size rpc_exec_delta rpc_exec_locks rpc_exec_locks_mode tcp_fd_cache tcp_wait_data
        tcp_check_timer""",
    _SCHEDULING: """
        real_time rt_prio rt_policy rt_timer1_prio rt_timer1_policy rt_timer2_prio rt_timer2_policy""",
    _SYSTEM: """
        tcp_poll_method tcp_defer_accept tcp_delayed_ack tcp_syncnt tcp_linger2 tcp_clone_rcvbuf tcp_close_rst
        disable_core_dump open_files_limit log_facility""",
    "streams are always buffered": "tcp_buf_write tcp_rd_buf_size tcp_wq_blk_size tcp_script_mode",
    _CORE_TLS: """
        tlslog tls_method tls_verify tls_require_certificate tls_certificate tls_private_key tls_ca_list
        tls_handshake_timeout tls_send_timeout tls_connection_match_domain""",
    "there is no SCTP here": "disable_sctp enable_sctp sctp_children dns_sctp_pref dst_blocklist_sctp_imask",
    "there are no raw sockets here": "udp4_raw udp4_raw_mtu udp4_raw_ttl",
    "there is no list of blocked targets here": """
        dst_blocklist_init use_dst_blocklist dst_blocklist_mem dst_blocklist_expire dst_blocklist_gc_interval
        dst_blocklist_udp_imask dst_blocklist_tcp_imask dst_blocklist_tls_imask""",
    "the cache always works like this": """
        dns_cache_init dns_cache_flags dns_cache_gc_interval dns_cache_del_nonexp dns_search_full_match""",
    "the proxy protocol and its kin are not understood": """
        tcp_accept_hep3 http_reply_hack tcp_accept_haproxy udp_accept_proxy tcp_accept_protocols tcp_accept_unique""",
    "the log is Twisted's": """
        log_engine_type log_engine_data log_name log_color corelog sip_parser_log sip_parser_log_oneline
        verbose_startup""",
    "messages are always read as strictly as they must be": "sip_parser_mode",
    "addresses are always written in their shortest form": "ipv6_hex_style",
    "nothing here reads it": "random_engine timer_sanity_check stats_name_separator phone2tel",
    "a listen line may name such an address": "bind_ipv6_link_local",
    "connections are found by the peer's address": "tcp_connection_match",
    "names of hosts and header fields have the characters that RFC 3261 gives them, and `_`": """
        uri_host_extra_chars hdr_name_extra_chars""",
    "a source's name is not asked for": "rev_dns",
    "msg_apply_changes() works where it can": "msg_apply_changes_mode",
    "the time of a message is always known": "msg_time",
    "`stall_warn_ms` tells what holds up others, the RPC command async.stats how long functions take": """
        latency_log latency_cfg_log latency_limit_action latency_limit_cfg latency_limit_db dns_slow_query_ms""",
    "twistd has options for it: --chroot, --rundir": "chroot workdir",
    "routes are written in this language, not in KEMI": """
        kemi.request_route_callback kemi.onsend_route_callback kemi.reply_route_callback kemi.event_route_callback
        kemi.received_route_callback kemi.pre_routing_callback""",
}

_REPLACED = {
    "enable_tls": "the opposite of disable_tls",
    "auto_domains": "another name of auto_aliases",
    "domain": "another name of alias",
    "socket": "a listen line with room for more",
}

PARAMETERS: dict[str, Parameter] = {row[0]: Parameter(*row) for row in _ROWS}
"""Every core parameter that CoreConfig has an attribute for, but listen and alias."""

PARAMETERS.update(
    (name, Parameter(name, None, notice=why)) for why, names in _NOTICES.items() for name in names.split()
)

OTHER_NAMES: dict[str, str] = _REPLACED
"""Parameters that set another one's attribute, and in which way."""
