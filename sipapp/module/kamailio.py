# -*- test-case-name: tests.module.test_kamailio -*-
"""kamailio: which functions and variables Kamailio's modules have, for what is said about those that sipapp lacks.

`kamailio.txt` has a line for each module of Kamailio 5.6 and the newer ones: its name, its functions, its variables
with their $.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files


@cache
def modules() -> Mapping[str, frozenset[str]]:
    """Module -> what it has."""
    text = files("sipapp.module").joinpath("kamailio.txt").read_text("ascii")
    lines = (line.partition(":") for line in text.splitlines())
    return {name: frozenset(offered.split()) for name, _, offered in lines}


def homes(name: str) -> list[str]:
    """The modules of Kamailio that have this function or, with its $, variable."""
    return [module for module, offered in modules().items() if name in offered]
