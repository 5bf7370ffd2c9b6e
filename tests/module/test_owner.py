"""sipapp.module.owner."""

from __future__ import annotations

import os
from pathlib import Path

from twisted.trial.unittest import SynchronousTestCase

from sipapp.module import ConfigError
from sipapp.module.owner import Owner, group_id, user_id


class OwnerTests(SynchronousTestCase):
    def test_names_and_numbers(self) -> None:
        self.assertEqual((user_id("root"), user_id("12"), group_id("root"), group_id("3")), (0, 12, 0, 3))
        self.assertEqual((user_id(12), user_id(-1), group_id(3)), (12, -1, 3))
        self.assertRaises(ConfigError, user_id, "nobody at all")
        self.assertRaises(ConfigError, group_id, "nobody at all")

    def test_permissions_are_set_and_the_rest_stays(self) -> None:
        path = Path(self.mktemp())
        path.touch()
        Owner(0o640, -1, -1).take(str(path))
        self.assertEqual((path.stat().st_mode & 0o777, path.stat().st_uid), (0o640, os.getuid()))

    def test_what_is_not_there_cannot_be_taken(self) -> None:
        self.assertRaises(ConfigError, Owner(0o640, -1, -1).take, "/no/such/file")
