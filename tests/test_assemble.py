"""sipapp/assemble.py: from a script to compiled routes, or to all its mistakes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from sipapp.assemble import assemble, assemble_text
from sipapp.errors import ConfigError, ConfigErrors, Position
from sipapp.interfaces.module import IModule
from sipapp.module.loader import Loader
from sipapp.testing.harness import Harness
from tests.script.test_traced import Notes


def mistakes(text: str) -> list[str]:
    try:
        assemble_text(text, "app.cfg")
    except ConfigErrors as found:
        return [str(error).removeprefix("app.cfg:") for error in found.errors]
    return []


class ScriptTests(SynchronousTestCase):
    def test_a_right_script_has_its_modules_and_routes(self) -> None:
        made = assemble_text('loadmodule "sl"\nloadmodule "sl.so"\nrequest_route { exit; }')
        self.assertEqual(list(made.modules), ["core", "sl"])
        assert made.program is not None
        self.assertEqual(str(made.program.request_route), "request_route")

    def test_a_file_is_read_with_its_defines(self) -> None:
        path = Path(self.mktemp())
        path.write_text("#!ifdef ON\nrequest_route { exit; }\n#!endif\nreply_route { exit; }", encoding="utf-8")
        on, off = assemble(str(path), {"ON": None}).program, assemble(str(path)).program
        assert on is not None
        assert off is not None
        self.assertIsNotNone(on.request_route)
        self.assertIsNone(off.request_route)

    def test_a_file_that_is_not_there_is_an_os_error(self) -> None:
        self.assertRaises(OSError, assemble, self.mktemp())

    def test_warnings_are_kept_in_the_order_of_the_script(self) -> None:
        made = assemble_text("request_route { exit; exit; }\nroute[B] { exit; exit; }")
        self.assertEqual([w.at.line for w in made.warnings if w.at], [1, 2, 2])

    def test_an_event_route_that_is_nearly_right_is_warned_about(self) -> None:
        text = 'loadmodule "htable"\nevent_route[htable:mod-inti] { exit; }\nevent_route[my:own] { exit; }'
        self.assertEqual(
            [str(w) for w in assemble_text(text, "app.cfg").warnings],
            ['app.cfg:2:1: nothing runs event_route[htable:mod-inti]; did you mean "htable:mod-init"?'],
        )
        for name in ("htable:mod-init", "htable:expired:a", "htable:mod-other"):
            self.assertEqual(assemble_text(f'loadmodule "htable"\nevent_route[{name}] {{ exit; }}').warnings, [])


class MistakeTests(SynchronousTestCase):
    def test_all_stages_report_in_one_run_and_in_the_order_of_the_script(self) -> None:
        self.assertEqual(
            [
                m.split(": ")[0]
                for m in mistakes('childrn=1\nloadmodule "no"\nmodparam("s", "x", 1)\nroute[A] { f(); ) }')
            ],
            ["1:1", "2:1", "3:1", "4:12", "4:17"],
        )

    def test_a_parameter_of_an_unloaded_module_names_the_module(self) -> None:
        self.assertEqual(
            mistakes('modparam("htable", "htable", "a=>size=8;")'),
            ['1:1: modparam("htable", "htable"): module htable is not loaded: loadmodule "htable" before it'],
        )

    def test_and_is_judged_itself(self) -> None:
        self.assertEqual(
            mistakes('modparam("htable", "htabl", "a=>size=8;")')[1:],
            ['1:1: modparam("htable", "htabl"): no such parameter; did you mean "htable"?'],
        )

    def test_a_parameter_above_its_loadmodule_is_told_where_that_is(self) -> None:
        self.assertEqual(
            mistakes('modparam("sl", "default_code", 500)\nloadmodule "sl.so"'),
            ['1:1: modparam("sl", "default_code"): it must stand behind its loadmodule, which is at app.cfg:2:1'],
        )

    def test_an_unknown_module_of_a_parameter_is_told_with_the_nearest(self) -> None:
        self.assertEqual(
            mistakes('loadmodule "sl"\nmodparam("sll", "x", 1)'),
            ['2:1: modparam("sll", "x"): no such module is loaded; did you mean "sl"?'],
        )

    def test_a_module_that_could_not_be_loaded_is_one_mistake(self) -> None:
        self.assertEqual(
            mistakes('loadmodule "xyzzy"\nmodparam("xyzzy", "x", 1)'), ['1:1: loadmodule "xyzzy": no such module']
        )

    def test_a_module_that_lacks_a_package_is_told_apart_from_one_that_is_not_here(self) -> None:
        def lacks(loader: Loader, name: str) -> IModule:
            raise ConfigError(f'loadmodule "{name}": a package is missing')

        self.patch(Loader, "load", lacks)
        self.assertEqual(
            mistakes('loadmodule "lcr"\nrequest_route { load_gws(); }')[1:],
            ["2:17: load_gws(): no such function; it is in module lcr, which could not be loaded"],
        )

    def test_several_modules_may_be_set_at_once(self) -> None:
        self.assertEqual(mistakes('loadmodule "sl"\nmodparam("s|sl", "default_code", 500)'), [])
        self.assertEqual(
            mistakes('loadmodule "sl"\nloadmodule "rr"\nmodparam("sl|rr", "nope", 1)'),
            ['3:1: modparam("sl", "nope"): no such parameter', '3:1: modparam("rr", "nope"): no such parameter'],
        )

    def test_a_bad_expression_for_modules_is_a_mistake(self) -> None:
        self.assertIn("1:1: modparam", mistakes('modparam("(", "x", 1)')[0])

    def test_a_module_without_the_one_it_needs_is_a_mistake_and_its_names_are_known(self) -> None:
        self.assertEqual(
            mistakes('loadmodule "tmx"\nrequest_route { t_is_request_route(); }'),
            ['1:1: loadmodule "tmx": loadmodule "tm" before it'],
        )

    def test_sl_may_be_loaded_behind_who_needs_it(self) -> None:
        self.assertEqual(mistakes('loadmodule "sanity"\nloadmodule "sl"\nrequest_route { sanity_check(); }'), [])
        self.assertEqual(mistakes('loadmodule "sanity"'), ['1:1: loadmodule "sanity": loadmodule "sl" before it'])

    def test_mistakes_of_an_included_file_come_where_it_was_included_and_know_that(self) -> None:
        folder = Path(self.mktemp())
        folder.mkdir()
        (folder / "inner.cfg").write_text("\n\n\nroute[IN] { nope(); }\n", encoding="utf-8")
        main = str(folder / "app.cfg")
        with self.assertRaises(ConfigErrors) as caught:
            assemble_text('include_file "inner.cfg"\nrequest_route { nope(); }\n', main)
        first, second = caught.exception.errors
        assert first.at is not None
        self.assertEqual(str(first), f"{folder / 'inner.cfg'}:4:13: nope(): no such function")
        self.assertEqual([str(at) for at in first.at.chain], [f"{main}:1:1"])
        self.assertEqual(str(second), f"{main}:2:17: nope(): no such function")


class EvaluatedTests(SynchronousTestCase):
    def test_names_and_values_may_be_evaluated_at_load(self) -> None:
        made: Any = assemble_text(
            '#!define WHICH sl\n#!define CODE 555\nloadmodulex "$def(WHICH).so"\n'
            'modparamx("$def(WHICH)", "default_code", $defn(CODE))\nmodparamx("sl", "default_reason", "No $def(CODE)")'
        )
        self.assertEqual(made.modules["sl"].default_code, 555)
        self.assertEqual(made.modules["sl"].default_reason, b"No 555")

    def test_a_variable_without_a_value_is_a_mistake(self) -> None:
        self.assertEqual(
            mistakes('loadmodule "sl"\nmodparamx("sl", "default_code", $defn(NOPE))'), ["2:1: $defn(NOPE) has no value"]
        )


class TraceTests(SynchronousTestCase):
    def test_a_trace_is_compiled_in_where_one_is_given(self) -> None:
        text = "request_route { exit; }"
        traced, plain = assemble_text(text, trace=Notes()).program, assemble_text(text).program
        assert traced is not None
        assert plain is not None
        self.assertIn("TRACE.statement", traced.dump())
        self.assertNotIn("TRACE", plain.dump())

    def test_a_module_may_watch_the_script_where_it_wants_to(self) -> None:
        folder = Path(self.mktemp())
        folder.mkdir()
        path = folder / "watcher_of_tests.py"
        path.write_text(
            "from zope.interface import implementer\n"
            "from sipapp.interfaces.trace import ITrace\n"
            "from sipapp.module import module, modparam\n"
            "@implementer(ITrace)\n"
            '@module("watcher_of_tests")\n'
            "class Watcher:\n"
            '    """Watches."""\n'
            "    tracing: int = modparam(default=0)\n",
            encoding="utf-8",
        )
        script = f'loadmodule "{path}"\nmodparam("watcher_of_tests", "tracing", %d)\nrequest_route {{ exit; }}'
        for wanted in (0, 1):
            made = assemble_text(script % wanted)
            assert made.program is not None
            self.assertEqual("TRACE" in made.program.dump(), bool(wanted))


class LocatedTests(SynchronousTestCase):
    def test_what_a_module_says_when_it_starts_has_the_place_of_its_parameter(self) -> None:
        script = (
            'loadmodule "sl"\nloadmodule "rr"\nmodparam("rr", "custom_user_avp", "$nope(x)")\nrequest_route { exit; }'
        )
        why = self.assertRaises(ConfigError, Harness, script)
        self.assertEqual(str(why), 'app.cfg:3:1: modparam("rr", "custom_user_avp"): $nope: no such variable')

    def test_what_has_a_place_or_is_about_none_stays_as_it_is(self) -> None:
        made = assemble_text('loadmodule "sl"\nmodparam("sl", "default_code", 500)')
        for error in (ConfigError("wrong"), ConfigError('modparam("sl", "default_code"): x', Position("a", 1, 1))):
            self.assertIs(made.located(error), error)
