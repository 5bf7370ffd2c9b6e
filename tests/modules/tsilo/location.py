"""location: as much of a registrar as others look at: who is where is written down by the test."""

from __future__ import annotations

from typing import Any

from zope.interface import implementer

from sipapp.interfaces.registrar import IRegistrar
from sipapp.message.draft import Branch


@implementer(IRegistrar)
class Location:
    """`contacts`: address of record -> URIs. `later`: a Deferred to be waited for."""

    def __init__(self, **contacts: list[bytes]) -> None:
        self.contacts = {name.encode(): uris for name, uris in contacts.items()}
        self.later: Any = None
        self.asked: list[tuple[bytes, bytes]] = []

    def add_targets(self, ctx: Any, table: bytes, uri: bytes | None = None) -> Any:
        uri = uri or ctx.draft.request_uri or ctx.message.uri
        assert uri is not None
        self.asked.append((table, uri))
        found = self.contacts.get(uri.partition(b":")[2].partition(b"@")[0], [])
        ctx.draft.targets += [Branch(contact) for contact in found]
        code = 1 if found else -1
        return self.later.addCallback(lambda _: code) if self.later is not None else code
