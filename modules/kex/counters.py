# -*- test-case-name: tests.modules.test_kex_counters -*-
"""counters: the core's statistics: messages by method and status.

What only others can see, they count by these names, as Kamailio does: the router what it receives, what is too bad to
be handled (err_..., bad_msg_hdr), what a module or reply_route keeps from going on (drop_...) and the responses that it
forwards without a transaction (fwd_replies); forward(), and t_relay() of an ACK, what they send on (fwd_requests) and
what they cannot (drop_requests).
"""

from __future__ import annotations

from sipapp.errors import ParseError
from sipapp.message.request import Request
from sipapp.module import Context
from sipapp.statistics import Counter, Statistics

GROUP = "core"
METHODS = (
    b"INVITE CANCEL ACK BYE INFO REGISTER SUBSCRIBE NOTIFY MESSAGE OPTIONS PRACK UPDATE REFER PUBLISH KDMQ".split()
)
STATUSES = (*range(400, 412), 413, 414, 415, 420, *range(480, 490), 491, 493)
REPLIES_BY = {
    b"INVITE": "invite",
    b"CANCEL": "cancel",
    b"BYE": "bye",
    b"REGISTER": "reg",
    b"MESSAGE": "message",
    b"PRACK": "prack",
    b"UPDATE": "update",
    b"REFER": "refer",
    b"OPTIONS": "options",
}
"""Methods whose responses are counted by class: `rcv_replies_2xx_invite`."""

OTHERS = (
    "rcv_requests",
    "rcv_replies",
    "fwd_requests",
    "fwd_replies",
    "drop_requests",
    "drop_replies",
    "err_requests",
    "err_replies",
    "bad_URIs_rcvd",
    "unsupported_methods",
    "bad_msg_hdr",
)


class Counters:
    """Counts before and after each run."""

    def start_counters(self, statistics: Statistics) -> None:
        def counter(name: str) -> Counter:
            return statistics.counter(GROUP, name)

        self._others = {name: counter(name) for name in OTHERS}
        self._requests = {method: counter(f"rcv_requests_{method.decode().lower()}") for method in METHODS}
        classes = {digit: counter(f"rcv_replies_{digit}xx") for digit in range(1, 7)}
        ringing = counter("rcv_replies_18x")
        self._replies: dict[int, list[Counter]] = {}
        for status in range(100, 700):
            self._replies[status] = [classes[status // 100]]
            if 180 <= status < 190:
                self._replies[status].append(ringing)
            if status in STATUSES:
                self._replies[status].append(counter(f"rcv_replies_{status}"))
        self._replies_by = {
            (digit, method): counter(f"rcv_replies_{digit}xx_{name}")
            for method, name in REPLIES_BY.items()
            for digit in range(1, 7)
        }

    def before_script(self, ctx: Context) -> bool:
        """Count what came; every message goes on."""
        message = ctx.message
        try:
            if isinstance(message, Request):
                counter = self._requests.get(message.method.upper())
                (counter or self._others["unsupported_methods"]).value += 1
                message.parsed_uri  # noqa: B018  (parsed once; what fails is counted below)
            else:
                for counter in self._replies[message.status]:
                    counter.value += 1
                counter = self._replies_by.get((message.status // 100, message.method))
                if counter is not None:
                    counter.value += 1
        except ParseError:
            if isinstance(message, Request):
                self._others["bad_URIs_rcvd"].value += 1
        return True
