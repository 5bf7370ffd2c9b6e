"""What a module author imports."""

from sipapp.errors import ConfigError, ScriptError
from sipapp.interfaces.route import (
    ANY,
    BRANCH,
    CORE_ONREPLY,
    EVENT,
    FAILURE,
    LOCAL,
    ONREPLY,
    ONSEND,
    REQUEST,
    TM_ONREPLY,
    RouteType,
)
from sipapp.interfaces.script import Access, Value
from sipapp.interfaces.server import IServer
from sipapp.module.declare import module, rpc_command
from sipapp.module.functions import Format, PvRef, Regex, RouteName, Seconds, Subst, Text, script_function, writable
from sipapp.module.params import modparam
from sipapp.module.variables import ALL, pseudo_variable, transformation
from sipapp.script.posix import compile_regex
from sipapp.script.runtime import Context, ReturnCode, ScriptJump

__all__ = [
    "ALL",
    "ANY",
    "BRANCH",
    "CORE_ONREPLY",
    "EVENT",
    "FAILURE",
    "LOCAL",
    "ONREPLY",
    "ONSEND",
    "REQUEST",
    "TM_ONREPLY",
    "Access",
    "ConfigError",
    "Context",
    "Format",
    "IServer",
    "PvRef",
    "Regex",
    "ReturnCode",
    "RouteName",
    "RouteType",
    "ScriptError",
    "ScriptJump",
    "Seconds",
    "Subst",
    "Text",
    "Value",
    "compile_regex",
    "modparam",
    "module",
    "pseudo_variable",
    "rpc_command",
    "script_function",
    "transformation",
    "writable",
]
