# -*- test-case-name: tests.module.test_avps -*-
"""avps: lists of AVPs as scripts write them, `$avp(a);$avp(b)`, for functions that fill them."""

from __future__ import annotations

from sipapp.errors import ConfigError
from sipapp.script.avp import AvpKey, avp_key
from sipapp.script.pvsyntax import parse_variable


def avp_keys(text: bytes) -> list[AvpKey]:
    """Their keys. Raises ConfigError: something else than AVPs."""
    keys = []
    for piece in text.replace(b",", b";").split(b";"):
        name = piece.strip()
        if name:
            found = parse_variable(name)
            if found.name != "avp" or found.inner is None:
                raise ConfigError(f"a list of AVPs is expected, not {name.decode(errors='replace')}")
            keys.append(avp_key(found.inner))
    return keys
