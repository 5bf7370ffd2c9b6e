# -*- test-case-name: tests.cli.test_check -*-
"""check: `sipapp check FILE`: every mistake of a script, with its line and a caret."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from sipapp.cli import scripts

if TYPE_CHECKING:
    from sipapp.assemble import Assembly
    from sipapp.errors import ConfigError

EPILOG = """\
Mistakes and warnings go to standard error, each as FILE:LINE:COLUMN: MESSAGE, then the line, a caret and the files that
include it. A warning is about what is accepted, but hardly meant.

exit status: 0: no mistakes; 1: mistakes, a script that cannot be read, or warnings with -W error; 2: wrong arguments.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", help="the script")
    scripts.add_arguments(parser)
    parser.add_argument("-W", choices=["error"], dest="warnings", help="warnings are mistakes")
    parser.add_argument("--strict", choices=["kamailio", "opensips"], help="warn of what waits otherwise there")
    parser.add_argument("--dump-python", action="store_true", help="print the Python that the routes compile to")


def run(given: argparse.Namespace) -> int:
    from sipapp.script.show import show

    assembly = scripts.assembled(given.file, given)
    if assembly is None:
        return 1
    if given.strict:
        assembly.warnings += _strict(assembly, given.strict)
    for warning in assembly.warnings:
        print(show(warning, kind="warning: "), file=sys.stderr)
    if assembly.warnings and given.warnings == "error":
        print(f"{given.file}: {scripts.counted(len(assembly.warnings), 'warning')}", file=sys.stderr)
        return 1
    if given.dump_python:
        assert assembly.program is not None
        print(assembly.program.dump())
    else:
        print(f"{given.file}: no mistakes")
    return 0


def _strict(assembly: Assembly, peer: str) -> list[ConfigError]:
    from sipapp.script.check import check
    from sipapp.script.strict import strict

    return strict(check(assembly.script, assembly.registry, assembly.config).routes, peer)
