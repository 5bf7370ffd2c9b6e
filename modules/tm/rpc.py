# -*- test-case-name: tests.modules.tm.test_rpc -*-
"""rpc: tm's RPC commands, and t_uac_send()."""

from __future__ import annotations

from typing import Any

from twisted.internet.defer import Deferred

from sipapp.errors import LocalError, ParseError, PeerError, ScriptError
from sipapp.interfaces.tm import Answered
from sipapp.interfaces.transport import Socket
from sipapp.log import Logger
from sipapp.message import build
from sipapp.message.message import Message
from sipapp.message.parse import parse
from sipapp.message.response import Response
from sipapp.message.uri import Uri
from sipapp.module import ANY, Context, rpc_command, script_function
from sipapp.modules.tm.dump import Dumps
from sipapp.modules.tm.relays import proxy_of
from sipapp.modules.tm.transaction import Transaction

log = Logger()

_OWN = frozenset((b"from", b"to", b"call-id", b"cseq", b"content-length"))
_ANSWER_WITHIN = 80.0  # s: how long tm.t_uac_wait_block waits


class RpcCommands(Dumps):
    """tm.*"""

    # -- requests of our own

    @script_function(routes=ANY)
    def t_uac_send(
        self, ctx: Context, method: bytes, ruri: bytes, nexthop: bytes, socket: bytes, headers: bytes, body: bytes
    ) -> int:
        """Send a request of our own and do not wait for its response. `nexthop` and `socket` may be "" or ".";
        `headers` must have From and To, may have Call-ID and CSeq, and Content-Type where there is a body."""
        try:
            sent = self.send_request(method, ruri, nexthop, socket, headers, body)
        except (PeerError, LocalError) as why:
            raise ScriptError(str(why)) from None
        sent.addErrback(lambda why: log.error("t_uac_send(): {why}", why=why.getErrorMessage()))
        return 1

    def send_request(
        self,
        method: bytes,
        ruri: bytes,
        nexthop: bytes,
        socket: bytes,
        headers: bytes,
        body: bytes,
        **more: Any,
    ) -> Deferred[Answered]:
        """The same for RPC. Raises ParseError, LocalError: what is wrong with an argument."""
        if not method:
            raise LocalError("Empty method")
        Uri.parse(ruri)
        hop = None if nexthop in (b"", b".") else nexthop
        if hop is not None:
            Uri.parse(hop)
        message = _headers(method, headers)
        if body and message.content_type is None:
            raise LocalError("Content-Type missing")
        from_, to = message.first(b"from"), message.first(b"to")
        if from_ is None or to is None:
            raise LocalError("To missing" if to is None else "From missing")
        cseq = message.cseq
        if cseq is not None and cseq.method != method:
            raise LocalError("CSeq method mismatch")
        lines = [message.head.line_of(n) for n, key in enumerate(message.head.keys) if key not in _OWN]
        own = self._own_socket(socket)
        fields = _with_own_address(b"".join(lines), own or self._first_socket())
        return self.request(
            method,
            ruri,
            from_,
            to,
            fields,
            body,
            hop,
            own,
            message.call_id or None,
            cseq.number if cseq is not None else None,
            **more,
        )

    def _own_socket(self, name: bytes) -> Socket | None:
        if name in (b"", b"."):
            return None
        uri, proto = proxy_of(name)
        found: Socket | None = self.transport.find_socket(proto, (uri.host_address or b"").decode(), uri.port)
        if found is None:
            raise LocalError(f"No local socket for {name.decode(errors='replace')!r}")
        return found

    def _first_socket(self) -> Socket | None:
        sockets = self.transport.sockets
        return sockets[0] if sockets else None

    @rpc_command("tm.t_uac_start")
    def rpc_start(self, method: str, ruri: str, nexthop: str, socket: str, headers: str, body: str = "") -> None:
        """Send a request: method, Request-URI, next hop (or "."), socket (or "."), header lines (From and To at least)
        and, where there is one, a body."""
        self._started(self.send_request(*_bytes(method, ruri, nexthop, socket, headers), body.encode()))

    @rpc_command("tm.t_uac_start_hex")
    def rpc_start_hex(self, method: str, ruri: str, nexthop: str, socket: str, headers: str, body: str = "") -> None:
        """As tm.t_uac_start, with the body in hexadecimal digits."""
        self._started(self.send_request(*_bytes(method, ruri, nexthop, socket, headers), bytes.fromhex(body)))

    @rpc_command("tm.t_uac_start_noack")
    def rpc_start_noack(self, method: str, ruri: str, nexthop: str, socket: str, headers: str, body: str = "") -> None:
        """As tm.t_uac_start, without ACK to a 2xx."""
        given = (*_bytes(method, ruri, nexthop, socket, headers), body.encode())
        self._started(self.send_request(*given, auto_ack=False))

    @rpc_command("tm.t_uac_start_noack_hex")
    def rpc_start_noack_hex(
        self, method: str, ruri: str, nexthop: str, socket: str, headers: str, body: str = ""
    ) -> None:
        """As tm.t_uac_start_noack, with the body in hexadecimal digits."""
        given = (*_bytes(method, ruri, nexthop, socket, headers), bytes.fromhex(body))
        self._started(self.send_request(*given, auto_ack=False))

    @rpc_command("tm.t_uac_wait")
    def rpc_wait(self, method: str, ruri: str, nexthop: str, socket: str, headers: str, body: str = "") -> Any:
        """As tm.t_uac_start; answers status, reason, and of the response the target and next hop of a request back,
        its Route, and all header lines."""
        return self.send_request(*_bytes(method, ruri, nexthop, socket, headers), body.encode()).addCallback(_described)

    @rpc_command("tm.t_uac_wait_hex")
    def rpc_wait_hex(self, method: str, ruri: str, nexthop: str, socket: str, headers: str, body: str = "") -> Any:
        """As tm.t_uac_wait, with the body in hexadecimal digits."""
        data = bytes.fromhex(body)
        return self.send_request(*_bytes(method, ruri, nexthop, socket, headers), data).addCallback(_described)

    @rpc_command("tm.t_uac_wait_noack")
    def rpc_wait_noack(self, method: str, ruri: str, nexthop: str, socket: str, headers: str, body: str = "") -> Any:
        """As tm.t_uac_wait, without ACK to a 2xx."""
        given = (*_bytes(method, ruri, nexthop, socket, headers), body.encode())
        return self.send_request(*given, auto_ack=False).addCallback(_described)

    @rpc_command("tm.t_uac_wait_noack_hex")
    def rpc_wait_noack_hex(
        self, method: str, ruri: str, nexthop: str, socket: str, headers: str, body: str = ""
    ) -> Any:
        """As tm.t_uac_wait_noack, with the body in hexadecimal digits."""
        given = (*_bytes(method, ruri, nexthop, socket, headers), bytes.fromhex(body))
        return self.send_request(*given, auto_ack=False).addCallback(_described)

    @rpc_command("tm.t_uac_wait_block")
    def rpc_block(self, method: str, ruri: str, nexthop: str, socket: str, headers: str, body: str = "") -> Any:
        """As tm.t_uac_wait, but answers only code and text, within 80 s."""
        return self._code_and_text(self.send_request(*_bytes(method, ruri, nexthop, socket, headers), body.encode()))

    @rpc_command("tm.t_uac_wait_block_hex")
    def rpc_block_hex(self, method: str, ruri: str, nexthop: str, socket: str, headers: str, body: str = "") -> Any:
        """As tm.t_uac_wait_block, with the body in hexadecimal digits."""
        given = (*_bytes(method, ruri, nexthop, socket, headers), bytes.fromhex(body))
        return self._code_and_text(self.send_request(*given))

    @rpc_command("tm.t_uac_wait_block_noack")
    def rpc_block_noack(self, method: str, ruri: str, nexthop: str, socket: str, headers: str, body: str = "") -> Any:
        """As tm.t_uac_wait_block, without ACK to a 2xx."""
        given = (*_bytes(method, ruri, nexthop, socket, headers), body.encode())
        return self._code_and_text(self.send_request(*given, auto_ack=False))

    @rpc_command("tm.t_uac_wait_block_noack_hex")
    def rpc_block_noack_hex(
        self, method: str, ruri: str, nexthop: str, socket: str, headers: str, body: str = ""
    ) -> Any:
        """As tm.t_uac_wait_block_noack, with the body in hexadecimal digits."""
        given = (*_bytes(method, ruri, nexthop, socket, headers), bytes.fromhex(body))
        return self._code_and_text(self.send_request(*given, auto_ack=False))

    @rpc_command("tm.t_uac_attrs")
    def rpc_attributes(
        self, attributes: str, method: str, ruri: str, nexthop: str, socket: str, headers: str, body: str = ""
    ) -> Any:
        """All of these in one: "mode=start|wait|block;cbflags=noack;rpflags=1;fr_timeout=ms;fr_inv_timeout=ms" (rpflags
        1: the body is in hexadecimal digits)."""
        wanted = dict(part.split("=", 1) for part in attributes.split(";") if "=" in part)
        data = bytes.fromhex(body) if wanted.get("rpflags") == "1" else body.encode()
        sent = self.send_request(
            *_bytes(method, ruri, nexthop, socket, headers),
            data,
            auto_ack=wanted.get("cbflags") != "noack",
            timeout=int(wanted.get("fr_timeout", "0")) / 1000,
            invite_timeout=int(wanted.get("fr_inv_timeout", "0")) / 1000,
        )
        mode = wanted.get("mode", wanted.get("reply", "start"))
        if mode == "wait":
            return sent.addCallback(_described)
        return self._code_and_text(sent) if mode == "block" else self._started(sent)

    def _started(self, sent: Deferred[Answered]) -> None:
        """What fails at once is the command's failure."""
        failed: list[Any] = []
        sent.addErrback(failed.append)
        if failed:
            failed[0].raiseException()

    def _code_and_text(self, sent: Deferred[Answered]) -> Deferred[Any]:
        shown = sent.addCallback(lambda a: {"code": a.status, "text": a.reason.decode("utf-8", "replace")})
        return shown.addTimeout(_ANSWER_WITHIN, self.server.clock)

    # -- transactions

    @rpc_command("tm.cancel")
    def rpc_cancel(self, callid: str, cseq: str) -> dict[str, Any]:
        """Cancel the branches of an INVITE, by Call-ID and CSeq; how many still wait."""
        t = self._by_call(callid, cseq)
        for branch in self.open_branches(t):
            self.cancel_branch(branch, [], self.cancel_b_method)
        waiting = sum(branch.cancel is None and branch.last < 200 for branch in t.branches)
        return {"remaining": waiting, "text": "branches remaining (waiting for timeout)"}

    @rpc_command("tm.reply")
    def rpc_reply(
        self, code: int, reason: str, trans_id: str, to_tag: str, new_headers: str = "", body: str = ""
    ) -> None:
        """Answer a request: status, reason, "index:label" (as $T(id_index) and $T(id_label)), To-tag, header lines or
        ".", body."""
        self._answer(self._by_id(trans_id), code, reason, to_tag, new_headers, body)

    @rpc_command("tm.reply_callid")
    def rpc_reply_callid(
        self, code: int, reason: str, callid: str, cseq: str, to_tag: str, new_headers: str = "", body: str = ""
    ) -> None:
        """The same by Call-ID and CSeq."""
        self._answer(self._by_call(callid, cseq), code, reason, to_tag, new_headers, body)

    def _answer(self, t: Transaction, code: int, reason: str, to_tag: str, headers: str, body: str) -> None:
        if t.status >= 200 or t.is_local:
            raise LocalError("Reply failed")
        fields = [] if headers in ("", ".") else [headers.rstrip("\r\n").encode() + b"\r\n"]
        config = self.server.config
        server = config.server_header if config.server_signature else None
        data = build.response(
            t.request, code, reason.encode(), (to_tag or "").encode() or t.tag, fields, body.encode(), None, server
        )
        if to_tag:
            t.tag_ = to_tag.encode()
        self.send_own(t, code, data)

    @rpc_command("tm.retransmit_reply")
    def rpc_retransmit(self, trans_id: str) -> None:
        """Send the last response to a request again, by "index:label"."""
        self._resend(self._by_id(trans_id))

    @rpc_command("tm.retransmit_reply_callid")
    def rpc_retransmit_callid(self, callid: str, cseq: str) -> None:
        """The same by Call-ID and CSeq."""
        self._resend(self._by_call(callid, cseq))

    def _resend(self, t: Transaction) -> None:
        if t.server is None or not t.server.resend():
            raise LocalError("nothing to retransmit")

    def _by_call(self, callid: str, cseq: str) -> Transaction:
        found = self.table.by_call(callid.encode(), cseq.encode())
        if found is None:
            raise LocalError("Transaction not found")
        return found

    def _by_id(self, trans_id: str) -> Transaction:
        index, _, label = trans_id.partition(":")
        if not index.isdigit() or not label.isdigit():
            raise LocalError("Invalid transaction ID")
        found = self.table.by_id(int(index), int(label))
        if found is None:
            raise LocalError("No such transaction")
        return found

    @rpc_command("tm.list")
    def rpc_list(self) -> list[dict[str, Any]]:
        """Every transaction there is."""
        now = self.seconds()
        return [
            {
                "cell": f"0x{id(t):x}",
                "tindex": t.index,
                "tlabel": t.label,
                "method": t.request.method.decode(errors="replace"),
                "from": (t.request.first(b"from") or b"").decode(errors="replace"),
                "to": (t.request.first(b"to") or b"").decode(errors="replace"),
                "callid": t.request.call_id.decode(errors="replace"),
                "cseq": str(t.request.cseq.number if t.request.cseq is not None else ""),
                "uas_request": "no" if t.is_local else "yes",
                "tflags": t.flags,
                "outgoings": len(t.branches),
                "ref_count": 1,
                "lifetime": max(0, int(t.end_of_life - now)),
            }
            for t in self.table
        ]

    @rpc_command("tm.clean")
    def rpc_clean(self) -> None:
        """End transactions that are long past their lifetime."""
        self.clean()

    @rpc_command("tm.stats")
    def rpc_stats(self) -> dict[str, int]:
        """How many transactions and responses there were, and are."""
        return self.counts.report()

    @rpc_command("tm.hash_stats")
    def rpc_hash_stats(self) -> dict[str, int]:
        """How full the table is. It is a hash table that grows by itself, so there is little to say."""
        return {"hash_size": 0, "crt_transactions": len(self.table), "acc_transactions": self.counts.created}


