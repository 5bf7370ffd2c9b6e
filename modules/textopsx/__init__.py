# -*- test-case-name: tests.modules.test_textopsx -*-
"""textopsx: makes pending changes visible, walks over header fields and body lines, edits values of header fields."""

from __future__ import annotations

from sipapp.module import module
from sipapp.modules.textopsx import selects as selects  # offers them
from sipapp.modules.textopsx.iterate import Iterating
from sipapp.modules.textopsx.keep import Keeping
from sipapp.modules.textopsx.listed import Listed
from sipapp.modules.textopsx.rebuild import Rebuilding
from sipapp.modules.textopsx.status import Statuses


@module("textopsx")
class Textopsx(Rebuilding, Statuses, Keeping, Listed, Iterating):
    """More text operations on messages."""
