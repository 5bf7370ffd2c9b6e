# -*- test-case-name: tests.cli.test_inventory -*-
"""inventory: `sipapp inventory --json`: what this build offers, read off the registry."""

from __future__ import annotations

import argparse
import json
from typing import Any


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="as JSON (without it, a short table)")
    parser.add_argument("-L", dest="mpath", metavar="MPATH", default="", help="folders of further modules")


def run(given: argparse.Namespace) -> int:
    """Always 0: modules that cannot be imported here are not offered here."""
    found = inventory(given.mpath)
    if given.json:
        print(json.dumps(found, indent=1))
        return 0
    for name, module in found["modules"].items():
        counts = ", ".join(f"{len(names)} {kind.replace('_', ' ')}" for kind, names in module.items() if names)
        print(f"{name:20} {counts or 'nothing'}")
    return 0


def inventory(mpath: str = "") -> dict[str, Any]:
    """The names by module, in the shape that the coverage of Kamailio's inventory is measured with."""
    from sipapp.core import Core
    from sipapp.core.language import LANGUAGE
    from sipapp.module.loader import Loader

    core: Any = Core()
    modules = {}
    variables = {v.name for v in core.pseudo_variables()}
    transformations = {t.name for t in core.transformations()}
    suspending = set()
    for module in Loader(mpath).catalogue():
        functions = list(module.script_functions())
        suspending |= {f"{module.name}.{f.name}" for f in functions if f.asynchronous}
        own = {v.name for v in module.pseudo_variables()}
        transformations |= {t.name for t in module.transformations()}
        modules[module.name] = {
            "parameters": sorted(module.parameters),
            "functions": sorted({f.name for f in functions}),
            "pseudo_variables": sorted(own),
            "rpc": sorted(command.name for command in module.rpc_commands()),
            "event_routes": sorted(getattr(module, "event_routes", ())),
        }
        variables |= own
    return {
        "core": {
            **{kind: sorted(names) for kind, names in LANGUAGE.items()},
            "functions": sorted({f.name for f in core.script_functions()} | LANGUAGE["functions"]),
            "rpc": sorted(command.name for command in core.rpc_commands()),
            "event_routes": sorted(core.event_routes),
        },
        "pseudo_variables": sorted(variables),
        "transformations": sorted(transformations),
        "modules": modules,
        "async_functions": sorted(suspending),
        "statements": ["async", "launch", "parallel"],
    }
