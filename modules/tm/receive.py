# -*- test-case-name: tests.modules.tm.test_receive -*-
"""receive: what becomes of the responses to a branch, and of silence: to the caller at once, or to be chosen from.

RFC 3261 §16.7, as Kamailio does it. A branch whose onreply_route waits takes its next responses when that has ended.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from sipapp.interfaces.route import RouteType
from sipapp.log import Logger
from sipapp.message.draft import Draft
from sipapp.message.response import Response
from sipapp.modules.tm.branch import NEVER, Branch
from sipapp.modules.tm.choice import MADE_UP
from sipapp.modules.tm.failure import Deciding
from sipapp.modules.tm.reply import UNCHANGED
from sipapp.modules.tm.transaction import INVITE, LOCAL, NOISY, RELEASED, Transaction
from sipapp.script.runtime import Context

if TYPE_CHECKING:
    from sipapp.errors import TransportError

log = Logger()


class Receiving(Deciding):
    """Responses, and the timers in their place."""

    if TYPE_CHECKING:

        def try_next_target(self, branch: Branch) -> bool: ...
        def local_ack(self, branch: Branch, response: Response) -> None: ...

    # -- a response has come

    def take_response(self, branch: Branch, response: Response) -> None:
        t = branch.transaction
        status = response.status
        self.counts.received += 1
        if self.listeners:
            self.tell("response_received", t, branch, response)
        if status >= 200:
            if status < 300 and t.flags & LOCAL and t.flags & INVITE:
                self.local_ack(branch, response)
        elif branch.canceled:
            if branch.cancel is None:
                branch.last = max(branch.last, status)
                self.late_cancel(branch)
            return
        if branch.on_reply:
            route = self.routes("onreply_routes").get(branch.on_reply)
            if route is not None:
                self._run_reply_route(branch, response, route)
                return
        self._taken(branch, response, response.draft, branch.last)

    def _run_reply_route(self, branch: Branch, response: Response, route: Any) -> None:
        """onreply_route sees the response, with the AVPs and flags of the transaction."""
        t = branch.transaction
        draft = response.draft or Draft()
        ctx = Context(self.server, response, draft, RouteType.ONREPLY)
        t.lend(ctx)
        ctx.branch = branch.index
        draft.flags = t.message_flags
        draft.xflags = t.message_xflags
        draft.branch_flags = branch.flags
        last = branch.last
        branch.last = max(last, response.status)  # what t_any_replied() and the like see
        waiting: list[Response] = []
        branch.waiting = waiting
        self.server.execute(route, ctx, partial(self._reply_route_done, branch, response, last))
        if branch.waiting is waiting:
            branch.last = last  # it waits: nothing is decided yet

    def _reply_route_done(self, branch: Branch, response: Response, last: int, ctx: Context, code: int) -> None:
        t = branch.transaction
        if t.kept is not None:
            self.run_ended(t, ctx)
        waiting, branch.waiting = branch.waiting, None
        if branch.last == response.status:
            branch.last = last
        draft = ctx.draft
        t.message_flags = draft.flags
        t.message_xflags = draft.xflags
        branch.flags = draft.branch_flags
        held = t.held
        if held is not None and held.ctx is ctx:  # t_suspend(): t_continue() will go on with it
            branch.waiting = waiting if waiting is not None else []
            return
        if not (ctx.dropped and response.status < 200):
            assert isinstance(ctx.message, Response)
            self._taken(branch, ctx.message, draft, last)
        self._take_waiting(branch, waiting)

    def _take_waiting(self, branch: Branch, waiting: list[Response] | None) -> None:
        """What came while the script waited, in order."""
        while waiting:
            response = waiting.pop(0)
            self.take_response(branch, response)
            if branch.waiting is not None:  # its script waits, too
                branch.waiting += waiting
                return

    def continue_reply(self, branch: Branch, ctx: Context) -> None:
        """A response that t_suspend() held goes on, with what the route of t_continue() has made of it."""
        waiting, branch.waiting = branch.waiting, None
        assert isinstance(ctx.message, Response)
        self._taken(branch, ctx.message, ctx.draft, branch.last)
        self._take_waiting(branch, waiting)
        self.settle_stored(branch.transaction)  # the decision may have waited for this one

    # -- what it means

    def _taken(self, branch: Branch, response: Response, draft: Draft | None, last: int) -> None:
        t = branch.transaction
        status = response.status
        if branch.more_targets and status in self.failover_codes and self.try_next_target(branch):
            branch.last = status  # the next address answers in its place
        elif status >= 300:
            self.final(branch, status, response, draft)
        elif t.flags & LOCAL:
            self._local(branch, status, response)
        elif status < 200:
            self._provisional(branch, response, draft)
        else:
            self._success(branch, response, draft)
        branch.replied = True
        if status < 200 and t.flags & INVITE and t.status < 200 and branch.heard < 200:
            self._restart_timer_c(branch, last, status)

    def _provisional(self, branch: Branch, response: Response, draft: Draft | None) -> None:
        t = branch.transaction
        if t.status >= 200 or branch.last >= 200:
            return
        branch.last = status = response.status
        if status == 100 and not self.relay_100:
            return
        t.status = status
        t.winner = branch.index
        self.send_up(t, status, (draft or UNCHANGED).render_response(response), response)

    def _success(self, branch: Branch, response: Response, draft: Draft | None) -> None:
        """A 2xx goes on at once; the other branches are over."""
        t = branch.transaction
        status = response.status
        if t.status >= 200:
            if not t.is_invite:
                return
            branch.last = status  # each 2xx to an INVITE is a dialog of its own
            self.send_up(t, status, (draft or UNCHANGED).render_response(response), response)
            return
        if branch.last >= 300:
            log.warn("{branch!r}: a {status} came after a refusal, dropped", branch=branch, status=status)
            return
        branch.last = t.status = status
        t.winner = branch.index
        t.canceled_by = None
        if len(t.branches) > 1 or t.kept:
            self.stop_branches(t, status)
        self.send_up(t, status, (draft or UNCHANGED).render_response(response), response)
        t.rest()

    def _restart_timer_c(self, branch: Branch, last: int, status: int) -> None:
        """RFC 3261 §16.6 step 11, §16.7 step 2."""
        if branch.client is None:
            return
        if self.restart_fr_on_each_reply or (last < status and (status >= 180 or last == 0)):
            t = branch.transaction
            seconds = self.seconds
            due = seconds() + (t.fr_inv or self.times.fr_inv)
            branch.due = due if due < t.end_of_life else t.end_of_life
            self.wheel.start(branch)

    def _local(self, branch: Branch, status: int, response: Response) -> None:
        """A provisional response or a 2xx to a request of our own."""
        t = branch.transaction
        if status < 200:
            if t.status < 200 and branch.last < 200:
                branch.last = t.status = status
                if self.pass_provisional_replies or t.wants_provisional:
                    self.tell_sender(t, status, response)
            return
        branch.last = status
        if t.status < 200:
            t.status = status
            self.counts.local_answered += 1
            self.stop_branches(t, status)
            self.tell_sender(t, status, response)

    # -- silence

    def branch_timed_out(self, branch: Branch) -> None:
        """Timer B or F: no response at all, or, but for INVITE, no final one."""
        t = branch.transaction
        if branch.place:
            log.info("{at}: {branch!r}: no answer", branch=branch, at=branch.place)
        branch.timed_out_ = True
        if t.status >= 200:
            return
        if self._ends_silently(branch):
            self.release(t)
            return
        if branch.last == 0 and branch.more_targets and self.seconds() < t.end_of_life and self.try_next_target(branch):
            branch.last = self.reply_408_code
            return
        self.made_up(branch, self.reply_408_code)

    def _ends_silently(self, branch: Branch) -> bool:
        t = branch.transaction
        return (
            not self.noisy_ctimer
            and not t.flags & NOISY
            and t.is_invite
            and not t.is_local
            and len(t.branches) == 1
            and not t.on_failure
            and not branch.on_failure
            and branch.last == 0
        )

    def timer_c(self, branch: Branch) -> None:
        """Timer C: no final response to an INVITE; RFC 3261 §16.8. Or none to one that was cancelled: nobody waits for
        it any longer, §9.1."""
        t = branch.transaction
        client = branch.client
        if client is None:
            return
        canceled = branch.cancel is not None
        if t.status < 200 and branch.last < 200:
            branch.timed_out_ = True
            if self._ends_silently(branch):
                self.release(t)
                return
            self.made_up(branch, self.reply_408_code)
            if not canceled:
                return
        client.terminate()
        if branch.client is client:
            branch.client_terminated(client)

    def made_up(self, branch: Branch, status: int) -> None:
        """Go on as if the branch had answered this. An INVITE that rings is cancelled."""
        t = branch.transaction
        rings = t.is_invite and branch.cancel is None and 100 <= branch.heard < 200
        branch.canceled = True
        branch.due = NEVER
        self.final(branch, status, MADE_UP, None)
        if rings and branch.client is not None:
            self.send_cancel(branch, [])

    def branch_not_sent(self, branch: Branch, error: TransportError) -> None:
        """The transport could not send it: as a 503. RFC 3261 §16.9."""
        log.info("{at}: {branch!r} was not sent: {error}", branch=branch, error=error, at=branch.place)
        if branch.sending:
            branch.sending = False  # t_relay() is about to find out
            return
        t = branch.transaction
        if t.status >= 200 or branch.last >= 200:
            return
        if branch.more_targets and self.try_next_target(branch):
            branch.last = 503
            return
        self.final(branch, 503, MADE_UP, None)

    # -- without an answer

    def release(self, t: Transaction) -> None:
        """Nobody will answer: forget it once what is on its way has been absorbed."""
        t.handled |= RELEASED
        for branch in t.branches:
            branch.due = NEVER
            if branch.client is not None:
                branch.client.stop_retransmission()
        if t.released is None:
            t.released = self.wheel.at(self.seconds() + self.times.t4, self._drop, t)

    def _drop(self, t: Transaction) -> None:
        t.released = None
        if t.server is not None:
            if t.status >= 200 and not t.dropped:
                return  # it has been answered after all: its own timers end it
            t.server.terminate()
            t.server = None
        for branch in t.branches:
            if branch.client is not None:
                branch.client.terminate()
                branch.client = None
        self.forget(t)
