"""Tells twistd of `sipapp`, and sipapp of its own modules: plugins like anybody's.

The names are written down, for Twisted keeps what it found here until this file changes.
"""

from keyword import iskeyword

from sipapp.plugin import ModulePlugin
from twisted.application.service import ServiceMaker

MODULES = """
    async cfgutils corex diversion kex maxfwd path pv rr sdpops siputils sl textops textopsx tm tmx xlog
"""

sipapp = ServiceMaker("sipapp", "sipapp.tap", "A SIP application server for Kamailio scripts.", "sipapp")

globals().update(
    (f"module_{name}", ModulePlugin(name, f"sipapp.modules.{name}{'_' if iskeyword(name) else ''}"))
    for name in MODULES.split()
)
