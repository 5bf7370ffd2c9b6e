# -*- test-case-name: tests.script.test_parameter_syntax -*-
"""parameter_syntax: which core parameters there are, and what may stand behind their `=`.

What they mean, and their defaults, is `sipapp.core.parameters`'s business.
"""

from __future__ import annotations

from enum import Enum


class Syntax(Enum):
    """What a parameter takes; the value is what an error calls it."""

    NUMBER = "a number, yes or no"
    INTEGER = "an integer"
    TEXT = "a quoted text"
    NAME = "a name without quotes"
    TEXT_OR_NAME = "a name or a quoted text"
    NUMBER_OR_NAME = "a number or a name"
    NUMBER_OR_TEXT = "a number or a quoted text"
    IPV4 = "an IPv4 address"
    IPV6 = "an IPv6 address"
    HOST = "an address or a host name"
    PROTO = "udp, tcp, tls, sctp or *"
    TLS_METHOD = "SSLv23, SSLv2, SSLv3 or TLSv1"
    LISTEN = "an address, an interface or a host name"
    ALIAS = "a host name"
    SOCKET = '"{"'


_NAMES = {
    Syntax.NUMBER: """
        advertised_port async_nonblock async_usleep async_workers auto_aliases auto_bind_ipv6 auto_domains
        bind_ipv6_link_local blocking_threads check_via children disable_core_dump disable_sctp disable_tcp
        disable_tls dns dns_cache_del_nonexp dns_cache_flags dns_cache_gc_interval dns_cache_init dns_cache_max_ttl
        dns_cache_mem dns_cache_min_ttl dns_cache_negative_ttl dns_cache_rec_pref dns_naptr_ignore_rfc dns_retr_no
        dns_retr_time dns_search_full_match dns_servers_no dns_slow_query_ms dns_srv_lb dns_try_ipv6 dns_try_naptr
        dns_use_search_list dst_blocklist_expire dst_blocklist_gc_interval dst_blocklist_init dst_blocklist_mem
        dst_blocklist_sctp_imask dst_blocklist_tcp_imask dst_blocklist_tls_imask dst_blocklist_udp_imask enable_sctp
        enable_tls exit_timeout force_rport fork fork_delay http_reply_hack latency_limit_action latency_limit_cfg
        latency_limit_db local_rport log_color log_prefix_mode log_stderror max_branches max_recursive_level
        max_while_loops maxbuffer maxsndbuffer mcast_loopback mcast_ttl mhomed mlock_pages modinit_delay
        msg_apply_changes_mode msg_clone_extra_size msg_recv_max_size msg_time onsend_route_reply open_files_limit
        phone2tel pmtu_discovery port pv_buffer_size pv_buffer_slots pv_cache_action pv_cache_limit real_time
        reply_to_via return_mode rev_dns route_locks_size rpc_exec_delta rpc_exec_locks rpc_exec_locks_mode
        rt_policy rt_prio rt_timer1_policy rt_timer1_prio rt_timer2_policy rt_timer2_prio sctp_children server_id
        server_signature shm shm_force_alloc sip_warning socket_workers sql_buffer_size stall_warn_ms suspend_max
        suspend_timeout tcp_accept_aliases tcp_accept_haproxy tcp_accept_hep3 tcp_accept_iplimit tcp_accept_no_cl
        tcp_accept_unique tcp_buf_write tcp_check_timer tcp_children tcp_clone_rcvbuf tcp_close_rst tcp_conn_wq_max
        tcp_connection_match tcp_crlf_ping tcp_defer_accept tcp_delayed_ack tcp_fd_cache tcp_keepalive tcp_keepcnt
        tcp_keepidle tcp_keepintvl tcp_linger2 tcp_listen_backlog tcp_main_threads tcp_max_connections
        tcp_msg_data_timeout tcp_msg_read_timeout tcp_no_connect tcp_rd_buf_size tcp_reuse_port tcp_syncnt
        tcp_wq_blk_size tcp_wq_max tls_connection_match_domain tls_handshake_timeout tls_max_connections tls_port_no
        tls_require_certificate tls_send_timeout tls_threads_mode tls_verify tlslog udp4_raw_mtu udp4_raw_ttl
        udp_accept_proxy udp_mtu udp_queue_max udp_receiver_mode use_dns_cache use_dns_failover use_dst_blocklist
        verbose_startup wait_worker1_mode wait_worker1_time wait_worker1_usleep""",
    Syntax.INTEGER: """
        corelog debug dns_sctp_pref dns_tcp_pref dns_tls_pref dns_udp_pref ip_free_bind latency_cfg_log latency_log
        mem_add_size mem_join mem_safety mem_status_mode mem_summary memdbg memlog received_route_mode sip_parser_log
        sip_parser_log_oneline sip_parser_mode tcp_connect_timeout tcp_connection_lifetime tcp_script_mode
        tcp_send_timeout tcp_wait_data udp4_raw""",
    Syntax.TEXT: """
        async_tkv_evcb async_tkv_gname async_workers_group hdr_name_extra_chars ipv6_hex_style log_engine_data
        log_engine_type log_format log_name log_prefix server_header stats_name_separator store tls_ca_list
        tls_certificate tls_private_key uri_host_extra_chars user_agent_header version_table xavp_via_fields
        xavp_via_params xavp_via_reply_params""",
    Syntax.NAME: "log_facility",
    Syntax.TEXT_OR_NAME: "chroot group mcast rpc_socket rundir tcp_poll_method user workdir",
    Syntax.NUMBER_OR_NAME: "tos",
    Syntax.NUMBER_OR_TEXT: "tcp_accept_protocols",
    Syntax.IPV4: "tcp_source_ipv4",
    Syntax.IPV6: "tcp_source_ipv6",
    Syntax.HOST: "advertised_address",
    Syntax.PROTO: "udp_mtu_try_proto",
    Syntax.TLS_METHOD: "tls_method",
    Syntax.LISTEN: "listen",
    Syntax.ALIAS: "alias domain",
    Syntax.SOCKET: "socket",
}

