# -*- test-case-name: tests.modules.tm.test_base -*-
"""times: the times that parameters of tm set."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sipapp.modules.tm.parameters import Parameters


class Times:
    """In s; what is 0 there is a ms here, but for the wait at the end."""

    __slots__ = ("fr", "fr_inv", "invite_lifetime", "lifetime", "t1", "t2", "t4")

    def __init__(self, given: Parameters) -> None:
        self.fr = given.fr_timer / 1000 or 0.001
        self.fr_inv = given.fr_inv_timer / 1000 or 0.001
        self.t1 = given.retr_timer1 / 1000 or 0.001
        self.t2 = given.retr_timer2 / 1000 or 0.001
        self.t4 = given.wt_timer / 1000
        self.invite_lifetime = given.max_inv_lifetime / 1000 or 0.001
        self.lifetime = given.max_noninv_lifetime / 1000 or 0.001
