from __future__ import annotations

from typing import Any

from sipapp.errors import LocalError
from tests.modules.registrar.phones import PhoneCase


class CommandTests(PhoneCase):
    def add(self, *more: Any, aor: str = "bob", uri: str = "sip:a@192.0.2.1", expires: int = 60) -> None:
        self.sip.rpc("ul.add", "location", aor, uri, expires, 0.5, "0", 0, 64, 5951, *more)

    def test_all_is_listed_as_kamailio_lists_it(self) -> None:
        self.serve()
        self.register("<sip:a@192.0.2.1>;q=0.5", lines=("User-Agent: phone",))
        found = self.sip.rpc("ul.dump")["Domains"][0]["Domain"]
        self.assertEqual((found["Domain"], found["Size"]), ("location", 1024))
        self.assertEqual(found["Stats"], {"Records": 1, "Max-Slots": 1})
        info = found["AoRs"][0]["Info"]
        self.assertEqual((info["AoR"], info["HashID"]), ("bob", 7222211))
        contact = info["Contacts"][0]["Contact"]
        self.assertEqual(
            contact,
            {
                "Address": "sip:a@192.0.2.1",
                "Expires": 3600,
                "Q": 0.5,
                "Call-ID": "one",
                "CSeq": 1,
                "User-Agent": "phone",
                "Received": "[not set]",
                "Path": "[not set]",
                "State": "CS_NEW",
                "Flags": 0,
                "CFlags": 0,
                "Socket": "udp:192.0.2.100:5060",
                "Methods": 4294967295,
                "Ruid": contact["Ruid"],
                "Instance": "[not set]",
                "Reg-Id": 0,
                "Server-Id": 0,
                "Tcpconn-Id": -1,
                "Keepalive": 0,
                "Last-Keepalive": 0,
                "KA-Roundtrip": 0,
                "Last-Modified": 0,
            },
        )
        self.assertTrue(contact["Ruid"].startswith("uloc-"))
        self.assertEqual(self.sip.rpc("ul.dump", "brief")["Domains"][0]["Domain"]["AoRs"], [{"AoR": "bob"}])

    def test_one_address_can_be_asked_for(self) -> None:
        self.serve()
        self.register("<sip:a@192.0.2.1>")
        found = self.sip.rpc("ul.lookup", "location", "BOB@example.com")
        self.assertEqual((found["AoR"], found["Contacts"][0]["Contact"]["Address"]), ("bob", "sip:a@192.0.2.1"))
        self.assertRaises(LocalError, self.sip.rpc, "ul.lookup", "location", "carol")
        self.assertRaises(LocalError, self.sip.rpc, "ul.lookup", "nowhere", "bob")

    def test_with_domains_it_needs_one(self) -> None:
        self.serve(head='modparam("usrloc", "use_domain", 1)')
        self.register("<sip:a@192.0.2.1>")
        self.assertEqual(self.sip.rpc("ul.lookup", "location", "bob@example.com")["AoR"], "bob@example.com")
        self.assertRaises(LocalError, self.sip.rpc, "ul.lookup", "location", "bob")

    def test_addresses_and_contacts_can_be_removed(self) -> None:
        self.serve()
        self.register("<sip:a@192.0.2.1>, <sip:b@192.0.2.1>")
        self.sip.rpc("ul.rm_contact", "location", "bob", "sip:a@192.0.2.1")
        self.assertEqual(self.listed(self.register()), ["<sip:b@192.0.2.1>;expires=3600"])
        self.assertRaises(LocalError, self.sip.rpc, "ul.rm_contact", "location", "bob", "sip:a@192.0.2.1")
        self.assertRaises(LocalError, self.sip.rpc, "ul.rm_contact", "location", "carol", "sip:a@192.0.2.1")
        self.sip.rpc("ul.rm", "location", "bob")
        self.assertEqual(self.listed(self.register()), [])

    def test_contacts_can_be_added_and_written_anew(self) -> None:
        self.serve('lookup("location"); xlog("$ru $du $bf $fs\\n");')
        self.add()
        self.add("sip:192.0.2.9:5070", "udp:192.0.2.100:5060")
        self.assertEqual(self.statistic("usrloc", "location-contacts"), 1)
        self.assertEqual(self.look(), ["sip:a@192.0.2.1 sip:192.0.2.9:5070 64 udp:192.0.2.100:5060"])
        self.sip.advance(60)
        self.assertEqual(self.statistic("usrloc", "location-contacts"), 0)
        self.add(expires=0)
        self.assertEqual(self.sip.rpc("ul.lookup", "location", "bob")["Contacts"][0]["Contact"]["Expires"], "permanent")
        self.assertEqual(self.listed(self.register()), ["<sip:a@192.0.2.1>;q=0.5;expires=4294967295"])

    def test_one_that_somebody_holds_is_waited_for(self) -> None:
        self.serve()
        self.register("<sip:a@192.0.2.1>")
        table = self.module("usrloc").tables[b"location"]
        table.hold(b"bob", self)
        self.sip.clock.callLater(0, table.release, b"bob")
        self.sip.rpc("ul.rm", "location", "bob")
        self.assertEqual(self.statistic("usrloc", "location-contacts"), 0)

    def test_there_is_nothing_to_be_flushed(self) -> None:
        self.serve()
        self.assertIsNone(self.sip.rpc("ul.flush"))
