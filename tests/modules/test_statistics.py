"""Statistics of the script's own."""

from __future__ import annotations

from sipapp.errors import ConfigError, ConfigErrors
from tests.modules.talk import TalkCase


class StatisticsTests(TalkCase):
    modules = "statistics"
    head = """
        modparam("statistics", "variable", "calls")
        modparam("statistics", "variable", "total/no_reset")
    """

    def test_they_are_moved_and_read(self) -> None:
        said = self.run_script("""
            update_stat("calls", "5"); update_stat("calls", "+2"); update_stat("calls", "-1"); say("$rc $stat(calls)");
            reset_stat("calls"); say("$rc $stat(calls)");
        """)
        self.assertEqual(said, ["1 6", "1 0"])
        self.assertEqual(self.sip.server.statistics.groups().count("script"), 1)

    def test_names_and_numbers_may_be_variables(self) -> None:
        said = self.run_script("""
            $var(name) = "calls"; $var(n) = "+3"; $var(i) = -1;
            update_stat("$var(name)", "$var(n)"); update_stat("$var(name)", "$var(i)"); say("$rc $stat(calls)");
            reset_stat("$var(name)"); say("$rc $stat(calls)");
            $var(name) = "none"; update_stat("$var(name)", "1"); say("$rc"); reset_stat("$var(name)"); say("$rc");
        """)
        self.assertEqual(said, ["1 2", "1 0", "-1", "-1"])

    def test_some_are_not_reset(self) -> None:
        said = self.run_script('update_stat("total", 3); reset_stat("total"); say("$rc $stat(total)");')
        self.assertEqual(said, ["1 3"])

    def test_those_of_other_modules_may_be_moved_too(self) -> None:
        self.modules = "statistics"
        said = self.run_script('update_stat("200_replies", "10"); say("$stat(200_replies)");')
        self.assertEqual(said, ["10"])

    def test_a_name_that_there_is_not_keeps_the_server_from_starting(self) -> None:
        why = self.assertRaises(ConfigError, self.serve, 'update_stat("none", "1");')
        self.assertIn("variable <none> not defined", str(why))
        self.assertRaises(ConfigError, self.serve, 'reset_stat("none");')

    def test_two_of_one_name_keep_the_server_from_starting(self) -> None:
        self.assertRaises(ConfigError, self.serve, "", head='modparam("statistics", "variable", "calls/no_reset")')

    def test_mistakes_are_refused_when_the_script_loads(self) -> None:
        for statement, why in (
            ('update_stat("calls", "x");', "bad update number <x>"),
            ('update_stat("calls", "+");', "bad update number <+>"),
            ('update_stat("calls", "0");', "update with 0 has no sense"),
            ('modparam("statistics", "variable", "x/reset")', "unsupported flag <reset>"),
            ('modparam("statistics", "variable", "/no_reset")', "empty parameter"),
        ):
            body, head = ("", statement) if statement.startswith("modparam") else (statement, "")
            self.assertIn(why, str(self.assertRaises(ConfigErrors, self.serve, body, head)))
