# -*- test-case-name: tests.modules.cfgutils.test_gflags -*-
"""gflags: 32 flags that all calls share, switched by the script or by RPC."""

from __future__ import annotations

from sipapp.module import ConfigError, modparam, rpc_command, script_function


def flag_bit(text: bytes) -> int:
    """A literal flag number, 0 to 31, as its bit. Raises ConfigError."""
    if not text.isdigit() or int(text) > 31:
        raise ConfigError(f"a global flag is 0 to 31, got {text.decode(errors='replace')!r}")
    return 1 << int(text)


class GlobalFlags:
    """The flags, as bits of one number."""

    initial_gflags: int = modparam(default=0, doc="the flags at start, as bits")

    def start_flags(self) -> None:
        self.flags = self.initial_gflags & 0xFFFFFFFF

    @script_function(parse={"flag": flag_bit})
    def set_gflag(self, flag: int) -> int:
        """Set a global flag (0 to 31)."""
        self.flags |= flag
        return 1

    @script_function(parse={"flag": flag_bit})
    def reset_gflag(self, flag: int) -> int:
        """Reset a global flag (0 to 31)."""
        self.flags &= ~flag
        return 1

    @script_function(parse={"flag": flag_bit})
    def is_gflag(self, flag: int) -> int:
        """True when a global flag (0 to 31) is set."""
        return 1 if self.flags & flag else -1

    @rpc_command("cfgutils.set_gflag")
    def rpc_set_gflag(self, bits: int) -> None:
        """Set the global flags that `bits` has."""
        self.flags |= bits & 0xFFFFFFFF

    @rpc_command("cfgutils.reset_gflag")
    def rpc_reset_gflag(self, bits: int) -> None:
        """Reset the global flags that `bits` has."""
        self.flags &= ~bits

    @rpc_command("cfgutils.is_gflag")
    def rpc_is_gflag(self, bits: int) -> str:
        """TRUE when all the global flags that `bits` has are set, else FALSE."""
        return "TRUE" if self.flags & bits == bits else "FALSE"

    @rpc_command("cfgutils.get_gflags")
    def rpc_get_gflags(self) -> str:
        """All global flags, in hexadecimal and decimal."""
        return f"0x{self.flags:X} ({self.flags})"
