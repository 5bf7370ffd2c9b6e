from __future__ import annotations

from typing import Any

from twisted.internet.defer import ensureDeferred
from twisted.trial.unittest import SynchronousTestCase
from zope.interface.verify import verifyObject

from sipapp.assemble import assemble_text
from sipapp.errors import LocalError
from sipapp.interfaces.server import IServer, ISuspension
from sipapp.server import Server
from sipapp.testing.clock import SteppingClock
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


class StartTests(SynchronousTestCase):
    def test_a_start_that_is_given_up_stops_those_that_have_started_and_no_others(self) -> None:
        server = Server(assemble_text("request_route { exit; }"), SteppingClock())
        told: list[str] = []

        class Some:
            def __init__(self, name: str) -> None:
                self.name = name

            def start(self, server: Any) -> None:
                told.append(f"start {self.name}")
                if self.name == "second":
                    raise LocalError("no socket")

            def stop(self) -> None:
                told.append(f"stop {self.name}")

        server.modules = {name: Some(name) for name in ("first", "second", "third")}  # type: ignore[misc]
        self.failureResultOf(ensureDeferred(server.start(bind=False)), LocalError)
        self.successResultOf(ensureDeferred(server.stop()))
        self.assertEqual(told, ["start first", "start second", "stop first"])
