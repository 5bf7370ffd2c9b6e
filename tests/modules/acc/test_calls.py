"""modules/acc/calls.py: what is accounted, and when."""

from __future__ import annotations

from functools import partial
from typing import Any

from sipapp.message.build import response
from sipapp.message.request import Request
from tests.modules.acc.calling import RELAY, AccCase
from tests.modules.tm.scene import FORK

ALL = "setflag(1); setflag(2); setflag(3);"
F, T = "from-5060", "peer-5060"


class CallCase(AccCase):
    def call(self, flags: str, *answers: Any, seconds: float = 1.0, routes: str = "", **given: Any) -> list[str]:
        """The records of a call to bob, who answers so."""
        self.account(f'{flags} if (is_method("INVITE")) {{ t_on_failure("F"); }} {RELAY}', routes or NOTHING, **given)
        self.rings(self.bob, *answers)
        self.invite(seconds)
        return self.records

    def kept(self) -> int:
        """Calls that are remembered."""
        module: Any = self.sip.server.modules["acc"]
        return len(module.calls._calls)


NOTHING = "failure_route[F] { exit; }"


class AnswerTests(CallCase):
    def test_an_answer_is_a_line(self) -> None:
        self.assertEqual(self.call("setflag(1);", 180, 200), [f"transaction answered: INVITE {F} {T} 200 Status 200"])

    def test_without_the_flag_there_is_none(self) -> None:
        self.assertEqual(self.call("setflag(4);", 200), [])

    def test_nobody_listens_where_no_flag_is_named(self) -> None:
        self.call(ALL, 200, log_flag=-1, log_missed_flag=-1)
        self.assertEqual((self.records, self.tm.listeners), ([], []))

    def test_a_refusal_wants_a_flag_of_its_own(self) -> None:
        self.assertEqual(self.call("setflag(1);", 486), [])
        self.assertEqual(
            self.call("setflag(1); setflag(3);", 486), [f"transaction answered: INVITE {F} {T} 486 Status 486"]
        )

    def test_some_refusals_can_be_left_out(self) -> None:
        self.assertEqual(self.call("setflag(1); setflag(3);", 404, failed_filter="407,404"), [])

    def test_an_answer_of_our_own_has_our_tag_and_the_usual_reason(self) -> None:
        self.account('setflag(1); setflag(3); t_newtran(); t_reply("480", "Nobody home");')
        self.invite()
        tag = self.last().to.tag.decode()
        self.assertEqual(self.records, [f"transaction answered: INVITE {F} {tag} 480 Temporarily Unavailable"])

    def test_early_media_is_a_response_with_a_body(self) -> None:
        for wanted in (0, 1):
            self.account(f"setflag(1); {RELAY}", early_media=wanted)
            for body in (b"", b"v=0"):
                self.bob.answers = partial(self.progress, body)
                self.invite()
            self.assertEqual([line.split()[5] for line in self.records], ["183"] * wanted)

    def progress(self, body: bytes, request: Request) -> list[int]:
        self.bob.send_raw(response(request, 183, b"Progress", b"t", body=body, content_type=b"application/sdp"))
        return []

    def test_one_of_our_own_is_not(self) -> None:
        answer = 'set_reply_body("a", "text/plain"); t_reply("183", "Progress");'
        self.account(f"setflag(1); t_newtran(); {answer}", early_media=1)
        self.invite()
        self.assertEqual((self.alice.statuses, self.records), ([183], []))

    def test_only_the_first_2xx_counts(self) -> None:
        self.assertEqual(len(self.call("setflag(1);", 200, (0.1, 200), (0.5, 200))), 1)

    def test_the_reason_may_be_the_header_field_s(self) -> None:
        busy = (0.0, 486, "Reason: SIP")
        self.assertEqual(self.call(ALL, busy)[-1].split(" ", 5)[-1], "486 Status 486")
        self.assertEqual(self.call(ALL, busy, reason_from_hf=1)[-1].split(" ", 5)[-1], "486 SIP")
        self.assertEqual(self.call(ALL, 486, reason_from_hf=1)[-1].split(" ", 5)[-1], "486 Status 486")

    def test_the_request_uri_is_that_of_the_branch_that_won(self) -> None:
        self.account(f"setflag(1); {FORK} t_relay();", log_extra="ru=$ru;a=$avp(a)")
        self.rings(self.bob, 486)
        self.rings(self.carol, (0.5, 200))
        self.invite(1)
        self.assertEqual(
            self.records, [f"transaction answered: INVITE {F} {T} 200 Status 200 sip:carol@192.0.2.3:5060 "]
        )

    def test_variables_are_those_of_the_request(self) -> None:
        found = self.call('$avp(a) = "mine"; setflag(1);', 200, log_extra="m=$rm;a=$avp(a);u=$fU;none=$avp(b)")
        self.assertEqual(found, [f"transaction answered: INVITE {F} {T} 200 Status 200 INVITE mine alice "])

    def test_nothing_is_left_when_it_is_answered(self) -> None:
        for answers in ((180, 200), (486,)):
            self.call(ALL, *answers)
            self.assertEqual((len(self.transactions), self.kept()), (1, 0), answers)

    def test_or_when_its_transaction_is_over_where_an_ack_was_to_come(self) -> None:
        self.call(ALL, 200, report_ack=1)
        self.assertEqual(self.kept(), 1)
        self.sip.advance(100)
        self.assertEqual((self.transactions, self.kept()), ([], 0))

    def test_or_when_it_is_given_up_without_an_answer(self) -> None:
        self.account("setflag(1); t_newtran(); t_release();")
        self.options()
        self.assertEqual(self.kept(), 1)
        self.sip.advance(100)
        self.assertEqual(self.kept(), 0)


