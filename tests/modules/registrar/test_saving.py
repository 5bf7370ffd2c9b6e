from __future__ import annotations

from sipapp.errors import ConfigErrors
from tests.modules.registrar.phones import PhoneCase

A, B, C = "<sip:a@192.0.2.1>", "<sip:b@192.0.2.1>", "<sip:c@192.0.2.1>"
INSTANCE = ';+sip.instance="<urn:uuid:1>"'


def contact(uri: str, expires: int = 3600, more: str = "") -> str:
    return f"{uri}{more};expires={expires}"


class BindingTests(PhoneCase):
    """What becomes of contacts. RFC 3261 §10.3."""

    def test_they_are_added_listed_renewed_and_removed(self) -> None:
        self.serve()
        self.assertEqual(self.listed(self.register()), [])
        self.assertEqual(self.listed(self.register(A)), [contact(A)])
        self.assertEqual(self.listed(self.register(f"{B};expires=100")), [contact(A), contact(B, 100)])
        self.sip.advance(10)
        self.assertEqual(self.listed(self.register()), [contact(A, 3590), contact(B, 90)])
        self.assertEqual(self.listed(self.register(A)), [contact(A), contact(B, 90)])
        self.assertEqual(self.listed(self.register(f"{A};expires=0")), [contact(B, 90)])
        self.assertEqual(self.listed(self.register("*", lines=("Expires: 0",))), [])
        self.assertEqual(self.said(), ["4", "1", "1", "4", "2", "3", "3"])

    def test_they_are_gone_when_their_time_is_over(self) -> None:
        self.serve()
        self.register(f"{A};expires=60")
        self.sip.advance(59.9)
        self.assertEqual(self.listed(self.register()), [contact(A, 1)])
        self.sip.advance(0.1)
        self.assertEqual(self.listed(self.register()), [])

    def test_the_best_is_listed_first(self) -> None:
        self.serve()
        answer = self.register(f"{A};q=0.1", f"{B};q=0.7, {C}")
        self.assertEqual(self.listed(answer), [contact(B, more=";q=0.7"), contact(A, more=";q=0.1"), contact(C)])
        answer = self.register(f"{C};q=1")
        self.assertEqual(self.listed(answer)[0], contact(C, more=";q=1"))

    def test_removing_what_is_not_there_is_no_mistake(self) -> None:
        self.serve()
        self.assertEqual(self.register(f"{A};expires=0").status, 200)
        self.register(A)
        self.assertEqual(self.listed(self.register(f"{B};expires=0")), [contact(A)])

    def test_a_retransmission_changes_nothing_and_an_older_one_is_refused(self) -> None:
        self.serve()
        self.register(A, cseq=10)
        self.assertEqual(self.register(f"{A};q=1", cseq=10).status, 200)
        self.assertEqual(self.listed(self.register(cseq=11)), [contact(A)])
        self.assertEqual(self.status(self.register(f"{A};expires=0", cseq=9)), (400, "Invalid CSeq number"))
        self.assertEqual(self.listed(self.register(f"{A};q=1", call_id="two", cseq=1)), [contact(A, more=";q=1")])

    def test_all_of_it_is_done_or_nothing(self) -> None:
        self.serve()
        self.register(A)
        answer = self.register(f"{B}", f"{C};q=7")
        self.assertEqual(self.status(answer), (400, "Invalid q param in contact"))
        self.assertEqual(self.listed(self.register()), [contact(A)])

    def test_one_that_is_named_twice_is_there_once(self) -> None:
        self.serve()
        self.assertEqual(self.listed(self.register(f"{A}, {A};q=0.3")), [contact(A)])
        self.assertEqual(self.listed(self.register(f"{A}, {A};q=0.4")), [contact(A, more=";q=0.4")])

    def test_an_instance_is_one_contact_wherever_it_is(self) -> None:
        self.serve()
        self.register(A + INSTANCE)
        self.assertEqual(self.listed(self.register(B + INSTANCE)), [contact(B) + INSTANCE])

    def test_an_instance_that_starts_anew_leaves_no_old_flows(self) -> None:
        self.serve()
        self.register(f"{A}{INSTANCE};reg-id=1")
        self.assertEqual(len(self.listed(self.register(f"{B}{INSTANCE};reg-id=2"))), 2)
        answer = self.register(f"{C}{INSTANCE};reg-id=1", call_id="two")
        self.assertEqual(self.listed(answer), [f"{contact(C)}{INSTANCE};reg-id=1"])

    def test_users_are_told_apart(self) -> None:
        self.serve()
        self.register(A)
        self.assertEqual(self.listed(self.register(user="carol")), [])
        self.assertEqual(self.listed(self.register(to="<sip:B%6FB@elsewhere.example>")), [contact(A)])

    def test_what_is_no_address_is_refused(self) -> None:
        self.serve()
        for to in ("<nonsense>", f"<sip:{'b' * 65}@example.com>"):
            self.assertIn(self.register(A, to=to).status, (400, 500))
        self.assertEqual(self.statistic("registrar", "accepted_regs"), 0)


