from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase
from zope.interface.verify import verifyClass

from sipapp.interfaces.location import (
    ALL_METHODS,
    Contact,
    ILocation,
    IUsrloc,
    RepeatedRegistration,
    StaleRegistration,
    bare,
)
from sipapp.modules.usrloc import Usrloc
from sipapp.modules.usrloc.location import Location


class LocationTests(SynchronousTestCase):
    def test_usrlocs_keep_it(self) -> None:
        self.assertTrue(verifyClass(ILocation, Location, tentative=True))
        self.assertTrue(verifyClass(IUsrloc, Usrloc, tentative=True))

    def test_a_contact_takes_every_method_until_it_says_otherwise(self) -> None:
        contact = Contact(b"sip:bob@192.0.2.1")
        self.assertEqual((contact.methods, contact.q, contact.connection, contact.expires), (ALL_METHODS, -1, -1, 0))
        self.assertEqual(repr(contact), "<Contact sip:bob@192.0.2.1>")

    def test_a_contact_goes_with_the_second_that_it_says_or_never(self) -> None:
        contact = Contact(b"sip:bob@192.0.2.1")
        self.assertFalse(contact.is_over(1e12))
        contact.expires = 100
        self.assertEqual([contact.is_over(now) for now in (99.9, 100.0, 101.0)], [False, True, True])

    def test_an_instance_is_known_with_angle_brackets_and_without(self) -> None:
        self.assertEqual(
            [bare(text) for text in (b"<urn:x>", b"urn:x", b"<urn:x", b"")], [b"urn:x", b"urn:x", b"<urn:x", b""]
        )

    def test_a_retransmission_is_stale_too(self) -> None:
        self.assertTrue(issubclass(RepeatedRegistration, StaleRegistration))
