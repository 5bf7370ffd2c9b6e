# -*- test-case-name: tests.interfaces.test_reply -*-
"""reply: who answers the request that a script runs on: tm through its transaction, sl with or without one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zope.interface import Interface

if TYPE_CHECKING:
    from sipapp.script.runtime import Context


class IReplier(Interface):
    """tm, as sl sees it: answers through the transaction of a run."""

    def has_transaction(ctx: Context) -> bool:
        """This run's replies go through a transaction: the script made one, or it has suspended."""

    def owns(ctx: Context) -> bool:
        """Even sl_send_reply() must go through the transaction: it would answer, too, when the script has ended."""

    def reply(ctx: Context, status: int, reason: bytes) -> int:
        """What t_reply(status, reason) does, and its return code."""

    def reply_error(ctx: Context) -> int:
        """What t_reply_error() does, and its return code."""

    def to_tag(ctx: Context) -> bytes | None:
        """The To-tag of the transaction's replies; None where it cannot be known yet."""


class IReplySender(Interface):
    """sl, as other modules see it: the one way to answer that needs not know of transactions."""

    def send_reply(ctx: Context, status: int, reason: bytes) -> int:
        """Answer through the transaction where there is one, else statelessly; send_reply()'s return code."""

    def sl_send_reply(ctx: Context, status: int, reason: bytes) -> int:
        """Answer statelessly; sl_send_reply()'s return code."""

    def reply_tag(ctx: Context) -> bytes | None:
        """The To-tag that send_reply() would use."""


IReplySender.setTaggedValue("anywhere", True)  # who needs it may be loaded first, as in Kamailio


class IReplyWatcher(Interface):
    """A module that is told of the responses of our own making, by sl and tm."""

    def reply_sent(ctx: Context, status: int, data: bytes) -> None:
        """A response (bytes as they went out) to the request of this run."""

    def ack_filtered(ctx: Context) -> None:
        """An ACK to a stateless response of ours has come; no route runs for it."""
