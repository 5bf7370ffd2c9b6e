# -*- test-case-name: tests.modules.avpops.test_database -*-
"""preferences: AVPs of users in a table: loaded from there, stored and deleted, for the functions of modules."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from sipapp.errors import ConfigError, ParseError, ScriptError, SqlError
from sipapp.interfaces.script import Value
from sipapp.interfaces.sql import ISql, Rows, SqlValue
from sipapp.log import Logger
from sipapp.message.uri import Uri
from sipapp.module import modparam
from sipapp.module.avp_names import Avp, Every, avp, cut, every, shown
from sipapp.script.avp import AvpKey
from sipapp.script.pvsyntax import parse_variable
from sipapp.script.values import integer, text, wrap
from sipapp.sql.schemes import Scheme, parse_scheme

if TYPE_CHECKING:
    from sipapp.interfaces.script import IBinder
    from sipapp.script.runtime import Context

log = Logger()

NUMBER, NUMBERED = 1, 2
"""The bits of the type column: the value is a number, the name is one."""

_PARTS = (b"uuid", b"uri", b"username", b"domain")


class Owner(NamedTuple):
    """Whose AVPs: `$ru`, `$var(id)/uuid`, `alice`; a URI's user, host or both, or a key of its own."""

    part: bytes
    read: Callable[[Context], Value]


class Stored(NamedTuple):
    """Which AVPs, and where: `$avp(x)`, `$avp(x)/table`, `$avp(x)/$scheme`, `*`."""

    what: Avp | Every
    table: bytes
    scheme: Scheme | None


class Stack(list[Value]):
    """The values of an AVP some of which the database has already: those are not stored again."""

    def __init__(self, values: list[Value], known: Counter[Value]) -> None:
        super().__init__(values)
        self.known = known


class Preferences:
    """The parameters of such a table, and what is done with it. All of it raises ScriptError where that fails."""

    use_domain: int = modparam(default=0, doc="1: the domain of a URI counts, not only its user")
    uuid_column: bytes = modparam(default=b"uuid", doc="column of the owner's key")
    attribute_column: bytes = modparam(default=b"attribute", doc="column of the AVP's name")
    value_column: bytes = modparam(default=b"value", doc="column of the value")
    type_column: bytes = modparam(default=b"type", doc="column of the type: 1: a number; 2: of a numbered name")
    username_column: bytes = modparam(default=b"username", doc="column of the owner's user")
    domain_column: bytes = modparam(default=b"domain", doc="column of the owner's domain")
    db_scheme: list[Scheme] = modparam(
        default=(),
        parse=parse_scheme,
        doc='a table of its own for avp_db_load(): "name:table=t;uuid_col=u;value_col=v;value_type=integer"',
    )

    # -- what the script writes

    def owner(self, source: bytes, binder: IBinder) -> Owner:
        name, part = cut(source)
        if part is not None and part.lower() not in _PARTS:
            raise ConfigError(f"wants one of /uuid, /uri, /username, /domain, got {shown(source)}")
        usual = b"uuid"
        if name.startswith(b"$"):
            usual = b"uri" if parse_variable(name).name in ("ru", "fu", "tu", "ou") else b"uuid"
            read = binder.variable(name).get
        else:
            read = lambda ctx: name  # noqa: E731
        return Owner(part.lower() if part is not None else usual, read)

    def loaded(self, source: bytes, binder: IBinder) -> Stored:
        name, place = cut(source)
        what = avp(name, binder) if name.startswith(b"$") else every(name)
        if place == b"":
            raise ConfigError(f"a table is missing behind the last / of {shown(source)}")
        if place is None or not place.startswith(b"$"):
            return Stored(what, place or b"", None)
        if isinstance(what, Every):
            raise ConfigError(f"a scheme wants the name of one AVP, got {shown(source)}")
        wanted = place[1:].decode(errors="replace").lower()
        scheme = next((s for s in self.db_scheme if s.name == wanted), None)
        if scheme is None:
            raise ConfigError(f'no scheme of this name: modparam(..., "db_scheme", "{wanted}:...")')
        return Stored(what, scheme.table, scheme)

    # -- what is done

    async def load_avps(
        self, ctx: Context, database: ISql, source: Owner, name: Stored, usual: bytes, prefix: bytes = b""
    ) -> bool:
        """Whether there were any. usual: the table where `name` has none; prefix: of the names that they get."""
        columns: tuple[bytes, ...] = (self.value_column, self.attribute_column, self.type_column)
        if name.scheme is not None:
            columns = (name.scheme.value_col or self.value_column,)
        where = self._where(ctx, source, name)
        try:
            rows = await database.select(name.table or usual, columns, where)
        except SqlError as why:
            raise ScriptError(str(why)) from why
        return _take(ctx, name, rows, prefix)

    async def store_avps(self, ctx: Context, database: ISql, source: Owner, name: Stored, usual: bytes) -> bool:
        """Whether there was anything to store: not what was loaded or stored before."""
        table = name.table or usual
        owner = self._owned(ctx, source)
        row = {c: owner.get(c, b"") for c in (self.uuid_column, self.username_column, self.domain_column)}
        count = 0
        for key in _keys(ctx, name.what):
            stack = _marked(ctx, key)
            left = stack.known.copy()
            for value in stack[::-1]:
                if left[value]:
                    left[value] -= 1
                    continue
                kind = (NUMBERED if isinstance(key, int) else 0) | (NUMBER if isinstance(value, int) else 0)
                row |= {self.attribute_column: text(key), self.value_column: text(value), self.type_column: kind}
                try:
                    await database.insert(table, row)
                except SqlError as why:
                    raise ScriptError(str(why)) from why
                stack.known[value] += 1
                count += 1
        return count > 0

    async def delete_avps(self, ctx: Context, database: ISql, source: Owner, name: Stored, usual: bytes) -> bool:
        """True, also where there was none."""
        try:
            await database.delete(name.table or usual, self._where(ctx, source, name))
        except SqlError as why:
            raise ScriptError(str(why)) from why
        return True

    # -- rows

    def _owned(self, ctx: Context, source: Owner, scheme: Scheme | None = None) -> dict[bytes, SqlValue]:
        """The columns that say whose AVPs are meant. Raises ScriptError: no value, or no URI."""
        uuid, username, domain = self.uuid_column, self.username_column, self.domain_column
        if scheme is not None:
            uuid, username, domain = (
                scheme.uuid_col or uuid,
                scheme.username_col or username,
                scheme.domain_col or domain,
            )
        value = source.read(ctx)
        if value is None:
            raise ScriptError("the variable that says whose AVPs are meant has no value")
        if source.part == b"uuid":
            return {uuid: text(value)}
        try:
            uri = Uri.parse(text(value))
        except ParseError as why:
            raise ScriptError(str(why)) from None
        if not uri.user or not uri.host:
            raise ScriptError(f"a URI without user or host: {shown(text(value))}")
        owned: dict[bytes, SqlValue] = {}
        if source.part in (b"uri", b"username"):
            owned[username] = uri.user
        if source.part == b"domain" or (source.part == b"uri" and self.use_domain):
            owned[domain] = uri.host
        return owned

    def _where(self, ctx: Context, source: Owner, name: Stored) -> dict[bytes, SqlValue]:
        where = self._owned(ctx, source, name.scheme)
        if isinstance(name.what, Avp):
            key = name.what.key(ctx)
            if key is None:
                raise ScriptError("the variable that is to hold the AVP's name has no value")
            if name.scheme is None:
                where[self.attribute_column] = text(key)
        return where


