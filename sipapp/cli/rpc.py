# -*- test-case-name: tests.cli.test_rpc -*-
"""rpc: `sipapp rpc [-s SOCKET] METHOD [ARGUMENT...]`: one command of a running server."""

from __future__ import annotations

import argparse
import json
import os
import re
import sys
from collections.abc import Iterator
from typing import Any

EPILOG = "exit status: 0; 1: the server refuses; 2: none answers, or wrong arguments"

DEFAULT = "/run/sipapp/rpc"
VARIABLE = "SIPAPP_RPC"

_number = re.compile(r"[+-]?[0-9]+").fullmatch
_fraction = re.compile(r"[+-]?[0-9]+\.[0-9]+").fullmatch


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "-s",
        dest="socket",
        metavar="SOCKET",
        default=os.environ.get(VARIABLE, DEFAULT),
        help=f"the server's rpc_socket (default: ${VARIABLE}, else {DEFAULT})",
    )
    parser.add_argument("-t", dest="timeout", metavar="SECONDS", type=float, default=90.0, help="how long to wait")
    parser.add_argument("-j", dest="json", action="store_true", help="print the result as JSON on one line")
    parser.add_argument("method", metavar="METHOD", help="system.listMethods shows all there are")
    parser.add_argument(
        "arguments",
        metavar="ARGUMENT",
        nargs=argparse.REMAINDER,
        help="digits are a number; s:123 is a text, i:123 a number, whatever it looks like",
    )


def run(given: argparse.Namespace) -> int:
    """0; 1 where the server has something against the command, 2 where none answers."""
    from sipapp.errors import RpcFault
    from sipapp.rpc.client import ask

    try:
        result = ask(given.socket, given.method, [typed(text) for text in given.arguments], given.timeout)
    except RpcFault as fault:
        print(f"error: {fault.code} - {fault.reason}", file=sys.stderr)
        return 1
    except OSError as why:
        print(f"sipapp: {given.socket}: {why.strerror or why}", file=sys.stderr)
        return 2
    if given.json:
        print(json.dumps(result))
    else:
        for line in shown(result):
            print(line)
    return 0


def typed(text: str) -> Any:
    """An argument as kamcmd reads it."""
    if text[:2] == "s:":
        return text[2:]
    if text[:2] == "i:" and _number(text[2:]):
        return int(text[2:])
    if _number(text):
        return int(text)
    return float(text) if _fraction(text) else text


def shown(value: Any, indent: str = "") -> Iterator[str]:
    """A result as lines: `name: value`, what is inside further in, an empty line between the dicts of a list."""
    if isinstance(value, dict):
        for name, inner in value.items():
            if inner and isinstance(inner, (dict, list)):
                yield f"{indent}{name}:"
                yield from shown(inner, indent + "  ")
            else:
                yield f"{indent}{name}: {_word(inner)}"
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            if number and isinstance(inner, (dict, list)):
                yield ""
            yield from shown(inner, indent)
    else:
        yield f"{indent}{_word(value)}"


def _word(value: Any) -> str:
    if isinstance(value, (dict, list)):
        return ""
    return "<null>" if value is None else str(value)
