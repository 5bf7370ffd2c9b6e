# -*- test-case-name: tests.modules.tm.test_parameters -*-
"""parameters: what modparam("tm", ...) sets."""

from __future__ import annotations

from sipapp.errors import ConfigError
from sipapp.module import modparam


class Parameters:
    """Each parameter of tm; times in ms, as scripts write them."""

    # -- timers
    fr_timer: int = modparam(
        default=30000,
        minimum=0,
        unit="ms",
        doc="how long nothing may come back: Timer B and F, and 64*T1 of all others",
    )
    fr_inv_timer: int = modparam(
        default=120000, minimum=0, unit="ms", doc="Timer C: how long an INVITE may stay without final response"
    )
    wt_timer: int = modparam(
        default=5000, minimum=0, unit="ms", doc="T4: how long a finished transaction absorbs what is still on its way"
    )
    retr_timer1: int = modparam(default=500, minimum=0, unit="ms", doc="T1: the first retransmission")
    retr_timer2: int = modparam(
        default=4000,
        minimum=0,
        unit="ms",
        doc="T2: the longest interval of retransmissions; that of an INVITE just doubles (RFC 3261 §17.1.1.2)",
    )
    max_inv_lifetime: int = modparam(
        default=180000, minimum=0, unit="ms", doc="an INVITE is over after this, however often a timer was restarted"
    )
    max_noninv_lifetime: int = modparam(default=32000, minimum=0, unit="ms", doc="the same for every other method")
    restart_fr_on_each_reply: int = modparam(
        default=1, doc="0: Timer C starts anew with the first provisional response, and with a higher one from 180 on"
    )
    noisy_ctimer: int = modparam(
        default=1, doc="0: an INVITE that went to one target without failure_route, and got no response, ends silently"
    )
    fr_timer_avp: str | None = modparam(default=None, doc="an $avp() with fr_timer in s; better use t_set_fr()")
    fr_inv_timer_avp: str | None = modparam(default=None, doc="an $avp() with fr_inv_timer in s; better use t_set_fr()")
    unix_tx_timeout: int = modparam(default=500, minimum=0, unit="ms", doc="without effect: t_write_unix() never waits")
    exec_time_check: int = modparam(
        default=5000, minimum=0, unit="ms", doc="warn of a failure_route that takes longer than this without waiting"
    )

    # -- matching
    reply_matching: int = modparam(default=1, doc="responses are matched by the branch parameter, whatever this says")
    ruri_matching: int = modparam(default=1, doc="0: the Request-URI of clients older than RFC 3261 does not count")
    via1_matching: int = modparam(default=1, doc="0: the top Via of clients older than RFC 3261 does not count")
    callid_matching: int = modparam(default=0, doc="1: a response must also have the Call-ID of its request")
    callid_cseq_matching: int = modparam(default=0, doc="as callid_matching")

    # -- provisional responses
    auto_inv_100: int = modparam(default=1, doc="0: t_relay() answers no INVITE with 100")
    auto_inv_100_reason: bytes = modparam(
        default=b"trying -- your call is important to us", doc="the reason phrase of that 100"
    )
    relay_100: int = modparam(default=0, doc="1: pass on 100 responses (RFC 3261 §16.7 forbids it)")
    pass_provisional_replies: int = modparam(
        default=0, doc="1: who sends a request of our own is told its provisional responses"
    )

    # -- final responses
    aggregate_challenges: int = modparam(default=1, doc="a 401 or 407 gets the challenges of all branches")
    disable_6xx_block: int = modparam(default=0, doc="1: a 6xx of one branch does not cancel the others")
    failure_reply_mode: int = modparam(
        default=3,
        minimum=0,
        maximum=3,
        doc="once failure_route has made new branches, older responses: 0 stay, 1 go, 2 those of the last t_relay() "
        "go, 3 go only if there are new branches",
    )
    faked_reply_prio: int = modparam(default=0, doc="added to the rank of responses of our own: the higher, the worse")
    remap_503_500: int = modparam(default=1, doc="0: pass a 503 on as it is; 1: as 500 (RFC 3261 §16.7 step 6)")
    reply_relay_mode: int = modparam(
        default=1, doc="kept for scripts that set it: a held 2xx never replaces a final one"
    )
    reply_408_code: int = modparam(default=408, minimum=400, maximum=699, doc="the status of a time-out")
    reply_408_reason: bytes = modparam(default=b"Request Timeout", doc="its reason phrase")
    default_code: int = modparam(default=500, minimum=100, maximum=699, doc="t_reply()'s status where it is no number")
    default_reason: bytes = modparam(default=b"Server Internal Error", doc="t_reply()'s reason where it has no value")
    delayed_reply: int = modparam(
        default=1, doc="0: a t_relay() that fails answers at once; 1: when the route ends, so that the script may"
    )
    rich_redirect: int = modparam(
        default=0, minimum=0, maximum=3, doc="what Contact of a 3xx tells more: 1 branch flags, 2 path, 3 both"
    )
    on_sl_reply: str | None = modparam(
        default=None, doc="an onreply_route for responses without transaction, before they are forwarded"
    )
    failure_exec_mode: int = modparam(
        default=0, doc="1: a branch that cannot be sent goes to failure_route, after fr_timer, and t_relay() is true"
    )
    enable_uac_fr: int = modparam(default=0, doc="1: failure_route may be armed for requests of our own")

    # -- CANCEL and ACK
    cancel_b_method: int = modparam(
        default=1,
        minimum=0,
        maximum=2,
        doc="to cancel a branch without any response: 0 count it as 487, 1 wait for one, 2 send CANCEL all the same",
    )
    unmatched_cancel: int = modparam(
        default=0, minimum=0, maximum=2, doc="a CANCEL without INVITE: 0 relay it statefully, 1 statelessly, 2 drop it"
    )
    local_cancel_reason: int = modparam(default=1, doc="a CANCEL of our own says why (RFC 3326)")
    e2e_cancel_reason: int = modparam(default=1, doc="a CANCEL takes over the Reason of the one that came")
    e2e_cancel_hop_by_hop: int = modparam(
        default=1, doc="kept for scripts that set it: a CANCEL always goes hop by hop"
    )
    reparse_invite: int = modparam(default=1, doc="kept for scripts that set it: CANCEL and ACK follow the INVITE sent")
    ac_extra_hdrs: bytes | None = modparam(
        default=None, doc="fields of the INVITE whose names begin with this go into its CANCEL and ACK too"
    )
    headers_mode: int = modparam(
        default=0, minimum=0, maximum=3, doc="1: a CANCEL gets all fields of the one that came, as far as they fit"
    )
    local_ack_mode: int = modparam(
        default=0,
        minimum=0,
        maximum=2,
        doc="where an ACK of our own goes: 0 as RFC 3261, 1 as the INVITE, 2 to the peer",
    )
    local_ack_branch_mode: int = modparam(
        default=0, minimum=0, maximum=2, doc="its branch: 0 always a new one, as RFC 3261 wants; 1 and 2 as 0"
    )
    evlreq_mode: int = modparam(
        default=0, doc="1: event_route[tm:local-request] also for CANCELs that go with a relayed INVITE"
    )

    # -- next hops
    reparse_on_dns_failover: int = modparam(
        default=1, doc="0: for the next address a request is made anew from the one received"
    )
    dns_reuse_rcv_socket: int = modparam(
        default=0, doc="1: to the next address by the socket that received the request"
    )
    failover_reply_codes: str | None = modparam(
        default=None, doc='"code=404;class=5": responses, beside 503, after which the next address is tried'
    )
    blst_503: int = modparam(default=0, doc="kept for scripts that set it: there is no block list of addresses")
    blst_503_def_timeout: int = modparam(default=0, unit="s", doc="as blst_503")
    blst_503_min_timeout: int = modparam(default=0, unit="s", doc="as blst_503")
    blst_503_max_timeout: int = modparam(default=3600, unit="s", doc="as blst_503")
    blst_methods_add: int = modparam(default=1, doc="as blst_503")
    blst_methods_lookup: int = modparam(default=-9, doc="as blst_503")

    # -- serial forking, dumps, other languages
    contacts_avp: bytes | None = modparam(default=None, doc="the $xavp() of t_load_contacts() and t_next_contacts()")
    contact_flows_avp: bytes | None = modparam(default=None, doc="the $xavp() of t_next_contact_flow()")
    xavp_contact: bytes | None = modparam(default=None, doc="the $xavp() with attributes of contacts, kept with them")
    tw_append: list[str] = modparam(
        default=[], doc='"name:element;title=element": what t_write_req() appends where its action ends in /name'
    )
    event_callback: str | None = modparam(default=None, doc="for scripts in other languages; ours have event_route")
    event_callback_lres_sent: str | None = modparam(default=None, doc="as event_callback")
    evcb_local_ack_sent: str | None = modparam(default=None, doc="as event_callback")

    def failover_statuses(self) -> frozenset[int]:
        """What `failover_reply_codes` names. Raises ConfigError."""
        found = {503}
        for part in filter(None, (p.strip() for p in (self.failover_reply_codes or "").split(";"))):
            kind, _, number = part.partition("=")
            if kind == "code" and number.isdigit() and 300 <= int(number) <= 699:
                found.add(int(number))
            elif kind == "class" and number.isdigit() and 3 <= int(number) <= 6:
                found.update(range(int(number) * 100, int(number) * 100 + 100))
            else:
                raise ConfigError(
                    f'modparam("tm", "failover_reply_codes"): {part!r} is neither code=300..699 nor class=3..6'
                )
        return frozenset(found)
