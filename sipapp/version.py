# -*- test-case-name: tests.cli.test_cli -*-
"""version: what this build is, in one line."""

from __future__ import annotations

import platform

from twisted import __version__ as twisted_version

from sipapp import __version__
from sipapp.message import leaf


def version() -> str:
    """`sipapp 0.1.0 (leaf: pure Python) on Python 3.11.7, Twisted 24.10.0`"""
    return f"sipapp {__version__} (leaf: {leaf.TWIN}) on Python {platform.python_version()}, Twisted {twisted_version}"
