"""sipapp/cli/__init__.py: one command, several subcommands."""

from __future__ import annotations

from sipapp.cli import COMMANDS
from sipapp.version import version
from tests.cli.texts import CommandCase


class CommandTests(CommandCase):
    def test_the_version_is_printed(self) -> None:
        self.sipapp("--version")
        self.assertEqual((self.status, self.out), (0, [version()]))

    def test_every_subcommand_is_listed_with_what_it_is_for(self) -> None:
        self.sipapp("--help")
        self.assertEqual(self.status, 0)
        for name in COMMANDS:
            self.assertTrue(any(line.split()[:1] == [name] for line in self.out), name)

    def test_every_subcommand_s_help_states_its_exit_status(self) -> None:
        for name in COMMANDS:
            self.sipapp(name, "--help")
            self.assertEqual(self.status, 0)
            self.assertTrue(any(line.startswith("exit status: 0") for line in self.out), name)

    def test_wrong_arguments_are_status_2(self) -> None:
        self.sipapp("chekc")
        self.assertEqual(self.status, 2)
        self.sipapp()
        self.assertEqual(self.status, 2)
