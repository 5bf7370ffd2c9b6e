# -*- test-case-name: tests.modules.test_textops -*-
"""textops: reads and changes messages as text: header fields, bodies, their parts, comparisons of strings.

Every function reads the message as it was received: what has been changed shows only on the way out, or after
textopsx' msg_apply_changes().
"""

from __future__ import annotations

from sipapp.module import module
from sipapp.modules.textops.body import Bodies
from sipapp.modules.textops.fields import Fields
from sipapp.modules.textops.methods import Methods
from sipapp.modules.textops.multipart import Multipart
from sipapp.modules.textops.replace import Replacing
from sipapp.modules.textops.reply import Replies
from sipapp.modules.textops.search import Searching
from sipapp.modules.textops.strings import Strings
from sipapp.modules.textops.subst import Substituting


@module("textops")
class Textops(Methods, Searching, Replacing, Substituting, Fields, Bodies, Multipart, Replies, Strings):
    """Text operations on messages."""
