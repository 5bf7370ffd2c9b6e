# -*- test-case-name: tests.cli.test_explain -*-
"""explain: `sipapp explain -c FILE MESSAGE`: what a script does with one message, statement by statement."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from sipapp.cli import scripts

if TYPE_CHECKING:
    from sipapp.assemble import Assembly
    from sipapp.cli.account import Account
    from sipapp.message.request import Request
    from sipapp.message.response import Response

EPILOG = """\
No message is sent, no socket of the script is opened, and time is made up: what the script waits for comes at once, and
how long that would have taken is told. Names are given addresses of 203.0.113.0/24; HTTP finds nobody there. Files are
real, and so is a database that is asked in a thread: what the script writes there is written.

exit status: 0: the message ran through the script; 1: the script has mistakes, a file cannot be read, MESSAGE is no
SIP message, or a module cannot do without a network; 2: wrong arguments.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("message", metavar="MESSAGE", help="a file with a SIP message; -: standard input")
    parser.add_argument("-c", "--config", metavar="FILE", default="app.cfg", help="the script (app.cfg)")
    scripts.add_arguments(parser)
    parser.add_argument(
        "--from",
        dest="source",
        metavar="PROTO:HOST:PORT",
        help="where the message comes from (its top Via; udp:192.0.2.1:5060)",
    )
    parser.add_argument(
        "--answer", metavar="STATUS", type=int, default=0, help="answer each request that goes out with this status"
    )
    parser.add_argument(
        "--seconds", metavar="S", type=float, default=0.0, help="then let S seconds pass: retransmissions, timers (0)"
    )


def run(given: argparse.Namespace) -> int:
    from sipapp.cli.account import Account
    from sipapp.errors import ParseError
    from sipapp.message.parse import parse

    try:
        data = _read(given.message)
        message = parse(data)
    except OSError as why:
        print(f"sipapp: cannot read {given.message}: {why.strerror}", file=sys.stderr)
        return 1
    except ParseError as why:
        print(f"sipapp: {given.message} is no SIP message: {why}", file=sys.stderr)
        return 1
    account = Account(message)
    assembly = scripts.assembled(given.config, given, account)
    return 1 if assembly is None else _rehearse(assembly, account, message, given)


def _rehearse(assembly: Assembly, account: Account, message: Request | Response, given: argparse.Namespace) -> int:
    from sipapp.cli.rehearsal import Rehearsal

    try:
        rehearsal = Rehearsal(assembly, account.sent, account.named, given.answer)
    except Exception as why:
        print(f"sipapp: {given.config} cannot be rehearsed: {why}", file=sys.stderr)
        return 1
    with account.told_by(rehearsal):
        rehearsal.receive(message.raw, *_source(given.source, message))
        account.notice_waits()
        while rehearsal.waiting() and rehearsal.step(float("inf")):
            account.notice_waits()
        end = rehearsal.clock.seconds() + given.seconds
        while rehearsal.step(end):
            account.notice_waits()
    rehearsal.close()
    return 0


def _read(path: str) -> bytes:
    """The message; a text file's line ends become those of SIP. Raises OSError."""
    if path == "-":
        data = sys.stdin.buffer.read()
    else:
        with open(path, "rb") as file:
            data = file.read()
    if b"\r\n" not in data:
        data = data.replace(b"\n", b"\r\n")
    return data if b"\r\n\r\n" in data else data.rstrip(b"\r\n") + b"\r\n\r\n"


def _source(given: str | None, message: Request | Response) -> tuple[str, str, int]:
    """Who sent it: what the command line says, else what the top Via does, if that is an address."""
    from sipapp.errors import ParseError
    from sipapp.transport.addresses import numeric

    proto, host, port = "udp", "192.0.2.1", 5060
    if given is not None:
        proto, _, rest = given.partition(":")
        host, _, number = rest.rpartition(":")
        return proto, host.strip("[]"), int(number)
    try:
        via = message.via
    except ParseError:
        via = None
    if via is not None:
        proto = via.transport.decode().lower()
        address = numeric(via.host.decode())
        if address:
            host, port = address, via.port or 5060
    return proto, host, port