class MissedTests(CallCase):
    def test_a_refused_invite_is_missed(self) -> None:
        self.assertEqual(self.call("setflag(2);", 486), [f"call missed: INVITE {F} {T} 486 Status 486"])

    def test_and_may_be_accounted_as_well(self) -> None:
        self.assertEqual([line.split(":")[0] for line in self.call(ALL, 486)], ["call missed", "transaction answered"])

    def test_silence_is_a_408_with_our_tag(self) -> None:
        found = self.call("setflag(2);", seconds=40)
        self.assertEqual(found, [f"call missed: INVITE {F} {self.last().to.tag.decode()} 408 Request Timeout"])

    def test_a_call_that_goes_on_elsewhere_is_missed_once(self) -> None:
        again = 'failure_route[F] { $ru = "sip:carol@192.0.2.3"; $du = $null; t_relay(); }'
        self.account(f'setflag(1); setflag(2); t_on_failure("F"); {RELAY}', again, log_extra="u=$rU;c=$T_reply_code")
        self.rings(self.bob, 486)
        self.rings(self.carol, (0.5, 200))
        self.invite(1)
        self.assertEqual(
            self.records,
            [
                f"call missed: INVITE {F} {T} 486 Status 486 bob 486",
                f"transaction answered: INVITE {F} {T} 200 Status 200 carol 200",
            ],
        )

    def test_unless_the_script_sets_the_flag_again(self) -> None:
        again = 'failure_route[F] { setflag(2); t_reply("603", "No"); }'
        found = self.call("setflag(2);", 486, routes=again)
        self.assertEqual([line.split()[5:6] for line in found], [["486"]])  # t_reply() is before the flag is known
        found = self.call("setflag(2);", 486, routes="failure_route[F] { setflag(2); }")
        self.assertEqual([line.split()[5:6] for line in found], [["486"], ["486"]])

    def test_a_call_that_is_given_up_is_missed(self) -> None:
        self.account(f"setflag(2); {RELAY}")
        self.rings(self.bob, 180, (2.0, 487))
        self.invite(1)
        self.alice.cancel()
        self.sip.advance(2)
        self.assertEqual([line.split()[5:6] for line in self.records], [["487"]])

    def test_only_an_invite_can_be(self) -> None:
        self.account(f"setflag(2); {RELAY}")
        self.bob.answers = lambda request: [404]
        self.options(1)
        self.assertEqual(self.records, [])

    def test_it_is_all_that_is_said_where_both_flags_are_one(self) -> None:
        for routes in (NOTHING, 'failure_route[F] { setflag(1); t_reply("480", "Away"); }'):
            found = self.call("setflag(1); setflag(3);", 486, routes=routes, log_missed_flag=1)
            self.assertEqual([line.split(":")[0] for line in found], ["call missed"], routes)
        self.account('setflag(1); setflag(3); t_newtran(); t_reply("480", "Away");', log_missed_flag=1)
        self.invite()
        self.assertEqual([line.split(":")[0] for line in self.records], ["call missed"])


