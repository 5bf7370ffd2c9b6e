# -*- test-case-name: tests.cli.test_cli -*-
"""cli: the `sipapp` command: one file a subcommand, imported when it is called."""

from __future__ import annotations

import argparse
import signal
import sys
from collections.abc import Sequence
from importlib import import_module

COMMANDS = {
    "check": "report every mistake of a script; nothing is started",
    "compat": "say how much of what a script uses is here, what differs and what is missing",
    "explain": "show what a script does with one message, statement by statement",
    "inventory": "print what this build offers, as JSON",
    "reference": "write the reference pages of all modules",
    "rpc": "ask a running server, or tell it to do something",
}


class _Version(argparse.Action):
    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        from sipapp.version import version

        print(version())
        parser.exit(0)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one subcommand; answers the exit status."""
    if arguments is None:
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # `sipapp ... | head` just ends
    parser = argparse.ArgumentParser(prog="sipapp", description="A SIP application server for Kamailio scripts.")
    parser.add_argument("--version", action=_Version, nargs=0, help="print the version and exit")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for name, summary in COMMANDS.items():
        module = import_module(f"sipapp.cli.{name}")
        epilog = getattr(module, "EPILOG", "exit status: 0, 1 where it fails, 2 for wrong arguments")
        form = argparse.RawDescriptionHelpFormatter
        described = commands.add_parser(
            name, help=summary, description=f"{summary}.", epilog=epilog, formatter_class=form
        )
        module.add_arguments(described)
    given = parser.parse_args(sys.argv[1:] if arguments is None else arguments)
    return int(import_module(f"sipapp.cli.{given.command}").run(given))


if __name__ == "__main__":
    raise SystemExit(main())
