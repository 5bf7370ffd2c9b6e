# -*- test-case-name: tests.script.test_runtime -*-
"""route: the kinds of route block, and what a script function may say of them."""

from __future__ import annotations

from enum import Flag


class RouteType(Flag):
    """Where a script runs. A function names the kinds it may stand in; a run has exactly one."""

    REQUEST = 1
    FAILURE = 2
    ONREPLY = 4  # onreply_route[NAME], armed by t_on_reply(): Kamailio's TM_ONREPLY
    REPLY = 8  # reply_route, every reply: Kamailio's CORE_ONREPLY
    BRANCH = 16
    ONSEND = 32
    EVENT = 64
    BRANCH_FAILURE = 128
    LOCAL = 256


REQUEST = RouteType.REQUEST
FAILURE = RouteType.FAILURE
TM_ONREPLY = RouteType.ONREPLY
CORE_ONREPLY = RouteType.REPLY
ONREPLY = TM_ONREPLY | CORE_ONREPLY
BRANCH = RouteType.BRANCH
ONSEND = RouteType.ONSEND
EVENT = RouteType.EVENT
LOCAL = RouteType.LOCAL
ANY = REQUEST | FAILURE | ONREPLY | BRANCH | ONSEND | EVENT | RouteType.BRANCH_FAILURE | LOCAL