class PreparedTests(CallCase):
    def test_flags_that_are_set_later_count_only_then(self) -> None:
        later = "failure_route[F] { setflag(1); setflag(3); }"
        for flags, given, count in (("", {}, 0), ("setflag(5);", {"acc_prepare_flag": 5}, 1), ("", PREPARE, 1)):
            self.assertEqual(len(self.call(flags, 486, routes=later, **given)), count, given)

    def test_they_may_be_taken_back(self) -> None:
        self.assertEqual(self.call(ALL, 486, routes="failure_route[F] { resetflag(1); }")[1:], [])


PREPARE = {"acc_prepare_always": 1}


class WaitingTests(CallCase):
    """Waiting makes a transaction; a script need not know."""

    def test_flags_that_are_set_after_a_wait_count_when_it_relays(self) -> None:
        for before, after in (("", "setflag(1);"), ("setflag(1);", "")):
            found = self.call(f'{before} pause("500"); {after}', 200, seconds=2)
            self.assertEqual(found, [f"transaction answered: INVITE {F} {T} 200 Status 200"])
        self.assertEqual(self.call('pause("500"); setflag(4);', 200, seconds=2), [])

    def test_and_when_it_answers(self) -> None:
        for answer in ('t_newtran(); t_reply("404", "x");', 't_send_reply("404", "x");'):
            self.account(f'pause("500"); setflag(1); setflag(2); setflag(3); {answer}')
            self.invite(2)
            self.assertEqual([line.split(":")[0] for line in self.records], ["call missed", "transaction answered"])

    def test_those_that_are_set_when_it_has_relayed_do_not(self) -> None:
        later = "failure_route[F] { setflag(1); setflag(3); }"
        self.assertEqual(self.call('pause("500");', 486, seconds=2, routes=later), [])

    def test_the_direction_is_known(self) -> None:
        self.account(f'pause("500"); loose_route(); setflag(1); {RELAY}', detect_direction=1)
        self.rings(self.bob)
        self.alice.send("BYE", from_tag="b", to_tag="a", headers=["Route: <sip:192.0.2.100:5060;lr;ftag=a>"])
        self.sip.advance(1)
        self.assertEqual([line.split()[3:5] for line in self.records], [["a", "b"]])

    def test_nothing_is_left(self) -> None:
        self.call('pause("500"); setflag(1);', 200, seconds=2)
        self.assertEqual(self.kept(), 0)


class OtherRequestTests(CallCase):
    def test_a_cancel_only_where_it_is_wanted(self) -> None:
        for wanted in (0, 1):
            self.account(f"setflag(1); {RELAY}", report_cancels=wanted)
            self.bob.answers = lambda request: [180] if request.method == b"INVITE" else [200]
            self.invite(1)
            self.alice.cancel()
            self.sip.advance(0)
            self.assertEqual([line.split()[2] for line in self.records], ["CANCEL"] * wanted)

    def acknowledge(self, *tags: str, flags: str = "setflag(1);", **given: Any) -> list[str]:
        self.account(f"$avp(a) = $rm; {flags} {RELAY}", log_extra="a=$avp(a)", **given)
        self.rings(self.bob, 200)
        self.invite(0.1, call_id="call", cseq=7)
        for tag in tags:
            self.alice.send("ACK", call_id="call", cseq=7, to_tag=tag)
            self.sip.advance(0.1)
        return [line for line in self.records if line.startswith("request acknowledged")]

    def test_an_ack_only_where_it_is_wanted_and_once(self) -> None:
        self.assertEqual(self.acknowledge(T), [])
        found = self.acknowledge("other", T, T, report_ack=1)
        self.assertEqual(found, [f"request acknowledged: ACK {F} {T} 200 OK INVITE"])

    def test_an_ack_of_a_call_that_is_not_accounted_is_none(self) -> None:
        self.assertEqual(self.acknowledge(T, flags="setflag(2);", report_ack=1), [])

    def test_requests_from_the_callee_have_their_tags_the_other_way(self) -> None:
        self.account(f"loose_route(); setflag(1); {RELAY}", detect_direction=1)
        self.rings(self.bob)
        for ftag in ("a", "b"):
            self.alice.send("BYE", from_tag="a", to_tag="b", headers=[f"Route: <sip:192.0.2.100:5060;lr;ftag={ftag}>"])
            self.sip.advance(0)
        self.assertEqual([line.split()[3:5] for line in self.records], [["a", "b"], ["b", "a"]])

    def test_those_that_nobody_answers_by_tm_are_not_accounted(self) -> None:
        self.account('setflag(1); sl_send_reply("200", "OK");')
        self.options()
        self.assertEqual(self.records, [])