def _headers(method: bytes, headers: bytes) -> Message:
    """Header lines as a message, to read them. Raises ParseError."""
    lines = headers.strip(b"\r\n")
    return parse(b"%b sip:nobody SIP/2.0\r\n%b\r\n\r\n" % (method, lines))


def _with_own_address(fields: bytes, socket: Socket | None) -> bytes:
    """`!!` stands for our address, `!x` for x, as in Kamailio."""
    if b"!" not in fields or socket is None:
        return fields
    pieces = fields.split(b"!!")
    own = b"%b:%d" % (socket.host_bytes, socket.port)
    return own.join(piece.replace(b"!", b"") for piece in pieces)


def _bytes(method: str, ruri: str, nexthop: str, socket: str, headers: str) -> tuple[bytes, bytes, bytes, bytes, bytes]:
    return method.encode(), ruri.encode(), nexthop.encode(), socket.encode(), headers.encode()


def _described(answer: Answered) -> list[Any]:
    """status, reason, target, next hop, Route, header lines: the last four empty where the answer is ours."""
    reason = answer.reason.decode("utf-8", "replace")
    response = answer.response
    if response is None:
        return [answer.status, reason, "", "", "", ""]
    head = response.raw[response.head.fields_at : response.head.end].decode("utf-8", "replace")
    return [answer.status, reason, *_targets(response), head]


def _targets(response: Response) -> tuple[str, str, str]:
    """Where a request within the dialog of a 2xx would go."""
    if not 200 <= response.status < 300:
        return "", "", ""
    try:
        contacts, recorded = response.contacts, response.record_routes[::-1]
    except ParseError:
        return "", "", ""
    target = contacts[0].uri.decode(errors="replace") if contacts else ""
    if not recorded:
        return target, target, ""
    routes = ", ".join(bytes(route).decode(errors="replace") for route in recorded)
    return target, recorded[0].uri.decode(errors="replace"), f"Route: {routes}"
