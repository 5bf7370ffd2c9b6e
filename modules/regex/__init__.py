# -*- test-case-name: tests.modules.regex.test_regex -*-
"""regex: Perl-compatible regular expressions, in the script or in groups in a file."""

from __future__ import annotations

import re
from pathlib import Path

from sipapp.interfaces.server import IServer
from sipapp.log import Logger
from sipapp.module import (
    BRANCH,
    FAILURE,
    LOCAL,
    ONREPLY,
    REQUEST,
    ConfigError,
    ScriptError,
    modparam,
    module,
    rpc_command,
    script_function,
)
from sipapp.modules.regex.groups import parse_groups
from sipapp.modules.regex.pcre import CASELESS, DOTALL, EXTENDED, MULTILINE, compile_pcre
from sipapp.script.values import integer

log = Logger()

_ROUTES = REQUEST | FAILURE | ONREPLY | BRANCH | LOCAL


@module("regex")
class Regex:
    """Matching. As in Kamailio, the pcre_... parameters count only where `file` is set."""

    file: str = modparam(default="", doc="the file with groups of expressions for pcre_match_group()")
    max_groups: int = modparam(default=20, minimum=1, doc="most groups in the file")
    group_max_size: int = modparam(default=8192, minimum=5, unit="bytes", doc="longest group in the file")
    pcre_caseless: int = modparam(default=0, doc="1: expressions match in upper and lower case, as (?i)")
    pcre_multiline: int = modparam(default=0, doc="1: ^ and $ match at every line, as (?m)")
    pcre_dotall: int = modparam(default=0, doc="1: a dot matches line feeds too, as (?s)")
    pcre_extended: int = modparam(default=0, doc="1: white space in expressions means nothing, as (?x)")

    def start(self, server: IServer) -> None:
        self.flags = b""
        self.groups: list[re.Pattern[bytes]] = []
        if not self.file:
            log.info("'file' parameter is not set, group matching disabled", severity=1)
            return
        for wanted, flag in (
            (self.pcre_caseless, CASELESS),
            (self.pcre_multiline, MULTILINE),
            (self.pcre_dotall, DOTALL),
            (self.pcre_extended, EXTENDED),
        ):
            if wanted:
                self.flags += flag
        self.groups = self._load()

    def _load(self) -> list[re.Pattern[bytes]]:
        """Raises ConfigError: the file cannot be read, or has a mistake in it."""
        try:
            data = Path(self.file).read_bytes()
        except OSError as why:
            raise ConfigError(f"could not open file '{self.file}': {why.strerror}") from None
        return parse_groups(data, self.flags, self.max_groups, self.group_max_size)

    @script_function(routes=_ROUTES)
    def pcre_match(self, string: bytes, pcre_regex: bytes) -> int:
        """pcre_match(text, expression): 1: it matches; -1: it does not; -4: it is no expression."""
        try:
            pattern = compile_pcre(pcre_regex, self.flags)
        except ConfigError as why:
            raise ScriptError(why.reason, -4) from None
        return 1 if pattern.search(string) else -1

    @script_function(routes=_ROUTES)
    def pcre_match_group(self, string: bytes, group: bytes = b"0") -> int:
        """pcre_match_group(text, group): 1: an expression of the file's group matches, the first one without `group`;
        -1: none does; -4: there is no such group; -2: there is no file."""
        if not self.file:
            raise ScriptError("group matching is disabled", -2)
        number = integer(group)
        if not 0 <= number < len(self.groups):
            raise ScriptError(f"invalid pcre index '{number}', there are {len(self.groups)} pcres", -4)
        return 1 if self.groups[number].search(string) else -1

    @rpc_command("regex.reload")
    def rpc_reload(self) -> None:
        """regex.reload: read the file again. Where there is a mistake in it, the groups stay as they are."""
        if not self.file:
            raise ScriptError("Group matching not enabled", 500)
        try:
            self.groups = self._load()
        except ConfigError as why:
            log.error("failed to reload pcres: {why}", why=why.reason)
            raise ScriptError("Failed to reload", 500) from None
