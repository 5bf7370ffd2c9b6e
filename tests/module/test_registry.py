"""sipapp/module/registry.py: the names that modules offer, and what is said of those that none does."""

from __future__ import annotations

from typing import Any, cast

from twisted.trial.unittest import SynchronousTestCase
from zope.interface.verify import verifyObject

from sipapp.interfaces.module import IModule
from sipapp.interfaces.script import IRegistry
from sipapp.module import module, pseudo_variable, rpc_command, script_function, transformation
from sipapp.module.registry import Registry


@module("first")
class First:
    @script_function()
    def knock(self, times: int) -> int:
        return 1

    @script_function()
    def enter(self) -> int:
        return 1

    @pseudo_variable("door")
    def pv_door(self) -> int:
        return 1

    @transformation("d.open")
    def t_open(self, value: Any) -> Any:
        return value

    @rpc_command("first.look")
    def rpc_look(self) -> int:
        return 1


@module("second")
class Second:
    @script_function()
    def knock(self) -> int:
        return 2

    @pseudo_variable("window")
    def pv_window(self) -> int:
        return 1

    @transformation("w.open")
    def t_open(self, value: Any) -> Any:
        return value


def registry(*loaded: Any) -> Registry:
    """Of two modules, of which some are loaded."""
    made = Registry(lambda: [cast(IModule, First()), cast(IModule, Second())])
    for one in loaded:
        made.add(one())
    return made


class RegistryTests(SynchronousTestCase):
    def said(self, name: str, *loaded: Any) -> str:
        return registry(*loaded).unknown(name).reason

    def test_it_is_a_registry(self) -> None:
        self.assertTrue(verifyObject(IRegistry, Registry()))

    def test_names_are_found_once_their_module_is_loaded(self) -> None:
        made = registry(First)
        self.assertEqual([f.module for f in made.functions("knock")], ["first"])
        self.assertIsNotNone(made.variable("door"))
        self.assertIsNotNone(made.transformation("d.open"))
        self.assertEqual(list(made.commands), ["first.look"])
        self.assertIsNone(made.variable("window"))
        self.assertEqual(made.functions("walk"), [])

    def test_functions_of_one_name_are_in_the_order_of_their_modules(self) -> None:
        self.assertEqual([f.module for f in registry(Second, First).functions("knock")], ["second", "first"])

    def test_elsewhere_is_every_module_there_is(self) -> None:
        self.assertIsNotNone(registry().elsewhere().variable("window"))

    def test_an_unloaded_module_is_named(self) -> None:
        self.assertEqual(self.said("enter()"), 'enter(): no such function; it is in module first: loadmodule "first"')
        self.assertEqual(
            self.said("$window", First), '$window: no such variable; it is in module second: loadmodule "second"'
        )
        self.assertEqual(
            self.said("{w.open}", First),
            '{w.open}: no such transformation; it is in module second: loadmodule "second"',
        )

    def test_the_error_knows_the_missing_module(self) -> None:
        self.assertEqual(registry().unknown("enter()").missing, "first")
        self.assertEqual(registry().unknown("entr()").missing, "")

    def test_the_nearest_name_is_one_of_a_loaded_module_before_all(self) -> None:
        self.assertEqual(self.said("knok()", Second), 'knok(): no such function; did you mean "knock"?')
        self.assertEqual(self.said("{d.opn}", First), '{d.opn}: no such transformation; did you mean "d.open"?')

    def test_the_nearest_name_may_be_of_a_module_that_is_not_loaded(self) -> None:
        self.assertEqual(
            self.said("$windw", First), '$windw: no such variable; did you mean "window" of module second?'
        )

    def test_what_only_kamailio_has_is_said_to_be_there(self) -> None:
        self.assertEqual(
            self.said("load_gws()"),
            "load_gws(): no such function; it is in Kamailio's module lcr, which sipapp does not have",
        )

    def test_what_kamailio_has_in_a_module_that_is_here_is_said_to_be_missing_in_ours(self) -> None:
        made = registry()
        made.elsewhere().modules.add("lcr")
        error = made.unknown("load_gws()")
        self.assertEqual(
            (error.reason, error.missing),
            ("load_gws(): no such function; Kamailio's module lcr has it, sipapp's has not", ""),
        )

    def test_a_module_that_the_script_could_not_load_is_the_likeliest(self) -> None:
        made = registry()
        self.assertIn("module registrar", made.unknown("save()").reason)
        made.refused.add("ims_registrar_scscf")
        self.assertIn("module ims_registrar_scscf", made.unknown("save()").reason)

    def test_of_a_module_that_could_not_be_loaded_it_is_not_said_that_it_is_not_here(self) -> None:
        made = registry()
        made.unready.add("lcr")
        error = made.unknown("load_gws()")
        self.assertEqual(
            (error.reason, error.missing),
            ("load_gws(): no such function; it is in module lcr, which could not be loaded", "lcr"),
        )

    def test_nothing_is_said_of_what_nobody_has(self) -> None:
        self.assertEqual(self.said("xyzzy()"), "xyzzy(): no such function")
