# -*- test-case-name: tests.modules.registrar.test_tables -*-
"""tables: the location tables that a script names."""

from __future__ import annotations

from sipapp.interfaces.location import ILocation, IUsrloc
from sipapp.interfaces.server import IServer
from sipapp.module import ConfigError
from sipapp.modules.registrar.address import AddressRules


class Tables:
    """Tables by name. Names are read before the module is started."""

    server: IServer
    usrloc: IUsrloc
    addresses: AddressRules

    def table_name(self, text: bytes) -> bytes:
        """Raises ConfigError: empty."""
        if not text:
            raise ConfigError("empty table name")
        self._named()[text] = None
        return text

    def _named(self) -> dict[bytes, ILocation | None]:
        named: dict[bytes, ILocation | None] = self.__dict__.setdefault("_tables", {})
        return named

    def start_tables(self) -> None:
        """Have those that the script names."""
        for name in self._named():
            self.location(name)

    def location(self, name: bytes) -> ILocation:
        """The location table of this name."""
        named = self._named()
        found = named.get(name)
        if found is None:
            found = named[name] = self.usrloc.location(name)
        return found
