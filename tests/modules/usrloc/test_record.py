from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from sipapp.interfaces.location import Contact
from sipapp.modules.usrloc.record import count, differences, pack, unpack

NUMBERS = {name for name in Contact.__slots__ if isinstance(getattr(Contact(b""), name), int)}


def contact(uri: bytes = b"sip:bob@192.0.2.1", **facts: Any) -> Contact:
    made = Contact(uri)
    for name, value in facts.items():
        setattr(made, name, value)
    return made


def facts(one: Contact) -> dict[str, Any]:
    return {name: getattr(one, name) for name in Contact.__slots__}


class RecordTests(SynchronousTestCase):
    def test_contacts_come_back_as_they_were_in_their_order(self) -> None:
        one = contact(expires=1700000000, q=500, path=b"<sip:192.0.2.9;lr>", instance=b"<urn:uuid:1>", reg_id=2)
        two = contact(b"sip:bob@192.0.2.2;transport=tcp", connection=7, xavp=b'[["a",1]]')
        self.assertEqual([facts(c) for c in unpack(pack([one, two]))], [facts(one), facts(two)])

    def test_nobody_writes_a_contact_of_his_own_into_another(self) -> None:
        forged = contact(user_agent=b"phone\x1e1\x1fsip:eve@192.0.2.66\x1f")
        self.assertEqual([c.uri for c in unpack(pack([forged]))], [b"sip:bob@192.0.2.1"])
        self.assertEqual(unpack(pack([forged]))[0].user_agent, b"phone1sip:eve@192.0.2.66")

    def test_they_can_be_counted_unread(self) -> None:
        self.assertEqual([count(pack([contact()] * n)) for n in (0, 1, 3)], [0, 1, 3])

    def test_what_has_changed_is_known_by_the_unique_ids(self) -> None:
        before = [contact(ruid=b"1"), contact(ruid=b"2", q=500), contact(ruid=b"3")]
        now = [contact(ruid=b"4"), contact(ruid=b"2", q=600), contact(ruid=b"1")]
        changed, gone = differences(before, now)
        self.assertEqual(([c.ruid for c in changed], [c.ruid for c in gone]), ([b"4", b"2"], [b"3"]))

    def test_what_another_version_has_written_is_not_read(self) -> None:
        self.assertEqual(unpack(b"2\x1fsip:bob@192.0.2.1"), [])

    def test_a_later_version_may_have_more_fields(self) -> None:
        self.assertEqual(unpack(pack([contact(modified=5)]) + b"\x1fmore")[0].modified, 5)

    def test_it_is_small(self) -> None:
        usual = contact(
            expires=1700000000,
            call_id=b"a" * 36,
            cseq=1,
            user_agent=b"n/a",
            socket=b"udp:192.0.2.100:5060",
            ruid=b"u" * 20,
        )
        self.assertLess(len(pack([usual])), 180)

    @given(
        st.builds(
            dict, **{name: st.integers(-1, 2**32) if name in NUMBERS else st.binary() for name in Contact.__slots__}
        )
    )
    def test_any_text_can_be_kept(self, values: dict[str, Any]) -> None:
        back = facts(unpack(pack([contact(**values)]))[0])
        plain = {n: v.translate(None, b"\x1e\x1f") if isinstance(v, bytes) else v for n, v in values.items()}
        self.assertEqual(back, plain)
