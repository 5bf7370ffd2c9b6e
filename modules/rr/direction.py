# -*- test-case-name: tests.modules.rr.test_direction -*-
"""direction: what the Route entry that brought a request here says of it: its parameters, and which way it goes."""

from __future__ import annotations

from sipapp.errors import ConfigError, ParseError
from sipapp.message.message import Message
from sipapp.message.parameters import Parameters, unquote
from sipapp.message.request import Request
from sipapp.message.uri import Uri
from sipapp.module import ANY, REQUEST, Context, Regex, Value, pseudo_variable, script_function
from sipapp.modules.rr.loose import LooseRouter
from sipapp.modules.rr.routes import read_routes

DOWNSTREAM, UPSTREAM = 1, 2


def direction(text: bytes) -> bool:
    """Whether `upstream`, not `downstream`, is meant. Raises ConfigError: neither."""
    if text.lower() not in (b"upstream", b"downstream"):
        raise ConfigError(f"unknown direction {text.decode(errors='replace')!r}; there are upstream and downstream")
    return text.lower() == b"upstream"


class Direction:
    """Functions and variables about the way of a request."""

    router: LooseRouter

    def route_parameters(self, ctx: Context) -> bytes:
        """The parameters of our Route entry, or of the Request-URI where a strict router put it there; b"" without."""
        known: bytes | None = ctx.extra.get("rr.parameters")
        if known is None:
            message = ctx.message
            known = self._top_parameters(message) if message.head.first(b"route") >= 0 else b""
            ctx.extra["rr.parameters"] = known
        return known

    def _top_parameters(self, message: Message) -> bytes:
        if not isinstance(message, Request):
            return b""
        try:
            entries = read_routes(message)
            top = Uri.parse(entries[0][0]) if entries else None
            return bytes(top.parameters) if top is not None and self.router.is_ours(top) else b""
        except ParseError:
            return b""

    def route_parameter(self, ctx: Context, name: bytes) -> bytes | None:
        """One of these parameters; b"" where it has no value, None where it is absent."""
        parameters = Parameters.parse(self.route_parameters(ctx))
        name = name.lower()
        return unquote(parameters.get(name, b"") or b"") if name in parameters else None

    def is_upstream(self, ctx: Context) -> bool:
        """From the callee's side to the caller's: the ftag parameter is not the From tag."""
        known: bool | None = ctx.extra.get("rr.upstream")
        if known is None:
            known = False
            parameters = self.route_parameters(ctx)
            if parameters and b"ftag" in parameters:
                ftag, tag = self.route_parameter(ctx, b"ftag"), ctx.message.from_tag
                known = bool(ftag and tag and ftag != tag)
            ctx.extra["rr.upstream"] = known
        return known

    @script_function(routes=REQUEST)
    def check_route_param(self, ctx: Context, re: Regex) -> int:
        """True when a regular expression matches the parameters, `;` first, of our Route entry."""
        parameters = self.route_parameters(ctx)
        return 1 if parameters and re.search(b";" + parameters) else -1

    @script_function(routes=REQUEST, parse={"dir": direction})
    def is_direction(self, ctx: Context, dir: bool) -> int:
        """is_direction("upstream" or "downstream"): true when the request goes that way; needs `append_fromtag`."""
        return 1 if self.is_upstream(ctx) is dir else -1

    @script_function(routes=ANY)
    def rr_next_hop_route(self, ctx: Context) -> int:
        """True when the next hop is one that Route names, as loose_route() found it."""
        draft = ctx.draft
        wanted = {uri for uri in (draft.next_hop, draft.request_uri) if uri}
        if not wanted:
            return -1
        try:
            return 1 if any(uri in wanted for uri, *_ in read_routes(ctx.message)) else -1
        except ParseError:
            return -1

    @pseudo_variable("route_uri")
    def pv_route_uri(self, ctx: Context) -> bytes:
        """$route_uri: the URI of the first Route entry as received; empty where there is none."""
        try:
            entries = read_routes(ctx.message)
        except ParseError:
            return b""
        return entries[0][0] if entries else b""

    @pseudo_variable("fti")
    def pv_from_tag_initial(self, ctx: Context) -> Value:
        """$fti: the From tag as in the initial request, whichever way this one goes."""
        return self._tag(ctx, self.is_upstream(ctx))

    @pseudo_variable("tti")
    def pv_to_tag_initial(self, ctx: Context) -> Value:
        """$tti: the To tag as in the answer to the initial request, whichever way this one goes."""
        return self._tag(ctx, not self.is_upstream(ctx))

    def _tag(self, ctx: Context, of_to: bool) -> Value:
        message = ctx.message
        return (message.to_tag if of_to else message.from_tag) or None

    @pseudo_variable("rdir", keys=("id", "name"))
    def pv_direction(self, ctx: Context, inner: bytes) -> Value:
        """$rdir(id): 1 for downstream, 2 for upstream; $rdir(name): the word."""
        upstream = self.is_upstream(ctx)
        if inner == b"name":
            return b"upstream" if upstream else b"downstream"
        return UPSTREAM if upstream else DOWNSTREAM
