# -*- test-case-name: tests.cli.test_check -*-
"""check: `sipapp check FILE`: every mistake of a script, with its line and a caret."""

from __future__ import annotations

import argparse
import sys

from sipapp.errors import ConfigError, ConfigErrors


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", help="the script")
    parser.add_argument("-A", dest="defines", metavar="NAME[=VALUE]", action="append", default=[], help="a define")
    parser.add_argument("-L", dest="mpath", metavar="MPATH", default="", help="folders of modules")
    parser.add_argument("--dump-python", action="store_true", help="print the Python that the routes compile to")


def run(given: argparse.Namespace) -> int:
    """0 for a script without mistakes, 1 with any, also one that cannot be read."""
    from sipapp.assemble import assemble
    from sipapp.script.show import show

    defines = {
        name: value if equals else None for name, equals, value in (d.partition("=")[::1] for d in given.defines)
    }
    try:
        assembly = assemble(given.file, defines, given.mpath)
    except ConfigErrors as errors:
        for error in errors.errors:
            print(show(error), file=sys.stderr)
        print(f"{given.file}: {_count(len(errors.errors), 'mistake')}", file=sys.stderr)
        return 1
    except OSError as why:
        print(f"sipapp: cannot read {given.file}: {why.strerror}", file=sys.stderr)
        return 1
    _warn(assembly.warnings)
    if given.dump_python:
        assert assembly.program is not None
        print(assembly.program.dump())
    else:
        print(f"{given.file}: no mistakes")
    return 0


def _warn(warnings: list[ConfigError]) -> None:
    for warning in warnings:
        print(f"{warning.at}: warning: {warning.reason}", file=sys.stderr)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
