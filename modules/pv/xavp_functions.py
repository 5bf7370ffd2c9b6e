# -*- test-case-name: tests.modules.pv.test_xavp_functions -*-
"""xavp_functions: functions over $xavp, $xavu and $xavi: copy, turn, set and remove them, show them in the log."""

from __future__ import annotations

from sipapp.log import Logger
from sipapp.module import BRANCH, FAILURE, REQUEST, Context, Value, script_function
from sipapp.modules.pv.sockets import find_socket
from sipapp.script.avp import Xavp, XavpList, xavis, xavps, xavus

log = Logger()


class XavpFunctions:
    """Values with fields."""

    @script_function()
    def xavp_copy(
        self,
        ctx: Context,
        source_name: bytes,
        source_index: int,
        destination_name: bytes,
        destination_index: int | None = None,
    ) -> int:
        """xavp_copy("from", 0, "to"): copy $xavp(from[0]) with its fields behind the last $xavp(to); with a fourth
        argument in the place of the `to` of that index. False where there is none of these indexes."""
        found = xavps(ctx).find(source_name, source_index)
        if found is None:
            return -1
        if destination_index is None:
            _add_last(xavps(ctx), _copy(found, destination_name))
            return 1
        place = xavps(ctx).find(destination_name, destination_index)
        if place is None:
            return -1
        place.value = _copy(found, destination_name).value
        return 1

    @script_function()
    def xavp_lshift(self, ctx: Context, xname: bytes, idx: int) -> int:
        """xavp_lshift("name", 1): turn the values of this name so that the one of this index is the first; those
        before it follow the last. Negative indexes count from the end."""
        every = xavps(ctx)
        places = [place for place, found in enumerate(every) if found.key == xname]
        if not idx or not xname:
            return 1
        if not places:
            return -2
        turn = idx % len(places)
        turned = [every[place] for place in places[turn:] + places[:turn]]
        for place, found in zip(places, turned, strict=True):
            every[place] = found
        return 1

    @script_function(routes=REQUEST | BRANCH | FAILURE)
    def xavp_push_dst(self, ctx: Context, xname: bytes) -> int:
        """Send the request where $xavp(name) says: its fields uri, dsturi and socket become $ru, $du and $fs. False
        where it has no fields."""
        fields = xavps(ctx).fields(xname)
        if fields is None:
            return -1
        uri, next_hop, socket = (_text(fields, name) for name in (b"uri", b"dsturi", b"socket"))
        if uri is not None:
            ctx.draft.request_uri = uri
        if next_hop is not None:
            ctx.draft.next_hop = next_hop
        found = None if socket is None else find_socket(ctx, socket)
        if found is not None:
            ctx.draft.send_socket = found
        return 1

    # -- fields -----------------------------------------------------------------------------------------------------

    @script_function()
    def xavp_child_seti(self, ctx: Context, rname: bytes, cname: bytes, ival: int) -> int:
        """xavp_child_seti("name", "field", 5): set a field of the newest $xavp(name), which is made if need be."""
        return _set_field(xavps(ctx), rname, cname, ival)

    @script_function()
    def xavp_child_sets(self, ctx: Context, rname: bytes, cname: bytes, sval: bytes) -> int:
        """xavp_child_sets("name", "field", "text"): the same with a text."""
        return _set_field(xavps(ctx), rname, cname, sval)

    @script_function()
    def xavi_child_seti(self, ctx: Context, rname: bytes, cname: bytes, ival: int) -> int:
        """xavi_child_seti("name", "field", 5): set a field of the newest $xavi(name), which is made if need be."""
        return _set_field(xavis(ctx), rname, cname, ival, fold=True)

    @script_function()
    def xavi_child_sets(self, ctx: Context, rname: bytes, cname: bytes, sval: bytes) -> int:
        """xavi_child_sets("name", "field", "text"): the same with a text."""
        return _set_field(xavis(ctx), rname, cname, sval, fold=True)

    @script_function()
    def xavp_child_rm(self, ctx: Context, rname: bytes, cname: bytes) -> int:
        """xavp_child_rm("name", "field"): remove the newest such field of the newest $xavp(name), if there is one."""
        return _remove_field(xavps(ctx), rname, cname)

    @script_function()
    def xavi_child_rm(self, ctx: Context, rname: bytes, cname: bytes) -> int:
        """xavi_child_rm("name", "field"): remove the newest such field of the newest $xavi(name), if there is one."""
        return _remove_field(xavis(ctx), rname.lower(), cname.lower())

    # -- whole ones -------------------------------------------------------------------------------------------------

    @script_function()
    def xavp_rm(self, ctx: Context, rname: bytes) -> int:
        """xavp_rm("name"): remove the newest $xavp(name), if there is one."""
        xavps(ctx).drop(rname)
        return 1

    @script_function()
    def xavi_rm(self, ctx: Context, rname: bytes) -> int:
        """xavi_rm("name"): remove the newest $xavi(name), if there is one."""
        xavis(ctx).drop(rname.lower())
        return 1

    @script_function()
    def xavp_rm_all(self, ctx: Context, rname: bytes) -> int:
        """xavp_rm_all("name"): remove every $xavp(name). What it returns is how many there were, at least 1."""
        return xavps(ctx).drop_all(rname) or 1

    @script_function()
    def xavi_rm_all(self, ctx: Context, rname: bytes) -> int:
        """xavi_rm_all("name"): remove every $xavi(name). What it returns is how many there were, at least 1."""
        return xavis(ctx).drop_all(rname.lower()) or 1

    # -- the log ----------------------------------------------------------------------------------------------------

    @script_function()
    def pv_xavp_print(self, ctx: Context) -> int:
        """Write every $xavp to the log."""
        return _print("XAVP", xavps(ctx))

    @script_function()
    def pv_xavu_print(self, ctx: Context) -> int:
        """Write every $xavu to the log."""
        return _print("XAVU", xavus(ctx))

    @script_function()
    def pv_xavi_print(self, ctx: Context) -> int:
        """Write every $xavi to the log."""
        return _print("XAVI", xavis(ctx))


