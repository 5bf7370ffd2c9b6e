# -*- test-case-name: tests.script.test_avp -*-
"""avp: what $avp, $xavp, $xavu and $xavi hold. A transaction shares them between the runs of its script.

`ctx.avps` is a dict of stacks: key -> [oldest value, ..., newest value]; `avp_key` makes the key of a name. The three
kinds of extended AVP are lists of `Xavp`, newest first, made on first use: `xavps(ctx)`, `xavus(ctx)`, `xavis(ctx)`.
The first run of a transaction that wants one makes it for all that know the transaction; who shares them in another
way calls `settle(ctx)` first, so that there are lists to share.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sipapp.errors import ConfigError

if TYPE_CHECKING:
    from sipapp.interfaces.script import Value
    from sipapp.script.runtime import Context

AvpKey = bytes | int
"""A name, or the number of `$avp(i:5)`. A class in front of a name (`tu.`, `g.`) stays: it has stacks of its own."""

_CLASSES = {
    b"f": b"",
    b"fr": b"",
    b"t": b"t.",
    b"tr": b"t.",
    b"fu": b"fu.",
    b"tu": b"tu.",
    b"fd": b"fd.",
    b"td": b"td.",
    b"g": b"g.",
}


def avp_key(name: bytes) -> AvpKey:
    """The key of an AVP as a script names it: `x`, `s:x`, `i:5`, `fu.x`. Raises ConfigError."""
    if name[1:2] == b":":
        kind, rest = name[:1].lower(), name[2:]
        if kind == b"s" and rest:
            return rest
        if kind == b"i" and rest.isdigit() and int(rest):
            return int(rest)
        raise _bad(name, "it is s: and a name, or i: and a number that is not 0")
    kind, dot, rest = name.partition(b".")
    if not dot:
        return name
    if kind not in _CLASSES or not rest:
        raise _bad(name, "before a dot stands one of f, fr, fu, fd, t, tr, tu, td, g")
    if set(rest) & set(b".[]/"):
        raise _bad(name, "behind its class stands a plain name")
    return _CLASSES[kind] + rest


def _bad(name: bytes, reason: str) -> ConfigError:
    return ConfigError(f"$avp({name.decode(errors='replace')}): {reason}")


class Xavp:
    """One extended AVP: a value, or fields of its own."""

    __slots__ = ("key", "name", "value")

    def __init__(self, name: bytes, value: Value | XavpList, key: bytes | None = None) -> None:
        self.name = name
        self.key = name if key is None else key  # what it is found by; in lower case for $xavi
        self.value = value

    def __repr__(self) -> str:
        return f"Xavp({self.name!r}, {self.value!r})"


class XavpList(list[Xavp]):
    """Extended AVPs, newest first. Of those with one key, index 0 is the newest."""

    __slots__ = ()

    def find(self, key: bytes, index: int = 0) -> Xavp | None:
        """The AVP of this key and index; None where there is none, as for every negative index."""
        for found in self:
            if found.key == key:
                if not index:
                    return found
                index -= 1
        return None

    def fields(self, key: bytes) -> XavpList | None:
        """The fields of the newest AVP of this key, if it has fields."""
        found = self.find(key)
        return found.value if found is not None and isinstance(found.value, XavpList) else None

    def all(self, key: bytes) -> list[Xavp]:
        """Every AVP of this key, newest first."""
        return [found for found in self if found.key == key]

    def count(self, key: bytes) -> int:  # type: ignore[override]
        """How many there are of this key."""
        return sum(found.key == key for found in self)

    def add(self, name: bytes, value: Value | XavpList, key: bytes | None = None) -> Xavp:
        """A new AVP before all others."""
        new = Xavp(name, value, key)
        self.insert(0, new)
        return new

    def put(self, name: bytes, value: Value | XavpList, key: bytes | None = None) -> None:
        """The only AVP of this key: in the place of the one that there is, else before all others."""
        found = self.find(name if key is None else key)
        if found is None:
            self.add(name, value, key)
        else:
            found.value = value

    def drop(self, key: bytes, index: int = 0) -> bool:
        """Remove the AVP of this key and index; whether there was one."""
        found = self.find(key, index)
        if found is None:
            return False
        self.remove(found)
        return True

    def drop_all(self, key: bytes) -> int:
        """Remove every AVP of this key; how many there were."""
        before = len(self)
        self[:] = [found for found in self if found.key != key]
        return before - len(self)


def xavps(ctx: Context) -> XavpList:
    """What $xavp reads and writes."""
    found: XavpList | None = ctx.xavps
    if found is None:
        found = ctx.xavps = _shared(ctx, "xavps")
    return found


def xavus(ctx: Context) -> XavpList:
    """What $xavu reads and writes: one AVP a name."""
    found: XavpList | None = ctx.xavus
    if found is None:
        found = ctx.xavus = _shared(ctx, "xavus")
    return found


def xavis(ctx: Context) -> XavpList:
    """What $xavi reads and writes: names in any case."""
    found: XavpList | None = ctx.xavis
    if found is None:
        found = ctx.xavis = _shared(ctx, "xavis")
    return found


def _shared(ctx: Context, kind: str) -> XavpList:
    """A list that this run has not had so far: its transaction's, which may have been made by another run since."""
    found: XavpList | None = getattr(ctx.transaction, kind, None)
    if found is None:
        found = XavpList()
        if ctx.transaction is not None:
            setattr(ctx.transaction, kind, found)
    return found


def settle(ctx: Context) -> None:
    """Make the lists that are not there yet, so that they can be shared."""
    xavps(ctx)
    xavus(ctx)
    xavis(ctx)
