from __future__ import annotations

from typing import Any

from twisted.trial.unittest import SynchronousTestCase
from zope.interface.verify import verifyObject

from sipapp.interfaces.server import IServer, ISuspension
from sipapp.testing.harness import Harness


class ProviderTests(SynchronousTestCase):
    def serve(self, *modules: str) -> Any:
        sip = Harness("".join(f'loadmodule "{name}"\n' for name in modules) + "request_route { exit; }")
        self.addCleanup(sip.close)
        return sip.server

    def test_the_server_is_what_modules_are_told_of_it(self) -> None:
        verifyObject(IServer, self.serve())

    def test_somebody_keeps_requests_with_or_without_tm(self) -> None:
        for modules in ((), ("tm",)):
            verifyObject(ISuspension, self.serve(*modules).get(ISuspension))
