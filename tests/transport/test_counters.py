"""sipapp.transport.counters."""

from twisted.trial.unittest import SynchronousTestCase

from sipapp.transport.counters import Counters


class CountersTests(SynchronousTestCase):
    def test_every_counter_starts_at_nothing(self) -> None:
        self.assertEqual(set(Counters().as_dict().values()), {0})

    def test_what_is_counted_shows_by_name(self) -> None:
        counters = Counters()
        counters.udp_dropped += 2
        self.assertEqual(counters.as_dict()["udp_dropped"], 2)

    def test_a_misspelt_counter_is_an_error(self) -> None:
        with self.assertRaises(AttributeError):
            Counters().udp_droped = 1  # type: ignore[attr-defined]