class FunctionTests(PhoneCase):
    """What the script says to save()."""

    def test_a_user_may_be_named(self) -> None:
        self.serve(save='save("location", "0", "sip:carol@example.com"); exit;')
        self.register(A)
        self.assertEqual(self.listed(self.register(user="dave")), [contact(A)])

    def test_an_answer_may_be_left_to_the_script(self) -> None:
        self.serve(save='save("location", "0x02"); if ($rc == 1) reg_send_reply(); exit;')
        self.assertEqual(self.listed(self.register(A)), [contact(A)])
        self.assertEqual(len(self.phone.messages), 1)
        self.register(A)
        self.assertEqual(len(self.phone.messages), 1)

    def test_its_header_fields_may_go_into_the_scripts_own(self) -> None:
        self.serve(save='save("location", "18"); sl_send_reply("202", "Done"); exit;')
        answer = self.register(A)
        self.assertEqual((answer.status, self.listed(answer)), (202, [contact(A)]))

    def test_a_contact_may_take_the_place_of_all_others(self) -> None:
        self.serve(save='save("location", "4"); exit;')
        self.register(A)
        self.assertEqual(self.listed(self.register(f"{B}, {C}")), [contact(C)])
        self.assertEqual(self.listed(self.register(B, cseq=9)), [contact(B)])
        self.assertEqual(self.listed(self.register(B, cseq=9)), [contact(B)])

    def test_there_is_nothing_to_be_sent_without_save(self) -> None:
        self.serve(save='if (!reg_send_reply()) sl_send_reply("404", "No"); exit;')
        self.assertEqual(self.register(A).status, 404)

    def test_flags_are_the_sum_of_some(self) -> None:
        for flags in ("32", "-1", "x"):
            self.assertRaises(ConfigErrors, self.serve, save=f'save("location", "{flags}");')

    def test_a_table_has_a_name(self) -> None:
        self.assertRaises(ConfigErrors, self.serve, save='save("");')

    def test_one_who_holds_the_address_is_waited_for(self) -> None:
        self.serve()
        self.register(A)
        table = self.module("usrloc").tables[b"location"]
        table.hold(b"bob", self)
        self.tell("REGISTER", "bob", f"Contact: {B}")
        self.assertEqual(len(self.phone.messages), 1)
        table.release(b"bob")
        self.sip.advance(0)
        self.assertEqual(len(self.listed(self.phone.messages[-1])), 2)  # type: ignore[arg-type]


class ParameterTests(PhoneCase):
    def head(self, **parameters: int | str) -> str:
        shown = {n: v if isinstance(v, int) else f'"{v}"' for n, v in parameters.items()}
        return "".join(f'modparam("registrar", "{name}", {value})\n' for name, value in shown.items())

    def seconds(self, asked: str, **parameters: int | str) -> str:
        self.serve(head=self.head(**parameters))
        answer = self.register(A + asked)
        return self.listed(answer)[0].partition("expires=")[2] if answer.status == 200 else str(answer.status)

    def test_a_lifetime_is_within_bounds(self) -> None:
        self.assertEqual(self.seconds(""), "3600")
        self.assertEqual(self.seconds(";expires=x"), "3600")
        self.assertEqual(self.seconds("", default_expires=600), "600")
        self.assertEqual(self.seconds(";expires=10"), "60")
        self.assertEqual(self.seconds(";expires=10", min_expires=0), "10")
        self.assertEqual(self.seconds(";expires=10", min_expires_mode=1), "423")
        self.assertEqual(self.phone.messages[-1].first(b"min-expires"), b"60")
        self.assertEqual(self.seconds(";expires=5000", max_expires=3600), "3600")

    def test_chance_may_shorten_it(self) -> None:
        self.assertTrue(900 <= int(self.seconds(";expires=1000", expires_range=10)) <= 1000)
        self.assertTrue(900 <= int(self.seconds("", default_expires=1000, default_expires_range=10)) <= 1000)
        self.serve(head=self.head(expires_range=50), save='save("location", "8"); exit;')
        self.assertEqual(self.listed(self.register(f"{A};expires=1000")), [contact(A, 1000)])

    def test_there_may_be_too_many(self) -> None:
        self.serve(head=self.head(max_contacts=2, retry_after=7))
        answer = self.register(A, B, C)
        self.assertEqual(self.status(answer), (503, "Too many registered contacts"))
        self.assertEqual((answer.first(b"retry-after"), self.said()), (b"7", ["-2"]))
        self.register(A, B)
        answer = self.register(C)
        self.assertEqual((answer.status, len(self.listed(answer))), (503, 2))
        self.assertEqual(self.register(C, f"{A};expires=0").status, 200)
        self.assertEqual(self.statistic("registrar", "rejected_regs"), 2)

    def test_q_may_have_a_default(self) -> None:
        self.serve(head=self.head(default_q=500))
        self.assertEqual(self.listed(self.register(A)), [contact(A, more=";q=0.5")])

    def test_lengths_are_limited(self) -> None:
        self.serve(head=self.head(contact_max_size=20))
        self.assertEqual(self.status(self.register("<sip:aaaaaaaa@192.0.2.1>")), (400, "Contact/received too long"))
        self.assertEqual(self.status(self.register(A, call_id="c" * 256)), (400, "Callid too long"))
        self.register(A, lines=(f"User-Agent: {'u' * 300}",))
        self.assertEqual(self.sip.rpc("ul.lookup", "location", "bob")["Contacts"][0]["Contact"]["User-Agent"], "n/a")

    def test_the_socket_may_be_named(self) -> None:
        self.serve(
            'lookup("location"); xlog("$fs\\n");',
            self.head(sock_hdr_name="Sock", sock_flag=3),
            save='setflag(3); if (is_method("REGISTER")) { save("location"); exit; }',
        )
        self.register(A, lines=("Sock: tcp:192.0.2.100:5060",))
        self.assertEqual(self.look(), ["tcp:192.0.2.100:5060"])
        self.register(A, lines=("Sock: udp:192.0.2.66:5060",))
        self.assertEqual(self.look(), ["udp:192.0.2.100:5060"])

    def test_the_advertised_address_may_be_kept(self) -> None:
        self.serve(head=self.head(sock_mode=1))
        self.register(A)
        listed = self.sip.rpc("ul.lookup", "location", "bob")["Contacts"][0]["Contact"]
        self.assertEqual(listed["Socket"], "udp:192.0.2.100:5060")


