from __future__ import annotations

from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from sipapp.errors import ConfigError
from sipapp.modules.usrloc import Usrloc
from tests.modules.registrar.phones import PhoneCase
from tests.modules.stage import Server, made


class ParameterTests(SynchronousTestCase):
    def refused(self, **parameters: Any) -> str:
        return str(self.assertRaises(ConfigError, made(Usrloc, **parameters).start, Server()))

    def test_wrong_ones_keep_the_server_from_starting(self) -> None:
        self.assertIn("matching_mode", self.refused(matching_mode=4))
        self.assertIn("natping_interval", self.refused(ka_mode=1))


class UsrlocTests(PhoneCase):
    def test_what_is_there_is_counted(self) -> None:
        self.serve(head='modparam("usrloc", "preload", "other")')
        self.register("<sip:a@192.0.2.1>, <sip:b@192.0.2.1>;expires=60")
        self.register("<sip:a@192.0.2.1>", user="carol")
        figures = [self.statistic("usrloc", n) for n in ("registered_users", "location-users", "location-contacts")]
        self.assertEqual(figures, [2, 2, 3])
        self.assertEqual(self.statistic("usrloc", "other-users"), 0)
        self.sip.advance(60)
        self.assertEqual([self.statistic("usrloc", f"location-{n}") for n in ("contacts", "expires")], [2, 1])

    def test_the_stream_of_a_lost_client_takes_its_contact_along(self) -> None:
        self.serve(head='modparam("usrloc", "handle_lost_tcp", 1) modparam("usrloc", "timer_interval", 5)')
        self.phone = self.sip.peer("tcp:192.0.2.1:5060")
        self.register("<sip:a@192.0.2.1;transport=tcp>")
        connections = _Connections(self.sip)
        connections.open.add(1)
        self.sip.advance(5)
        self.assertEqual(self.statistic("usrloc", "location-contacts"), 1)
        connections.open.clear()
        self.sip.advance(5)
        self.assertEqual(self.statistic("usrloc", "location-contacts"), 0)
        self.assertEqual(self.statistic("usrloc", "location-expires"), 1)

    def test_a_contact_that_is_over_takes_its_stream_along(self) -> None:
        self.serve(head='modparam("usrloc", "close_expired_tcp", 1)')
        self.phone = self.sip.peer("tcp:192.0.2.1:5060")
        self.register("<sip:a@192.0.2.1;transport=tcp>;expires=60")
        connections = _Connections(self.sip)
        connections.open.add(1)
        self.sip.advance(59)
        self.assertEqual(connections.open, {1})
        self.sip.advance(1)
        self.assertEqual(connections.open, set())

    def test_order_and_matching_are_the_scripts_to_choose(self) -> None:
        self.serve(head='modparam("usrloc", "desc_time_order", 1) modparam("usrloc", "matching_mode", 3)')
        self.register("<sip:a@192.0.2.1>;q=1", call_id="x")
        self.register("<sip:b@192.0.2.1>;q=0.1", call_id="y")
        answer = self.register("<sip:c@192.0.2.1>", call_id="x")
        self.assertEqual(
            self.listed(answer), ["<sip:c@192.0.2.1>;expires=3600", "<sip:b@192.0.2.1>;q=0.1;expires=3600"]
        )


class _Connections:
    """The streams of a server whose network has none that could break."""

    def __init__(self, sip: Any) -> None:
        self.open: set[int] = set()
        self.stop = sip.server.transport.connections.stop
        sip.server.transport.connections = self

    def by_id(self, number: int) -> Any:
        self.number = number
        return self if number in self.open else None

    def close(self) -> None:
        self.open.discard(self.number)
