"""modules/ctl/place.py: where ctl listens."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from sipapp.errors import ConfigError
from sipapp.modules.ctl.place import Place, parse_place


class PlaceTests(SynchronousTestCase):
    def test_each_kind_of_place(self) -> None:
        for text, place in (
            ("unixs:/run/a", Place("unixs", "/run/a")),
            ("unix:/run/a", Place("unixs", "/run/a")),
            ("unixd:/run/a", Place("unixd", "/run/a")),
            ("/run/a", Place("unixs", "/run/a")),
            ("192.0.2.1:2046", Place("udp", "192.0.2.1", 2046)),
            ("localhost", Place("udp", "localhost", 2049)),
            ("2046", Place("udp", "", 2046)),
            ("tcp:2046", Place("tcp", "", 2046)),
            ("UDP:[::1]", Place("udp", "::1", 2049)),
            ("tcp:127.0.0.1:2046", Place("tcp", "127.0.0.1", 2046)),
            ("udp:[::1]:2046", Place("udp", "::1", 2046)),
            ("tcp:*:2046", Place("tcp", "", 2046)),
            ("tcp:localhost", Place("tcp", "localhost", 2049)),
        ):
            self.assertEqual(parse_place(text), place)

    def test_what_is_no_place_is_refused(self) -> None:
        for text in ("", "tcp:", "sctp:127.0.0.1:5", "tcp:127.0.0.1:x", "udp:127.0.0.1:70000", "fifo:/run/a"):
            self.assertRaises(ConfigError, parse_place, text)

    def test_it_is_shown_in_four_words(self) -> None:
        self.assertEqual(Place("unixs", "/run/a").shown, ["binrpc", "unix_stream", "/run/a", ""])
        self.assertEqual(Place("tcp", "127.0.0.1", 5).shown, ["binrpc", "tcp", "127.0.0.1", "5"])
        self.assertEqual(str(Place("tcp", "127.0.0.1", 5)), "tcp:127.0.0.1:5")