class PathTests(PhoneCase):
    """RFC 3327."""

    PATH = "Path: <sip:edge@192.0.2.8;lr>"

    def use(self, mode: int, received: int = 0) -> None:
        self.serve(
            'lookup("location"); xlog("$du $bf\\n");',
            f'modparam("registrar", "use_path", 1) modparam("registrar", "path_mode", {mode})'
            f'modparam("registrar", "path_use_received", {received}) modparam("usrloc", "nat_bflag", 6)',
        )

    def test_without_use_path_it_is_passed_over(self) -> None:
        self.serve('lookup("location"); xlog("$du\\n");')
        answer = self.register(A, lines=(self.PATH, "Supported: path"))
        self.assertEqual((answer.first(b"path"), self.look()), (None, ["<null>"]))

    def test_a_client_that_does_not_know_it_is_refused_and_nothing_kept(self) -> None:
        self.use(2)
        answer = self.register(A, lines=(self.PATH,))
        self.assertEqual(self.status(answer), (420, "No support for found Path indicated"))
        self.assertEqual((answer.first(b"unsupported"), self.listed(self.register())), (b"path", []))
        answer = self.register(A, lines=(self.PATH, "Supported: path"))
        self.assertEqual((answer.status, answer.first(b"path")), (200, b"<sip:edge@192.0.2.8;lr>"))
        self.assertEqual(self.look(), ["sip:edge@192.0.2.8;lr 0"])

    def test_or_kept_and_not_told(self) -> None:
        self.use(1)
        answer = self.register(A, lines=(self.PATH,))
        self.assertEqual((answer.status, answer.first(b"path")), (200, None))
        answer = self.register(A, lines=(self.PATH, "Supported: path"))
        self.assertEqual(answer.first(b"path"), b"<sip:edge@192.0.2.8;lr>")
        self.use(0)
        answer = self.register(A, lines=(self.PATH, "Supported: path"))
        self.assertEqual((answer.status, answer.first(b"path")), (200, None))

    def test_one_that_is_wrong_is_refused_with_what_there_is(self) -> None:
        self.use(1)
        self.register(A)
        answer = self.register(B, lines=("Path: <sip:edge@192.0.2.8>",))
        self.assertEqual((self.status(answer), self.listed(answer)), ((400, "Path parse error"), [contact(A)]))

    def test_it_may_say_where_the_client_is(self) -> None:
        self.use(1, received=1)
        answer = self.register(A, lines=("Path: <sip:edge@192.0.2.8;lr;received=sip:192.0.2.7>",))
        self.assertEqual(self.listed(answer), [contact(A) + ';received="sip:192.0.2.7"'])
        self.assertEqual(self.look(), ["sip:edge@192.0.2.8;lr;received=sip:192.0.2.7 64"])
