"""etc/examples/push: calls that wake phones."""

from __future__ import annotations

from typing import Any

from sipapp.interfaces.http import IHttpEngine
from sipapp.interfaces.registrar import IRegistrar
from sipapp.testing.harness import Harness
from sipapp.testing.http import FakeHttp
from tests.examples.http import ExampleCase
from tests.modules.tsilo.location import Location

TO_BOB = "sip:bob@example.com"


class PhoneCase(ExampleCase):
    """With a phone that may register; it answers calls."""

    example = "push"

    def serve(self, answer: Any) -> None:
        super().serve(answer)
        self.plug_in()

    def plug_in(self) -> None:
        self.phone = self.sip.peer("udp:192.0.2.3:5060")
        self.phone.answers = lambda request: [(0, 200)]

    def register(self) -> None:
        self.phone.send("REGISTER", "sip:example.com")
        self.sip.advance(0)

    def rung(self) -> int:
        """How many calls have reached the phone."""
        return sum(what == "INVITE" for _, what in self.phone.received)


class PushTests(PhoneCase):
    def test_a_registered_phone_rings_at_once(self) -> None:
        self.serve(None)
        self.register()
        self.assertEqual((self.call(TO_BOB), self.rung(), self.urls()), ([200], 1, []))

    def test_a_sleeping_one_is_woken_and_the_call_waits_for_it(self) -> None:
        self.serve(b"")
        self.assertEqual((self.call(TO_BOB), self.alice.statuses), ([], [100]))
        self.assertEqual(self.urls(), ["POST http://127.0.0.1:8080/push/bob"])
        self.sip.advance(5)
        self.assertEqual(self.rung(), 0)
        self.register()
        self.assertEqual((self.phone.statuses, self.rung(), self.heard()), ([200], 1, [200]))

    def test_one_that_does_not_wake_is_408(self) -> None:
        self.serve(b"")
        self.call(TO_BOB)
        self.sip.advance(19.5)
        self.assertEqual(self.heard(), [])
        self.sip.advance(0.6)
        self.assertEqual(self.heard(), [408])
        self.register()
        self.assertEqual(self.rung(), 0)

    def test_one_that_the_push_service_does_not_know_is_480(self) -> None:
        self.serve(404)
        self.assertEqual(self.call(TO_BOB), [480])
        self.assertTrue(self.logged("bob cannot be woken: 404, HTTP result code"))

    def test_without_the_push_service_it_is_480_as_well(self) -> None:
        self.serve(None)
        self.call(TO_BOB)
        self.sip.advance(2)
        self.assertEqual(self.heard(), [480])

    def test_a_caller_who_hangs_up_is_not_called_back(self) -> None:
        self.serve(b"")
        self.call(TO_BOB)
        self.alice.cancel()
        self.sip.advance(0)
        self.assertEqual(sorted(self.heard()), [200, 487])
        self.register()
        self.assertEqual((self.phone.statuses, self.rung()), ([200], 0))

    def test_what_is_no_call_wakes_nobody(self) -> None:
        self.serve(b"")
        self.alice.send("MESSAGE", TO_BOB)
        self.sip.advance(0)
        self.assertEqual((self.heard(), self.urls()), ([480], []))


WITH_TSILO = """
loadmodule "tm" loadmodule "tmx" loadmodule "sl" loadmodule "pv" loadmodule "textops" loadmodule "tsilo"
loadmodule "http_client"
modparam("http_client", "httpcon", "push=>http://127.0.0.1:8080/push")
request_route {
    if (is_method("CANCEL")) { t_relay(); exit; }
    if (is_method("REGISTER")) {
        sl_send_reply(200, "OK");
        ts_append("location", "$tu");
        exit;
    }
    t_set_fr(0, 20000);
    if (!t_suspend()) { exit; }
    ts_store();
    launch(http_connect("push", "/$rU", "application/json", "{}", "$avp(answer)"));
}
"""


class TsiloTests(PhoneCase):
    """The same with module tsilo, which keeps the calls and asks a registrar where the phones are."""

    def serve(self, answer: Any) -> None:
        self.http = FakeHttp(answer)
        location = Location(bob=[b"sip:bob@192.0.2.3"])
        self.sip = Harness(WITH_TSILO, provide={IHttpEngine: self.http, IRegistrar: location})
        self.addCleanup(self.sip.close)
        self.alice = self.sip.peer("udp:192.0.2.1:5060")
        self.plug_in()

    def test_a_sleeping_phone_is_woken_and_the_call_waits_for_it(self) -> None:
        self.serve(b"")
        self.assertEqual(self.call(TO_BOB), [])
        self.assertEqual(self.urls(), ["POST http://127.0.0.1:8080/push/bob"])
        self.sip.advance(5)
        self.assertEqual(self.rung(), 0)
        self.register()
        self.assertEqual((self.phone.statuses, self.rung(), self.heard()), ([200], 1, [200]))

    def test_one_that_does_not_wake_is_408(self) -> None:
        self.serve(b"")
        self.call(TO_BOB)
        self.sip.advance(20.1)
        self.assertEqual(self.heard(), [408])

    def test_a_caller_who_hangs_up_is_not_called_back(self) -> None:
        self.serve(b"")
        self.call(TO_BOB)
        self.alice.cancel()
        self.sip.advance(0)
        self.register()
        self.assertEqual((sorted(self.heard()), self.rung()), ([200, 487], 0))
