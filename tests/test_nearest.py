"""sipapp/nearest.py: what a wrong name was meant to be."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from sipapp.nearest import closest, nearest


class NearestTests(SynchronousTestCase):
    def test_the_name_that_differs_least_is_named(self) -> None:
        self.assertEqual(nearest("t_rellay", ["t_reply", "t_relay", "exit"]), '; did you mean "t_relay"?')

    def test_the_case_of_letters_is_no_difference(self) -> None:
        self.assertEqual(closest("SL_SEND_REPLY", ["sl_send_reply"]), "sl_send_reply")

    def test_what_is_like_nothing_is_not_guessed(self) -> None:
        self.assertEqual(nearest("foo", ["t_relay"]), "")
        self.assertIsNone(closest("foo", ["t_relay"]))
