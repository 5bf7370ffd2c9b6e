"""sipapp/module/kamailio.py: the names of Kamailio's modules."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from sipapp.module.kamailio import homes, modules


class KamailioTests(SynchronousTestCase):
    def test_a_function_is_found_in_its_module(self) -> None:
        self.assertEqual(homes("load_gws"), ["lcr"])

    def test_a_variable_is_found_with_its_dollar_only(self) -> None:
        self.assertEqual(homes("$sht"), ["htable"])
        self.assertEqual(homes("sht"), [])

    def test_what_several_modules_have_is_found_in_all(self) -> None:
        self.assertIn("textops", homes("is_method"))
        self.assertEqual(homes("python_exec"), ["app_python", "app_python3"])

    def test_modules_without_functions_are_known(self) -> None:
        self.assertEqual(modules()["db_mysql"], frozenset())
