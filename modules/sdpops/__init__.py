# -*- test-case-name: tests.modules.test_sdpops -*-
"""sdpops: reads and changes session descriptions. RFC 8866.

Every function reads the body as it was received: what has been changed shows only on the way out, or after
textopsx' msg_apply_changes().
"""

from __future__ import annotations

from sipapp.module import module
from sipapp.modules.sdpops.codecs import Codecs
from sipapp.modules.sdpops.iterate import Iterating
from sipapp.modules.sdpops.lines import Lines
from sipapp.modules.sdpops.media import MediaStreams
from sipapp.modules.sdpops.variables import Variables


@module("sdpops")
class Sdpops(Codecs, MediaStreams, Lines, Iterating, Variables):
    """Operations on SDP."""
