"""Tells twistd of `sipapp`, and sipapp of its own modules: plugins like anybody's.

The names are written down, for Twisted keeps what it found here until this file changes.
"""

from keyword import iskeyword

from twisted.application.service import ServiceMaker

from sipapp.plugin import ModulePlugin

MODULES = """
    acc async avpops cachedb_local cachedb_redis cfg_rpc cfgutils corex counters crypto ctl db_mysql db_postgres
    db_sqlite db_text debugger diversion exec htable http_async_client http_client ipops jansson json jsonrpcs kex
    ldap maxfwd mqueue nathelper ndb_redis path pike pv ratelimit regex registrar rest_client rr rtimer sanity sdpops
    siputils sl sqlops statistics textops textopsx timer tm tmx tsilo uac usrloc uuid xhttp xhttp_prom xlog
"""

sipapp = ServiceMaker("sipapp", "sipapp.tap", "A SIP application server for Kamailio scripts.", "sipapp")

globals().update(
    (f"module_{name}", ModulePlugin(name, f"sipapp.modules.{name}{'_' if iskeyword(name) else ''}"))
    for name in MODULES.split()
)
