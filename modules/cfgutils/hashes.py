# -*- test-case-name: tests.modules.cfgutils.test_hashes -*-
"""hashes: core_hash(), which scripts spread calls with, and the check value of the script file."""

from __future__ import annotations

from hashlib import md5
from pathlib import Path

from sipapp.module import ConfigError, modparam, rpc_command, script_function
from sipapp.module.hashes import kamailio_hash


class Hashes:
    """Hashing of strings, and of one file."""

    hash_file: str | None = modparam(default=None, doc="a file whose MD5 is taken at start, mostly the script itself")

    def start_hashes(self) -> None:
        """Raises ConfigError: the file cannot be read."""
        self.file_hash = self._digest() if self.hash_file else ""

    def _digest(self) -> str:
        assert self.hash_file is not None
        try:
            return md5(Path(self.hash_file).read_bytes(), usedforsecurity=False).hexdigest()
        except OSError as why:
            raise ConfigError(f"could not hash the file {self.hash_file}: {why.strerror}") from None

    @script_function()
    def core_hash(self, string1: bytes, string2: bytes, size: int) -> int:
        """A number from 1 to 2^size (2 where size is 0 or less) that depends on both strings."""
        return kamailio_hash(string1, string2, 1 << size if size > 0 else 2) + 1

    @rpc_command("cfgutils.get_config_hash")
    def rpc_get_config_hash(self) -> str:
        """The MD5 of `hash_file` as it was at start; empty without one."""
        return self.file_hash

    @rpc_command("cfgutils.check_config_hash")
    def rpc_check_config_hash(self) -> str:
        """Whether `hash_file` is still as it was at start. Fails without one."""
        if not self.hash_file:
            raise ConfigError("No hash file")
        return "Identical hash" if self._digest() == self.file_hash else "Different hash"
