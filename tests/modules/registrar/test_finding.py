from __future__ import annotations

from tests.modules.registrar.phones import TARGETS, PhoneCase, requests

A, B, C = "<sip:a@192.0.2.1>", "<sip:b@192.0.2.2>", "<sip:c@192.0.2.3>"
LOOK = 'lookup("location");' + TARGETS
USE_PATH = 'modparam("registrar", "use_path", 1) modparam("registrar", "path_mode", 0)\n'


class LookupTests(PhoneCase):
    def test_the_best_contact_is_the_request_uri_and_the_others_are_branches(self) -> None:
        self.serve(LOOK)
        self.register(A, B + ";q=0.5", C + ';received="sip:192.0.2.9"', lines=("User-Agent: phone",))
        first, *others = self.look()
        self.assertEqual(first.split()[:5], ["1", "sip:b@192.0.2.2", "<null>", "udp:192.0.2.100:5060", "0"])
        self.assertTrue(first.split()[5].startswith("uloc-"))
        self.assertEqual(first.split()[6], "phone")
        self.assertEqual(
            others,
            [
                "sip:a@192.0.2.1 <null> <null> <null> 0 <null>",
                "sip:c@192.0.2.3 sip:192.0.2.9 <null> <null> 0 <null>",
            ],
        )

    def test_the_call_goes_there(self) -> None:
        self.serve('lookup("location"); t_relay();')
        self.register(A, B + ";q=0.5")
        phones = [self.sip.peer(f"udp:192.0.2.{n}:5060") for n in (1, 2)]
        self.look(method="INVITE")
        self.assertEqual([[r.uri for r in requests(p)] for p in phones], [[b"sip:a@192.0.2.1"], [b"sip:b@192.0.2.2"]])

    def test_nobody_is_there(self) -> None:
        self.serve('lookup("location"); xlog("$rc $ru\\n");')
        self.assertEqual(self.look(), ["-1 sip:bob@example.com"])

    def test_what_is_no_user_is_an_error(self) -> None:
        self.serve('lookup("location", "nonsense"); xlog("$rc\\n"); lookup("location", "sip:carol@x"); xlog("$rc\\n");')
        self.register(A, user="carol")
        self.assertEqual(self.look(), ["-3", "1"])

    def test_the_best_alone_may_be_wanted(self) -> None:
        self.serve(LOOK, 'modparam("registrar", "append_branches", 0)')
        self.register(A, B)
        self.assertEqual(len(self.look()), 1)

    def test_the_request_uri_may_stay(self) -> None:
        self.serve('lookup_to_dset("location");' + TARGETS)
        self.register(A, B)
        first, *others = self.look()
        self.assertEqual(first.split()[:2], ["1", "sip:bob@example.com"])
        self.assertEqual([line.split()[0] for line in others], ["sip:a@192.0.2.1", "sip:b@192.0.2.2"])
        self.assertEqual(len(self.look("carol")), 1)

    def test_flags_and_instance_come_along(self) -> None:
        self.serve(LOOK, save='if (is_method("REGISTER")) { setbflag(5); save("location"); exit; }')
        self.register(A, B + ';+sip.instance="<urn:x>"')
        first, other = self.look()
        self.assertEqual((first.split()[4], other.split()[4:]), ("32", ["32", "<urn:x>"]))

    def test_contacts_may_be_chosen_by_method(self) -> None:
        self.serve(LOOK, 'modparam("registrar", "method_filtering", 1)')
        self.register(A + ';methods="INVITE, BYE"', B + ';methods="INVITE, MESSAGE"')
        self.assertEqual(self.look()[0].split()[1], "sip:b@192.0.2.2")
        self.assertEqual(len(self.look(method="INVITE")), 2)
        self.assertEqual(self.look(method="SUBSCRIBE")[0].split()[0], "-2")
        self.tell("SUBSCRIBE", "bob", to="<sip:bob@example.com>;tag=t")
        self.assertEqual(self.said()[-2].split()[0], "1")

    def test_contacts_may_be_chosen_by_their_streams(self) -> None:
        self.serve(LOOK, 'modparam("registrar", "lookup_filter_mode", 2)')
        self.register(A)
        self.phone = self.sip.peer("tcp:192.0.2.5:5060")
        self.register(B, call_id="two")
        self.assertEqual([line.split()[0] for line in self.look()[1:]], [])
        self.assertEqual(self.look()[0].split()[1], "sip:a@192.0.2.1")


