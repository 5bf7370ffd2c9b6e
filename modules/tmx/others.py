# -*- test-case-name: tests.modules.tmx.test_others -*-
"""others: transactions that another worker has: what the script wants done with them is asked of it.

Nobody waits for the answer: the function is true once the other one is asked, which the log tells if it could not.
"""

from __future__ import annotations

from typing import Any

from twisted.python.failure import Failure

from sipapp.errors import RpcFault
from sipapp.interfaces.server import IServer
from sipapp.log import Logger
from sipapp.module import rpc_command
from sipapp.module.others import ask, ask_one, owner_of

log = Logger()

MOST_FLAGS = 32


class Others:
    """tmx.*: between workers."""

    server: IServer
    tm: Any

    def ask_owner(self, label: int, command: str, *parameters: Any) -> bool:
        """Have the worker whose transaction has this label run a command; false where it is this one."""
        owner = owner_of(self.server, label)
        if owner:
            ask_one(self.server, owner, command, *parameters).addErrback(_failed)
        return owner > 0

    def ask_all(self, command: str, *parameters: Any) -> bool:
        """Have whoever has the transaction run a command; false where there is only one worker."""
        if self.server.workers == 1:
            return False
        ask(self.server, command, *parameters).addErrback(_failed)
        return True

    @rpc_command("tmx.continue")
    def rpc_continue(self, tindex: int, tlabel: int, rtname: str) -> None:
        """t_continue() of another worker."""
        route = self.server.script.routes.get(rtname)
        if route is None or self.tm.resume(tindex, tlabel, route) < 0:
            raise RpcFault(f"nothing to continue: {tindex}:{tlabel}, {rtname}", 404)

    @rpc_command("tmx.cancel_callid")
    def rpc_cancel(self, callid: bytes, cseq: bytes, flag: int, rcode: int) -> None:
        """t_cancel_callid() of another worker."""
        if self.cancel_call(callid, cseq, flag, rcode) < 0:
            raise RpcFault("no such INVITE", 404)

    @rpc_command("tmx.reply_callid")
    def rpc_reply(self, callid: bytes, cseq: bytes, code: int, reason: bytes) -> None:
        """t_reply_callid() of another worker."""
        t = self.tm.find_call(callid, cseq)
        if t is None or int(self.tm.answer(t, code, reason)) < 0:
            raise RpcFault("no such INVITE, or it has its answer", 404)

    def cancel_call(self, callid: bytes, cseq: bytes, flag: int, rcode: int) -> int:
        """Cancel an INVITE of this worker: 1; -1 where there is no such one."""
        t = self.tm.find_call(callid, cseq)
        if t is None:
            return -1
        if 0 < flag < MOST_FLAGS:
            t.message_flags |= 1 << flag
        self.tm.cancel(t, None, rcode if 100 <= rcode <= 699 else 0)
        return 1


def _failed(why: Failure) -> None:
    log.warn("another worker: {why}", why=why.getErrorMessage())