def _keys(ctx: Context, what: Avp | Every) -> list[AvpKey]:
    if isinstance(what, Every):
        return what.keys(ctx)
    key = what.key(ctx)
    return [key] if key is not None and key in ctx.avps else []


def _marked(ctx: Context, key: AvpKey) -> Stack:
    """The values of an AVP, in a list that remembers which of them the database has."""
    held = ctx.avps.get(key, [])
    if not isinstance(held, Stack):
        held = ctx.avps[key] = Stack(held, Counter())
    return held


def _take(ctx: Context, name: Stored, rows: Rows, prefix: bytes) -> bool:
    count = 0
    for row in rows.rows:
        try:
            key, value = _scheme_row(ctx, name, row) if name.scheme is not None else _row(ctx, name, row)
        except ScriptError as why:
            log.error("loading AVPs: {why}", why=str(why))
            continue
        if key is None:
            continue
        stack = _marked(ctx, prefix + text(key) if prefix else key)
        stack.append(value)
        stack.known[value] += 1
        count += 1
    return count > 0


def _scheme_row(ctx: Context, name: Stored, row: tuple[SqlValue, ...]) -> tuple[AvpKey | None, Value]:
    assert isinstance(name.what, Avp) and name.scheme is not None
    return name.what.key(ctx), _value(row[0], name.scheme.numbers)


def _row(ctx: Context, name: Stored, row: tuple[SqlValue, ...]) -> tuple[AvpKey | None, Value]:
    """None: a row of the other kind of name."""
    value, attribute, kind = row
    if attribute is None or not isinstance(kind, int):
        raise ScriptError("a row without name or type")
    numbered = bool(kind & NUMBERED)
    if isinstance(name.what, Every):
        if not (name.what.number if numbered else name.what.text):
            return None, None
        key: AvpKey | None = _integer(attribute) if numbered else _bytes(attribute)
    else:
        key = name.what.key(ctx)
        if name.what.fixed is not None and isinstance(key, int) != numbered:
            return None, None
    return key, _value(value, bool(kind & NUMBER))


def _value(value: SqlValue, number: bool) -> Value:
    if value is None:
        raise ScriptError("a row without a value")
    return _integer(value) if number else _bytes(value)


def _integer(value: SqlValue) -> int:
    if isinstance(value, (int, float)):
        return wrap(int(value))
    if value is None or not value.lstrip(b"+-").isdigit():
        raise ScriptError(f"not a number: {value!r}")
    return integer(value)


def _bytes(value: SqlValue) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode()
