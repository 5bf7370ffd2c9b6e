from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase
from zope.interface.verify import verifyObject

from sipapp.interfaces.registrar import IRegistrar
from tests.modules.tsilo.location import Location


class RegistrarTests(SynchronousTestCase):
    def test_the_one_that_tests_use_keeps_it(self) -> None:
        self.assertTrue(verifyObject(IRegistrar, Location()))
