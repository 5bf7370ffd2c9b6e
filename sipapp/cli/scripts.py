# -*- test-case-name: tests.cli.test_scripts -*-
"""scripts: what the commands about a script have in common: -A, -L, and its mistakes on standard error."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sipapp.assemble import Assembly
    from sipapp.interfaces.trace import ITrace


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options that change what a script means."""
    parser.add_argument(
        "-A",
        dest="defines",
        metavar="NAME[=VALUE]",
        action="append",
        default=[],
        help="as `#!define NAME VALUE` at the top of the script; may be repeated",
    )
    parser.add_argument("-L", dest="mpath", metavar="MPATH", default="", help="folders of modules, colon-separated")


def defines(given: argparse.Namespace) -> dict[str, str | None]:
    """All -A, by name."""
    pairs = (text.partition("=") for text in given.defines)
    return {name: value if equals else None for name, equals, value in pairs}


def assembled(path: str, given: argparse.Namespace, trace: ITrace | None = None) -> Assembly | None:
    """The script, compiled; None, and everything that is wrong with it on standard error."""
    from sipapp.assemble import assemble
    from sipapp.errors import ConfigErrors
    from sipapp.script.show import show

    try:
        return assemble(path, defines(given), given.mpath, trace)
    except ConfigErrors as errors:
        for error in errors.errors:
            print(show(error), file=sys.stderr)
        for warning in errors.warnings:
            print(show(warning, kind="warning: "), file=sys.stderr)
        print(f"{path}: {counted(len(errors.errors), 'mistake')}", file=sys.stderr)
    except OSError as why:
        print(f"sipapp: cannot read {path}: {why.strerror}", file=sys.stderr)
    return None


def counted(number: int, noun: str) -> str:
    """`1 mistake`, `2 mistakes`"""
    return f"{number} {noun}{'' if number == 1 else 's'}"
