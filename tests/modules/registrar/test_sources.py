from __future__ import annotations

from tests.modules.registrar.phones import PhoneCase

A, B = "<sip:a@192.0.2.1>", "<sip:b@192.0.2.2:5070;transport=tcp>"


class LookupTests(PhoneCase):
    BODY = (
        'lookup_xavp("location", "$ru", "r", "c"); xlog("$rc $xavp(r=>aor) $xavp(r=>count) '
        '$xavp(c=>uri) $xavp(c=>dsturi) $xavp(c=>socket) $xavp(c[1]=>uri) $xavp(c[1]=>dsturi) $xavp(c[2]=>uri)\\n");'
    )

    def test_contacts_are_there_to_be_sent_to(self) -> None:
        self.serve(self.BODY)
        self.register(A, B + ';q=0.5;received="sip:192.0.2.9"')
        self.assertEqual(
            self.look(),
            [
                "1 bob 2 sip:b@192.0.2.2:5070;transport=tcp sip:192.0.2.9 udp:192.0.2.100:5060 "
                "sip:a@192.0.2.1 <null> <null>"
            ],
        )

    def test_there_may_be_none(self) -> None:
        self.serve(self.BODY)
        self.assertEqual(self.look()[0].split()[:3], ["-1", "<null>", "<null>"])

    def test_what_is_no_user_or_table_is_false(self) -> None:
        self.serve(
            'lookup_xavp("location", "nonsense", "r", "c"); xlog("$rc\\n");'
            'lookup_xavp("", "$ru", "r", "c"); xlog("$rc\\n");'
        )
        self.assertEqual(self.look(), ["-1", "-1"])


class FromTests(PhoneCase):
    def told(self, contact: str, *modes: int) -> list[str]:
        checks = "".join(f'reg_from_user("location", "$fu", "{mode}"); xlog("$rc\\n");' for mode in modes)
        self.serve(checks)
        self.register(contact)
        return self.look()

    def test_a_message_from_where_the_user_is(self) -> None:
        self.assertEqual(self.told(A, 0, 1, 2, 3), ["1"] * 4)
        self.assertEqual(self.told("<sip:a@192.0.2.2>", 0), ["-1"])

    def test_received_counts_more_than_the_uri(self) -> None:
        self.assertEqual(self.told('<sip:a@10.0.0.1>;received="sip:192.0.2.1:5060"', 0, 3), ["1", "1"])
        self.assertEqual(self.told(A + ';received="sip:192.0.2.2"', 0), ["-1"])

    def test_port_and_protocol_count_on_request(self) -> None:
        self.assertEqual(self.told("<sip:a@192.0.2.1:5070>", 0, 1, 2), ["1", "-1", "1"])
        self.assertEqual(self.told("<sip:a@192.0.2.1;transport=tcp>", 0, 1, 2), ["1", "1", "-1"])

    def test_a_name_is_nowhere(self) -> None:
        self.assertEqual(self.told("<sip:a@phone.example.com>", 0), ["-1"])
