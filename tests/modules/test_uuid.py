"""$uuid(...)."""

from __future__ import annotations

import uuid

from sipapp.errors import ConfigErrors
from tests.modules.talk import TalkCase


class UuidTests(TalkCase):
    modules = "uuid"

    def versions(self, *names: str) -> list[int | None]:
        said = self.run_script("".join(f'say("$uuid({name})");' for name in names))
        return [uuid.UUID(text).version for text in said]

    def test_the_first_letter_says_how_it_is_made(self) -> None:
        self.assertEqual(self.versions("g", "R", "random", "x"), [4, 4, 4, 4])
        self.assertEqual(self.versions("t", "S", "time", "safe"), [1, 1, 1, 1])

    def test_it_is_a_new_one_each_time(self) -> None:
        said = self.run_script('say("$uuid(g)"); say("$uuid(g)"); say("$uuid(t)"); say("$uuid(t)");')
        self.assertEqual(len(set(said)), 4)
        self.assertEqual(said[0], said[0].lower())

    def test_it_needs_a_name(self) -> None:
        self.assertRaises(ConfigErrors, self.serve, 'say("$uuid");')
