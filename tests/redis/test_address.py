"""sipapp.redis.address."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from sipapp.errors import ConfigError
from sipapp.interfaces.http import Profile
from sipapp.redis.address import Address, parse_server, place


class ParseTests(SynchronousTestCase):
    def test_a_name_is_enough(self) -> None:
        self.assertEqual(parse_server("name=a"), Address("a", "127.0.0.1", 6379))

    def test_all_that_kamailio_knows(self) -> None:
        self.assertEqual(
            parse_server("name=a; addr=192.0.2.5;port=6380;db=2;pass=x=y;"),
            Address("a", "192.0.2.5", 6380, 2, password="x=y"),
        )
        self.assertEqual(parse_server("name=a;unix=/run/r.sock").unix, "/run/r.sock")

    def test_sentinels(self) -> None:
        made = parse_server("name=a;sentinel_group=g;sentinel_master=0;sentinel=192.0.2.1:26380;sentinel=192.0.2.2")
        self.assertEqual(made.sentinels, (("192.0.2.1", 26380), ("192.0.2.2", 26379)))
        self.assertEqual((made.group, made.master), ("g", False))

    def test_tls_has_files_of_its_own(self) -> None:
        made = parse_server("name=a;tls=1;ca=ca.pem;cert=c.pem;key=k.pem").tls
        self.assertEqual(made, Profile(ca_file="ca.pem", certificate="c.pem", key="k.pem"))
        self.assertIsNone(parse_server("name=a;tls=0").tls)

    def test_a_password_is_not_shown(self) -> None:
        self.assertNotIn("secret", repr(parse_server("name=a;pass=secret")))

    def test_mistakes_are_named(self) -> None:
        for text, why in {
            "addr=192.0.2.5": "needs a name",
            "name=a;prt=1": 'did you mean "port"',
            "name=a;ca=ca.pem": "for tls=1",
            "name=a;port=x": "port is a number",
            "name=a;sentinel=192.0.2.1": "sentinel_group",
        }.items():
            self.assertIn(why, str(self.assertRaises(ConfigError, parse_server, text)), text)

    def test_places(self) -> None:
        self.assertEqual(place("[2001:db8::1]:7000", 1), ("2001:db8::1", 7000))
        self.assertEqual(place("h", 1), ("h", 1))
        self.assertRaises(ConfigError, place, "h:0", 1)
