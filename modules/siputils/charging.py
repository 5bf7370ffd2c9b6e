# -*- test-case-name: tests.modules.siputils.test_charging -*-
"""charging: the P-Charging-Vector header field, which ties the bills of all networks of a call. RFC 7315 §4.6."""

from __future__ import annotations

import re
from secrets import token_hex

from sipapp.message.headers import Field
from sipapp.module import Context, Value, pseudo_variable, script_function

NONE, PARSED, ICID_MISSING, GENERATED, DELETED, REPLACED = range(6)
"""$pcv(status); sip_p_charging_vector() answers the last three, and PARSED for `nothing done`."""

_PARAMETERS = {
    name: re.compile(rb"(?:^|[;,\s])" + full + rb"=([^\s;,]*)").search
    for name, full in (
        *(
            (b"value", b"icid-value"),
            (b"genaddr", b"icid-generated-at"),
            (b"orig", b"orig-ioi"),
            (b"term", b"term-ioi"),
        ),
    )
}


class Vector:
    """The charging vector of one run: received, or made."""

    __slots__ = ("field", "status", "text")

    def __init__(self, text: bytes | None, field: Field | None) -> None:
        self.text = text or b""
        self.field = field
        if text is None:
            self.status = NONE
        else:
            self.status = PARSED if self.get(b"value") is not None else ICID_MISSING

    def get(self, name: bytes) -> bytes | None:
        """One of its parameters."""
        found = _PARAMETERS[name](self.text)
        return found[1] if found is not None and found[1] else None


class ChargingVector:
    """Function and variable of P-Charging-Vector."""

    def _vector(self, ctx: Context) -> Vector:
        vector: Vector | None = ctx.extra.get("siputils.pcv")
        if vector is None:
            field = ctx.message.field(b"p-charging-vector")
            text = None if field is None else ctx.message.raw[field.value_start : field.value_end]
            vector = ctx.extra["siputils.pcv"] = Vector(text, field)
        return vector

    @script_function()
    def sip_p_charging_vector(self, ctx: Context, flags: bytes) -> int:
        """Make P-Charging-Vector right; flags: r remove it, g make one where there is none, f make a new one in any
        case. 1 nothing done, 3 made, 4 removed, 5 replaced."""
        wanted = flags.lower()
        remove, replace = b"r" in wanted, b"f" in wanted
        vector = self._vector(ctx)
        if vector.status == GENERATED or (vector.status == DELETED and remove):
            return PARSED
        done = PARSED
        if vector.field is not None and (
            vector.status == ICID_MISSING or (vector.status == PARSED and (replace or remove))
        ):
            ctx.draft.remove_field(vector.field)
            vector.text, vector.field, vector.status = b"", None, DELETED
            done = DELETED
        if replace or (b"g" in wanted and vector.status != PARSED):
            made_by = ctx.message.flow.socket.host_bytes
            vector.text = b"icid-value=%b;icid-generated-at=%b" % (token_hex(16).upper().encode(), made_by)
            ctx.draft.append_field(ctx.message, b"P-Charging-Vector: %b\r\n" % vector.text)
            done = REPLACED if done == DELETED else GENERATED
            vector.status = GENERATED
        return done

    @pseudo_variable("pcv", keys=("all", "orig", "term", "value", "status", "genaddr"))
    def pv_charging_vector(self, ctx: Context, inner: bytes) -> Value:
        """$pcv(value) and its like: parts of P-Charging-Vector: icid-value (value), icid-generated-at (genaddr),
        orig-ioi (orig), term-ioi (term), the whole value (all); $pcv(status): 0 none, 1 received, 2 received without an
        icid-value, 3 made here, 4 removed."""
        vector = self._vector(ctx)
        if inner == b"status":
            return vector.status
        return (vector.text or None) if inner == b"all" else vector.get(inner)