def _copy(found: Xavp, name: bytes) -> Xavp:
    value = found.value
    if isinstance(value, XavpList):
        value = XavpList(_copy(field, field.name) for field in value)
    return Xavp(name, value)


def _add_last(every: XavpList, new: Xavp) -> None:
    """Behind the last one of its name, else before all others."""
    places = [place for place, found in enumerate(every) if found.key == new.key]
    every.insert(places[-1] + 1 if places else 0, new)


def _text(fields: XavpList, name: bytes) -> bytes | None:
    found = fields.find(name)
    return found.value if found is not None and isinstance(found.value, bytes) else None


def _set_field(every: XavpList, name: bytes, field: bytes, value: Value, *, fold: bool = False) -> int:
    """The one field of this name of the newest value; a value without fields is replaced by one with this field."""
    if not name or not field:
        return -1
    key, field_key = (name.lower(), field.lower()) if fold else (name, field)
    fields = every.fields(key)
    if fields is None:
        every.drop(key)
        fields = XavpList()
        every.add(name, fields, key)
    fields.drop(field_key)
    fields.add(field, value, field_key)
    return 1


def _remove_field(every: XavpList, key: bytes, field: bytes) -> int:
    fields = every.fields(key)
    if fields is not None:
        fields.drop(field)
    return 1


def _print(kind: str, every: XavpList, level: int = 0) -> int:
    for found in every:
        name = found.name.decode(errors="replace")
        if isinstance(found.value, XavpList):
            log.info("{indent}{kind} {name}:", indent="  " * level, kind=kind, name=name)
            _print(kind, found.value, level + 1)
        else:
            log.info("{indent}{kind} {name} = {value}", indent="  " * level, kind=kind, name=name, value=found.value)
    return 1
