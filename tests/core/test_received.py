"""sipapp.core.received: event_route[core:msg-received]."""

from __future__ import annotations

from sipapp.errors import ConfigError
from tests.modules.talk import TalkCase

HEAD = "received_route_mode=1"


class ReceivedTests(TalkCase):
    def test_it_sees_and_changes_what_has_come_in(self) -> None:
        route = """event_route[core:msg-received] {
            if ($(rcv(srcip)) == "192.0.2.1" && $(rcv(buf)) =~ "X-Old") {
                $(rcv(buf)) = $(rcv(buf){s.replace,X-Old,X-New});
            }
        }"""
        self.serve('say("$hdr(X-New)");', head=HEAD, routes=route)
        self.assertEqual(self.ask(headers=["X-Old: 1"]), ["1"])

    def test_what_it_drops_has_never_come(self) -> None:
        self.serve('say("here");', head=HEAD, routes="event_route[core:msg-received] { drop; }")
        self.assertEqual(self.ask(), [])

    def test_it_runs_only_where_it_is_wanted(self) -> None:
        self.serve('say("here");', routes="event_route[core:msg-received] { drop; }")
        self.assertEqual(self.ask(), ["here"])

    def test_it_cannot_wait(self) -> None:
        self.modules = "cfgutils"
        with self.assertRaises(ConfigError) as caught:
            self.serve("", head=HEAD, routes='event_route[core:msg-received] { usleep("10"); }')
        self.assertIn("cannot wait", str(caught.exception))