class PathTests(PhoneCase):
    def registered(self, *paths: str, head: str = "", body: str = LOOK) -> None:
        self.serve(body, USE_PATH + head)
        for number, path in enumerate(paths, 1):
            self.register(f"<sip:{number}@192.0.2.1>", lines=(f"Path: {path}",))

    def test_its_first_entry_is_the_way_and_all_of_it_the_route(self) -> None:
        self.registered("<sip:192.0.2.8;lr>,<sip:192.0.2.9;lr>", "<sip:192.0.2.7;lr>", body=LOOK + "t_relay();")
        edge = self.sip.peer("udp:192.0.2.8:5060")
        first, other = self.look()
        self.assertEqual(first.split()[1:3], ["sip:1@192.0.2.1", "sip:192.0.2.8;lr"])
        self.assertEqual(other.split()[:3], ["sip:2@192.0.2.1", "sip:192.0.2.7;lr", "<sip:192.0.2.7;lr>"])
        self.assertEqual(requests(edge)[0].first(b"route"), b"<sip:192.0.2.8;lr>,<sip:192.0.2.9;lr>")

    def test_an_entry_of_ours_is_passed_over_on_request(self) -> None:
        ours = "<sip:192.0.2.100;lr>"
        self.registered(f"{ours},<sip:192.0.2.9;lr>", ours, head='modparam("registrar", "path_check_local", 1)')
        first, other = self.look()
        self.assertEqual(first.split()[1:3], ["sip:1@192.0.2.1", "sip:192.0.2.9;lr"])
        self.assertEqual(other.split()[:3], ["sip:2@192.0.2.1", "<null>", "<null>"])

    def test_a_contact_with_a_wrong_one_is_passed_over_but_for_the_best(self) -> None:
        self.serve(LOOK)
        for path, uri in (("0", "sip:a@192.0.2.1"), ("nonsense", "sip:b@192.0.2.2"), ("0", "sip:c@192.0.2.3")):
            self.sip.rpc("ul.add", "location", "bob", uri, 60, 0.5, path, 0, 0, -1)
        self.assertEqual([line.split()[0] for line in self.look()], ["1", "sip:c@192.0.2.3"])
        self.sip.rpc("ul.rm_contact", "location", "bob", "sip:a@192.0.2.1")
        self.assertEqual(self.look()[0].split()[:2], ["-3", "sip:bob@example.com"])

    def test_behind_a_contact_with_a_wrong_one_others_are_branches_still(self) -> None:
        self.serve('lookup_to_dset("location");' + TARGETS)
        for path, uri in (("nonsense", "sip:a@192.0.2.1"), ("0", "sip:b@192.0.2.2"), ("0", "sip:c@192.0.2.3")):
            self.sip.rpc("ul.add", "location", "bob", uri, 60, 0.5, path, 0, 0, -1)
        self.assertEqual([line.split()[0] for line in self.look()], ["1", "sip:b@192.0.2.2", "sip:c@192.0.2.3"])


class BranchTests(PhoneCase):
    BODY = (
        'append_branch("sip:carol@example.com"); append_branch("sip:nobody@example.com");'
        '$(branch(dst_uri)[1]) = $var(hop); lookup_branches("location");' + TARGETS
    )

    def uris(self) -> list[str]:
        first, *others = self.look()
        return [*first.split()[:2], *(line.split()[0] for line in others)]

    def test_each_branch_is_looked_up(self) -> None:
        self.serve(self.BODY)
        self.register(A, B)
        self.register(C, user="carol")
        self.assertEqual(
            self.uris(),
            ["1", "sip:a@192.0.2.1", "sip:c@192.0.2.3", "sip:nobody@example.com", "sip:b@192.0.2.2"],
        )

    def test_one_is_enough(self) -> None:
        self.serve(self.BODY)
        self.register(C, user="carol")
        self.assertEqual(self.uris(), ["1", "sip:bob@example.com", "sip:c@192.0.2.3", "sip:nobody@example.com"])

    def test_without_branches_it_is_lookup(self) -> None:
        self.serve('lookup_branches("location");' + TARGETS)
        self.register(A)
        self.assertEqual(self.uris(), ["1", "sip:a@192.0.2.1"])
        self.register("*", lines=("Expires: 0",))
        self.assertEqual(self.uris(), ["-1", "sip:bob@example.com"])

    def test_one_that_has_its_way_already_is_left_alone(self) -> None:
        self.serve('$var(hop) = "sip:192.0.2.7";' + self.BODY)
        self.register(A, user="nobody")
        self.assertEqual(self.uris(), ["-1", "sip:bob@example.com", "sip:carol@example.com", "sip:nobody@example.com"])


class RegisteredTests(PhoneCase):
    def test_it_is_told_without_a_change(self) -> None:
        self.serve(
            'registered("location"); xlog("$rc $ru\\n");'
            'registered("location", "sip:carol@example.com"); xlog("$rc\\n");'
        )
        self.register(A)
        self.assertEqual(self.look(), ["1 sip:bob@example.com", "-1"])

    def test_what_is_no_user_is_not(self) -> None:
        self.serve('registered("location", "nonsense"); xlog("$rc\\n");')
        self.assertEqual(self.look(), ["-1"])

    def test_of_a_response_it_is_the_user_in_to(self) -> None:
        self.serve(
            '$du = "sip:192.0.2.2"; t_on_reply("R"); t_relay();',
            routes='onreply_route[R] { registered("location"); xlog("$rc\\n"); }',
        )
        self.sip.peer("udp:192.0.2.2:5060").answers = lambda request: [200]
        self.register(A)
        self.assertEqual((self.look(), self.look("carol")), (["1"], ["-1"]))
