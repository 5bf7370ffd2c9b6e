# -*- test-case-name: tests.modules.pv.test_xavp_texts -*-
"""xavp_texts: lists and parameters become the fields of an $xavp or $xavu, and the other way round; $var too."""

from __future__ import annotations

import re

from sipapp.module import Context, PvRef, script_function
from sipapp.module.functions import writable
from sipapp.modules.pv.paramlist import parse_params
from sipapp.modules.pv.scriptvars import ScriptVariables
from sipapp.script.avp import Xavp, XavpList, xavps, xavus

_WHITE = b" \t\r\n"


class XavpTexts(ScriptVariables):
    """Texts of many values."""

    @script_function()
    def xavp_slist_explode(self, ctx: Context, slist: bytes, sep: bytes, mode: bytes, xname: bytes) -> int:
        """xavp_slist_explode("a, b", ",", "t", "x"): each item of a list becomes a field v of a new $xavp(x), in
        order. Each character of `sep` separates; empty items are left out; mode "t" trims them. False where list,
        separators or name are empty."""
        if not slist or not sep or not xname:
            return -1
        items = re.split(b"[%b]" % re.escape(sep), slist)
        if mode[:1] == b"t":
            items = [item.strip(_WHITE) for item in items]
        xavps(ctx).add(xname, XavpList(Xavp(b"v", item) for item in items if item))
        return 1

    @script_function()
    def xavp_params_explode(self, ctx: Context, sparams: bytes, xname: bytes) -> int:
        """xavp_params_explode("a=1;b=2", "x"): each parameter becomes a field of a new $xavp(x). False where they are
        malformed or there are none."""
        return self.xavp_xparams_explode(ctx, sparams, b";", xname)

    @script_function()
    def xavp_xparams_explode(self, ctx: Context, sparams: bytes, sep: bytes, xname: bytes) -> int:
        """xavp_xparams_explode("a=1&b=2", "&", "x"): the same with another separator."""
        found = _parameters(sparams, sep[:1] or b";")
        if found is None or not xname:
            return -1
        xavps(ctx).add(xname, XavpList(Xavp(name, value) for name, value in found))
        return 1

    @script_function()
    def xavu_params_explode(self, ctx: Context, sparams: bytes, xname: bytes) -> int:
        """xavu_params_explode("a=1;b=2", "x"): each parameter becomes a field of $xavu(x), the last of each name."""
        found = _parameters(sparams, b";")
        if found is None or not xname:
            return -1
        xavus(ctx).put(xname, XavpList(Xavp(name, value) for name, value in dict(found).items()))
        return 1

    @script_function(parse={"pvname": writable})
    def xavp_params_implode(self, ctx: Context, xname: bytes, pvname: PvRef) -> int:
        """xavp_params_implode("x", "$var(text)"): the fields of $xavp(x) as `a=1;b;`, empty ones without `=`. False
        where there are none."""
        return _implode(ctx, xavps(ctx).fields(xname), pvname, b"%b=%b;")

    @script_function(parse={"pvname": writable})
    def xavp_params_implode_qval(self, ctx: Context, xname: bytes, pvname: PvRef) -> int:
        """xavp_params_implode_qval("x", "$var(text)"): the same, texts in double quotes."""
        return _implode(ctx, xavps(ctx).fields(xname), pvname, b'%b="%b";')

    @script_function(parse={"pvname": writable})
    def xavu_params_implode(self, ctx: Context, xname: bytes, pvname: PvRef) -> int:
        """xavu_params_implode("x", "$var(text)"): the fields of $xavu(x) as `a=1;b;`."""
        return _implode(ctx, xavus(ctx).fields(xname), pvname, b"%b=%b;")

    @script_function()
    def pv_var_to_xavp(self, ctx: Context, varname: bytes, xname: bytes) -> int:
        """pv_var_to_xavp("name", "x"): $xavp(x) becomes one with $var(name) as its only field; with "*" with every
        $var of the script that is no empty text. False where the script has no $var of this name."""
        xavps(ctx).drop_all(xname)
        if varname == b"*":
            values = {name: ctx.vars.get(name, first) for name, first in self.plain_names.items()}
            fields = XavpList(Xavp(name, value) for name, value in values.items() if value != b"")
            if fields:
                xavps(ctx).add(xname, fields)
            return 1
        if varname not in self.plain_names:
            return -1
        value = ctx.vars.get(varname, self.plain_names[varname])
        xavps(ctx).add(xname, XavpList([Xavp(varname, value)]))
        return 1

    @script_function()
    def pv_xavp_to_var(self, ctx: Context, xname: bytes) -> int:
        """pv_xavp_to_var("x"): each field of every $xavp(x) becomes a $var, older ones last. False where there is
        none with fields, or a field is neither a number nor a text."""
        found = xavps(ctx).all(xname)
        if not found or not isinstance(found[0].value, XavpList):
            return -1
        for each in found:
            for field in each.value if isinstance(each.value, XavpList) else ():
                if field.value is None or isinstance(field.value, XavpList):
                    return -1
                ctx.vars[field.name] = field.value
        return 1


def _parameters(source: bytes, separator: bytes) -> list[tuple[bytes, bytes]] | None:
    """None: malformed, one without a name, or nothing."""
    found = parse_params(source.removesuffix(b";"), separator) if source else None
    return found if found and all(name for name, _ in found) else None


def _implode(ctx: Context, fields: XavpList | None, variable: PvRef, form: bytes) -> int:
    pieces = []
    for field in fields or ():
        if isinstance(field.value, int):
            pieces.append(b"%b=%d;" % (field.name, field.value))
        elif isinstance(field.value, bytes):
            pieces.append(form % (field.name, field.value) if field.value else field.name + b";")
    if not pieces or variable.set is None:
        return -1
    variable.set(ctx, b"".join(pieces))
    return 1
