"""sipapp.sql.url."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from sipapp.errors import ConfigError
from sipapp.sql.url import Url, parse


class UrlTests(SynchronousTestCase):
    def test_all_parts(self) -> None:
        self.assertEqual(
            parse("mysql://kam:secret@192.0.2.7:3307/billing"),
            Url("mysql", "kam", "secret", "192.0.2.7", 3307, "billing"),
        )

    def test_a_host_alone(self) -> None:
        self.assertEqual(parse("postgres://db.example.com/x"), Url("postgres", "", "", "db.example.com", 0, "x"))

    def test_a_file_has_no_host_and_keeps_its_slashes(self) -> None:
        self.assertEqual(parse("sqlite:////var/lib/x.db"), Url("sqlite", "", "", "", 0, "/var/lib/x.db"))
        self.assertEqual(parse("sqlite:///x.db").database, "x.db")

    def test_a_password_may_have_anything_in_it(self) -> None:
        url = parse("mysql://kam:p@ss:w/rd@db/x")
        self.assertEqual((url.user, url.password, url.host), ("kam", "p@ss:w/rd", "db"))

    def test_an_address_of_ipv6_stands_in_brackets(self) -> None:
        url = parse("mysql://kam:s@[2001:db8::1]:3306/x")
        self.assertEqual((url.host, url.port), ("2001:db8::1", 3306))

    def test_a_socket_is_a_path_with_its_slashes_escaped(self) -> None:
        self.assertEqual(parse("postgres://u@%2Frun%2Fpg/x").host, "/run/pg")

    def test_parameters_are_passed_over(self) -> None:
        self.assertEqual(parse("mysql://db/x?charset=utf8").database, "x")

    def test_what_is_shown_has_no_credentials(self) -> None:
        url = parse("mysql://kam:secret@db:3307/x")
        self.assertEqual(str(url), "mysql://db:3307/x")
        self.assertNotIn("secret", repr(url))

    def test_what_is_no_url_is_refused_without_being_shown(self) -> None:
        why = self.assertRaises(ConfigError, parse, "mysql:kam:secret@db")
        self.assertEqual(str(why), "not mysql://[user[:password]@]host[:port]/database")
