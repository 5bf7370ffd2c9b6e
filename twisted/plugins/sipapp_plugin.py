"""Tells twistd of `sipapp`, and sipapp of its own modules: plugins like anybody's."""

from keyword import iskeyword
from pkgutil import iter_modules

from sipapp.plugin import ModulePlugin
from twisted.application.service import ServiceMaker

sipapp = ServiceMaker("sipapp", "sipapp.tap", "A SIP application server for Kamailio scripts.", "sipapp")


def _modules():
    import sipapp.modules

    for found in iter_modules(sipapp.modules.__path__):
        name = found.name[:-1] if iskeyword(found.name[:-1]) else found.name
        yield f"module_{name}", ModulePlugin(name, f"sipapp.modules.{found.name}")


globals().update(_modules())
