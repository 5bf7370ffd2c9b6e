"""This machine's name."""

from __future__ import annotations

import socket

from sipapp.errors import ConfigErrors
from tests.modules.talk import TalkCase


class HostTests(TalkCase):
    modules = "ipops"

    def named(self, name: str) -> None:
        self.patch(socket, "gethostname", lambda: name)

    def test_its_name_and_the_parts_of_it(self) -> None:
        self.named("proxy.voip.example.com")
        self.assertEqual(
            self.run_script('say("$HN(n) $HN(d) $HN(f)");'), ["proxy voip.example.com proxy.voip.example.com"]
        )

    def test_without_a_dot_there_is_no_domain(self) -> None:
        self.named("proxy")
        self.assertEqual(self.run_script('say("$HN(n) $HN(d) $HN(f)");'), ["proxy <null> proxy"])

    def test_its_address_where_the_script_wants_it(self) -> None:
        self.named("192.0.2.100")
        self.assertEqual(self.run_script('say("$HN(i)");'), ["192.0.2.100"])
        self.named("nowhere.invalid")
        self.assertEqual(self.run_script('say("$HN(i)");'), ["<null>"])

    def test_other_names_are_refused(self) -> None:
        for wrong in ("$HN(x)", "$HN", "$(HN(n)[0])"):
            self.assertRaises(ConfigErrors, self.serve, f'say("{wrong}");')
