# -*- test-case-name: tests.modules.registrar.test_tables -*-
"""tables: the location tables that a script names."""

from __future__ import annotations

from sipapp.errors import SqlError
from sipapp.interfaces.location import Contact, ILocation, IUsrloc
from sipapp.interfaces.server import IServer
from sipapp.module import ConfigError, ScriptError
from sipapp.modules.registrar.address import AddressRules
from sipapp.modules.registrar.reasons import Refused


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

    def address(self, uri: bytes) -> bytes:
        """The address of record of a URI that the script gives. Raises ScriptError: it has none."""
        try:
            return self.addresses.parse(uri)
        except Refused as why:
            raise ScriptError(f"failed to extract Address Of Record: {why.reason}") from None

    async def contacts(self, table: ILocation, aor: bytes) -> list[Contact]:
        """The contacts of an address of record. Raises ScriptError: the database cannot be asked."""
        try:
            found = table.get(aor)
            return found if isinstance(found, list) else await found
        except SqlError as why:
            raise ScriptError(f"contacts of {aor.decode(errors='replace')}: {why}") from why

    def location(self, name: bytes) -> ILocation:
        """The location table of this name."""
        named = self._named()
        found = named.get(name)
        if found is None:
            found = named[name] = self.usrloc.location(name)
        return found
