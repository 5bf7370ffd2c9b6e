"""uac as a script loads it."""

from __future__ import annotations

from sipapp.errors import ConfigError
from sipapp.testing.harness import Harness
from tests.modules.uac.scene import SceneCase


class UacTests(SceneCase):
    def test_tm_must_be_there(self) -> None:
        self.assertRaises(ConfigError, Harness, 'loadmodule "uac" request_route { exit; }')

    def test_rr_must_be_there_unless_nothing_is_restored(self) -> None:
        head = 'loadmodule "tm" loadmodule "uac" '
        why = self.assertRaises(ConfigError, Harness, head + "request_route { exit; }")
        self.assertIn('loadmodule "rr"', str(why))
        Harness(head + 'modparam("uac", "restore_mode", "none") request_route { exit; }').close()

    def test_counts_of_registrations_are_statistics(self) -> None:
        self.play("request_route { exit; }")
        names = ("regtotal", "regactive", "regdisabled")
        self.assertEqual([self.sip.server.statistics.find(name).value for name in names], [0, 0, 0])  # type: ignore[union-attr]
