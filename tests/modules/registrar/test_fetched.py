from __future__ import annotations

from sipapp.errors import ConfigErrors
from tests.modules.registrar.phones import PhoneCase

A, B = "<sip:a@192.0.2.1>", "<sip:b@192.0.2.2>"


class FetchedTests(PhoneCase):
    def show(self, *names: str, free: str = "", index: str = "") -> list[str]:
        shown = " ".join(f"$(ulc(p=>{name}){index})" for name in names)
        self.serve(f'reg_fetch_contacts("location", "$ru", "p"); {free} xlog("$rc {shown}\\n");')
        self.sip.advance(10)
        self.register(A + ';q=0.5;+sip.instance="<urn:x>";received="sip:192.0.2.9"', B, lines=("User-Agent: phone",))
        return self.look()[0].split()

    def test_contacts_are_there_one_by_one(self) -> None:
        self.assertEqual(self.show("addr", "count", "q"), ["1", "sip:a@192.0.2.1", "2", "500"])
        self.assertEqual(self.show("addr", "q", "instance", index="[1]"), ["1", "sip:b@192.0.2.2", "-1", "<null>"])
        self.assertEqual(self.show("addr", "count", index="[2]"), ["1", "<null>", "<null>"])
        self.assertEqual(self.show("addr", index="[-1]"), ["1", "sip:a@192.0.2.1"])

    def test_all_that_is_known_of_them_can_be_read(self) -> None:
        self.assertEqual(
            self.show("aor", "domain", "aorhash", "expires", "callid", "cseq", "user_agent", "socket", "modified"),
            ["1", "bob", "location", "7222211", "3610", "one", "1", "phone", "udp:192.0.2.100:5060", "10"],
        )
        self.assertEqual(
            self.show("received", "instance", "methods", "flags", "cflags", "regid", "conid", "server_id"),
            ["1", "sip:192.0.2.9", "<urn:x>", "4294967295", "0", "0", "0", "<null>", "0"],
        )
        self.assertTrue(self.show("ruid")[1].startswith("uloc-"))
        self.assertEqual(self.show("path"), ["1"])

    def test_they_can_be_forgotten(self) -> None:
        self.assertEqual(self.show("addr", free='reg_free_contacts("p");'), ["1", "<null>"])

    def test_there_may_be_none(self) -> None:
        self.serve('reg_fetch_contacts("location", "$ru", "p"); xlog("$rc $ulc(p=>addr) $ulc(q=>addr)\\n");')
        self.assertEqual(self.look(), ["-1 <null> <null>"])
        self.serve('reg_fetch_contacts("location", "nonsense", "p"); xlog("$rc\\n");')
        self.assertEqual(self.look(), ["-1"])

    def test_writing_changes_nothing(self) -> None:
        self.assertEqual(self.show("addr", free='$ulc(p=>addr) = "x";'), ["1", "sip:a@192.0.2.1"])

    def test_names_are_checked_when_the_script_loads(self) -> None:
        for name in ("p=>nothing", "p", "=>addr", "addr"):
            self.assertRaises(ConfigErrors, self.serve, f'xlog("$ulc({name})\\n");')
