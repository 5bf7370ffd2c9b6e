# -*- test-case-name: tests.cli.test_compat -*-
"""compat: `sipapp compat FILE`: how much of what a script uses is here, what differs, and what is missing."""

from __future__ import annotations

import argparse
import json
import sys
import textwrap
from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from sipapp.cli import scripts

if TYPE_CHECKING:
    from sipapp.cli.judge import Verdict
    from sipapp.errors import ConfigError
    from sipapp.script import nodes

EPILOG = """\
Modules, their parameters, those of the core, functions, variables, transformations, selects and event routes are looked
up by their names; whether they are used rightly is told by `sipapp check`. What differs on purpose is shown with its
row of the manual's page of differences, and counts as supported.

exit status: 0: 100 %; 1: less, wrong syntax, or a script that cannot be read; 2: wrong arguments.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", help="the script")
    scripts.add_arguments(parser)
    parser.add_argument("--json", action="store_true", help="as JSON")


def run(given: argparse.Namespace) -> int:
    from sipapp.cli.judge import judged

    found = _script(given)
    if found is None:
        return 1
    script, mistakes = found
    verdicts = judged(script, given.mpath)
    if given.json:
        print(json.dumps(_as_json(given.file, verdicts, mistakes), indent=1))
    else:
        for error in mistakes:
            print(f"{error.at}: {error.reason}", file=sys.stderr)
        _print(given.file, verdicts, mistakes)
    return 1 if mistakes or any(verdict.state == "missing" for verdict in verdicts) else 0


def _script(given: argparse.Namespace) -> tuple[nodes.Script, list[ConfigError]] | None:
    """The script, and what is wrong with its syntax."""
    from sipapp.errors import SyntaxErrors
    from sipapp.script import nodes
    from sipapp.script.parser import parse_file

    try:
        return parse_file(given.file, scripts.defines(given)), []
    except SyntaxErrors as found:
        assert isinstance(found.partial, nodes.Script)
        return found.partial, found.errors
    except OSError as why:
        print(f"sipapp: cannot read {given.file}: {why.strerror}", file=sys.stderr)
    return None


def percent(verdicts: Iterable[Verdict]) -> float:
    """How much of it is here; 100 only where all is."""
    states = Counter(verdict.state for verdict in verdicts)
    total = sum(states.values())
    share = 100.0 * (total - states["missing"]) / total if total else 100.0
    return share if not states["missing"] else min(share, 99.9)


def _print(file: str, verdicts: list[Verdict], mistakes: list[ConfigError]) -> None:
    here = sum(verdict.state != "missing" for verdict in verdicts)
    print(f"{file}: {percent(verdicts):.1f} % supported, {here} of {len(verdicts)}")
    if mistakes:
        print(f"{scripts.counted(len(mistakes), 'mistake')} in its syntax: what is behind may not have been seen")
    for state in ("missing", "differs"):
        chosen = [verdict for verdict in verdicts if verdict.state == state]
        if chosen:
            print(f"\n{state}:")
        for verdict in chosen:
            _print_one(verdict)
    _print_supported([verdict for verdict in verdicts if verdict.state == "supported"])


def _print_one(verdict: Verdict) -> None:
    times = f", {verdict.uses} times" if verdict.uses > 1 else ""
    note = f" ({verdict.note})" if verdict.note else ""
    print(f"  {verdict.kind:15} {verdict.name:30} {verdict.at}{times}{note}")
    for row in verdict.differences:
        print(f"      {row.what}")
        print(f"        Kamailio: {row.kamailio}")
        print(f"        sipapp:   {row.sipapp}")


def _print_supported(verdicts: list[Verdict]) -> None:
    if verdicts:
        print("\nsupported:")
    for kind in dict.fromkeys(verdict.kind for verdict in verdicts):
        names = " ".join(verdict.name for verdict in verdicts if verdict.kind == kind)
        print(textwrap.fill(f"{kind + 's':17} {names}", 118, initial_indent="  ", subsequent_indent=" " * 20))


def _as_json(file: str, verdicts: list[Verdict], mistakes: list[ConfigError]) -> dict[str, Any]:
    states: dict[str, list[dict[str, Any]]] = {"missing": [], "differs": [], "supported": []}
    for verdict in verdicts:
        facts = {"kind": verdict.kind, "name": verdict.name, "at": str(verdict.at), "uses": verdict.uses}
        if verdict.note:
            facts["note"] = verdict.note
        if verdict.differences:
            facts["differences"] = [row._asdict() for row in verdict.differences]
        states[verdict.state].append(facts)
    return {
        "file": file,
        "percent": round(percent(verdicts), 1),
        "mistakes": [str(error) for error in mistakes],
        **states,
    }
