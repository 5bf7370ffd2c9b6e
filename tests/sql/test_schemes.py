"""Tables with columns of their own."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from sipapp.errors import ConfigError
from sipapp.sql.schemes import Scheme, parse_scheme


class SchemeTests(SynchronousTestCase):
    def test_columns_in_any_order(self) -> None:
        found = parse_scheme(" Email : table = subscriber; VALUE_COL=email_addr; uuid_col=id; value_type=string ;")
        self.assertEqual(found, Scheme("email", uuid_col=b"id", value_col=b"email_addr", table=b"subscriber"))

    def test_values_may_be_numbers(self) -> None:
        self.assertTrue(parse_scheme("age:table=t;value_type=Integer").numbers)

    def test_what_is_no_scheme(self) -> None:
        for wrong in ("", "name", "name:", "n:x=1", "n:table", "n:table=a;table=b", "n:value_type=float"):
            self.assertRaises(ConfigError, parse_scheme, wrong)