SYNTAX: dict[str, Syntax] = {name: syntax for syntax, names in _NAMES.items() for name in names.split()}
"""Every core parameter by its main name."""

ALIASES: dict[str, str] = {
    "add_rport": "force_rport",
    "core_log": "corelog",
    "dns_cache_delete_nonexpired": "dns_cache_del_nonexp",
    "dns_rev_via": "rev_dns",
    "dns_sctp_preference": "dns_sctp_pref",
    "dns_srv_loadbalancing": "dns_srv_lb",
    "dns_tcp_preference": "dns_tcp_pref",
    "dns_tls_preference": "dns_tls_pref",
    "dns_udp_preference": "dns_udp_pref",
    "dns_use_cache": "use_dns_cache",
    "dns_use_failover": "use_dns_failover",
    "dst_blocklist_ttl": "dst_blocklist_expire",
    "gid": "group",
    "http_reply_parse": "http_reply_hack",
    "ip_nonlocal_bind": "ip_free_bind",
    "ipfreebind": "ip_free_bind",
    "mem_dbg": "memdbg",
    "mem_log": "memlog",
    "rt_fast_timer_prio": "rt_timer1_prio",
    "rt_ftimer_policy": "rt_timer1_policy",
    "rt_ftimer_prio": "rt_timer1_prio",
    "rt_stimer_policy": "rt_timer2_policy",
    "rt_stimer_prio": "rt_timer2_prio",
    "run_dir": "rundir",
    "ser_kill_timeout": "exit_timeout",
    "shm_mem": "shm",
    "shm_mem_size": "shm",
    "tcp_accept_protos": "tcp_accept_protocols",
    "tcp_async": "tcp_buf_write",
    "tls_disable": "disable_tls",
    "tls_enable": "enable_tls",
    "tls_log": "tlslog",
    "uid": "user",
    "wdir": "workdir",
}
"""Other names of parameters, and the main one."""

_YOUNG = """
    async_tkv_evcb async_tkv_gname auto_domains blocking_threads dns_rev_via dns_use_cache dns_use_failover domain
    log_format maxsndbuffer mem_add_size msg_apply_changes_mode msg_clone_extra_size msg_recv_max_size return_mode
    rpc_exec_delta rpc_exec_locks rpc_exec_locks_mode rpc_socket socket stall_warn_ms store suspend_max
    suspend_timeout tcp_accept_iplimit tcp_accept_protocols tcp_accept_protos tcp_check_timer tcp_close_rst
    tcp_listen_backlog tcp_main_threads tcp_msg_data_timeout tcp_msg_read_timeout tls_connection_match_domain
    tls_threads_mode udp_accept_proxy udp_queue_max udp_receiver_mode xavp_via_reply_params"""

UNRESERVED = frozenset(_YOUNG.split())
"""Younger than Kamailio 5.6: routes and flags may still have these names, and a bare define may be called so."""

COREPARAMS = frozenset({"iuid", "random_engine", "timer_sanity_check"})
"""What `coreparam["name"] = value` may set."""

KEMI_CALLBACKS = frozenset(
    f"{kind}_callback"
    for kind in ("request_route", "onsend_route", "reply_route", "event_route", "received_route", "pre_routing")
)
"""`kemi.NAME = "function"`."""

ONLY_EARLY = frozenset({"user", "shm", "shm_force_alloc"})
"""Refused behind the first modparam or route block."""

_FACILITIES = """
    LOG_AUTH LOG_CRON LOG_DAEMON LOG_KERN LOG_LOCAL0 LOG_LOCAL1 LOG_LOCAL2 LOG_LOCAL3 LOG_LOCAL4 LOG_LOCAL5 LOG_LOCAL6
    LOG_LOCAL7 LOG_LPR LOG_MAIL LOG_NEWS LOG_USER LOG_UUCP LOG_AUTHPRIV LOG_FTP LOG_SYSLOG"""

CHOICES: dict[str, tuple[str, ...]] = {
    "log_facility": tuple(_FACILITIES.split()),
    "tcp_poll_method": ("poll", "epoll_lt", "epoll_et", "sigio_rt", "select", "kqueue", "/dev/poll"),
    "log_format": ("text", "json"),
}
"""Where only some values will do; upper and lower case are the same."""
