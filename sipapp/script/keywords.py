# -*- test-case-name: tests.script.test_keywords -*-
"""keywords: the words that the language keeps for itself, and what each stands for.

A reserved word can be no route, flag or custom parameter, and no define replaces it. The kind of a keyword's token is
its main spelling: `sethost` is a "rewritehost", `and` a "&&". All of Kamailio 5.6's are reserved; what later versions
added is recognised by its place instead, so that older scripts keep their names.
"""

from __future__ import annotations

from sipapp.script.parameter_syntax import ALIASES, KEMI_CALLBACKS, SYNTAX, UNRESERVED

_SPELLINGS = """
    if else while switch case default break exit drop return log error exec prefix strip strip_tail setflag resetflag
    isflagset setavpflag resetavpflag isavpflagset avpflags revert_uri userphone remove_branch clear_branches
    forward forward_tcp forward_udp forward_tls forward_sctp add_local_rport udp_mtu_try_proto
    set_advertised_address set_advertised_port force_send_socket set_forward_no_connect set_reply_no_connect
    set_forward_close set_reply_close cfg_select cfg_reset
    route request_route failure_route reply_route onreply_route branch_route onsend_route event_route
    loadmodule loadmodulex modparam modparamx cfgengine include_file import_file kemi virtual statistics
    method from_uri to_uri src_ip src_port dst_ip dst_port snd_ip snd_port to_ip to_port proto af myself max_len
    mod strlen strempty defined selval eq ieq ne ine
    flags=flags,bool
    force_rport=force_rport,add_rport
    force_tcp_alias=force_tcp_alias,add_tcp_alias
    rewritehost=rewritehost,sethost,seth
    rewritehostport=rewritehostport,sethostport,sethp
    rewritehostporttrans=rewritehostporttrans,sethostporttrans,sethpt
    rewriteuser=rewriteuser,setuser,setu
    rewriteuserpass=rewriteuserpass,setuserpass,setup
    rewriteport=rewriteport,setport,setp
    rewriteuri=rewriteuri,seturi
    loadpath=loadpath,mpath
    uri=uri,status
    snd_proto=snd_proto,to_proto
    snd_af=snd_af,to_af
    advertise=advertise,ADVERTISE
    name=name,NAME
    desc=description,descr,desc
    !=not
    &&=and
    ||=or
    udp=udp,UDP
    tcp=tcp,TCP
    tls=tls,TLS
    sctp=sctp,SCTP
    ws=ws,WS
    wss=wss,WSS
    SSLv23=sslv23,SSLv23,SSLV23
    SSLv2=sslv2,SSLv2,SSLV2
    SSLv3=sslv3,SSLv3,SSLV3
    TLSv1=tlsv1,TLSv1,TLSV1
    NUMBER=yes,true,on,enable,no,false,off,disable,inet,INET,ipv4,IPv4,IPV4,inet6,INET6,ipv6,IPv6,IPV6
"""

NUMBER_WORDS: dict[str, int] = {
    **dict.fromkeys(("yes", "true", "on", "enable"), 1),
    **dict.fromkeys(("no", "false", "off", "disable"), 0),
    **dict.fromkeys(("inet", "INET", "ipv4", "IPv4", "IPV4"), 2),  # AF_INET
    **dict.fromkeys(("inet6", "INET6", "ipv6", "IPv6", "IPV6"), 10),  # AF_INET6, Linux's
}
"""Words that are numbers wherever a number may stand."""


def _keywords() -> dict[str, str]:
    found = {name: ALIASES.get(name, name) for name in (*SYNTAX, *ALIASES) if name not in UNRESERVED}
    found.update((name, name) for name in KEMI_CALLBACKS if name != "request_route_callback")
    for entry in _SPELLINGS.split():
        kind, _, words = entry.rpartition("=")
        found.update((word, kind or word) for word in words.split(","))
    return found


KEYWORDS: dict[str, str] = _keywords()
"""Every reserved word and the kind of its token."""

ROUTE_KINDS = frozenset(
    {
        "route",
        "request_route",
        "failure_route",
        "reply_route",
        "onreply_route",
        "branch_route",
        "onsend_route",
        "event_route",
    }
)

_NAMED = """
    define def trydefine trydef redefine redef undefine undef tryundefine tryundef defexp defexps ifdef ifndef ifexp"""

NAMED_DIRECTIVES = frozenset(_NAMED.split())
"""Preprocessor directives with a name, or an expression, behind them on the line."""

BARE_DIRECTIVES = frozenset({"else", "endif"})
"""Those that have the line for themselves."""

_OPEN = "subst substdef substdefs defenv defenvs trydefenv trydefenvs include_file import_file"

OPEN_DIRECTIVES = frozenset(_OPEN.split())
"""Those that something else follows, be it on the next line."""

DIALECTS = {"KAMAILIO": "kamailio", "OPENSER": "kamailio", "SER": "ser", "MAXCOMPAT": "maxcompat", "ALL": "maxcompat"}
"""`#!KAMAILIO` and its like, and the dialect that each stands for."""

PROTOCOLS = frozenset({"udp", "tcp", "tls", "sctp"})
"""What may stand before an address; `ws` and `wss` only in comparisons and behind advertise."""
