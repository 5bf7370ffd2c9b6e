# -*- test-case-name: tests.modules.sl.test_totag -*-
"""totag: the To-tag of stateless responses: the same request always gets the same one, without any memory of it.

So a retransmission gets the same answer, and an ACK, which repeats the tag and the Via branch of its INVITE, can be
told to be ours. RFC 3261 §8.2.7.
"""

from __future__ import annotations

from hashlib import blake2b
from zlib import crc32

from sipapp.message.leaf import tag
from sipapp.message.message import Message


class TagMaker:
    """`prefix.checksum`: the prefix is this server's, the checksum the request's."""

    def __init__(self, identity: bytes) -> None:
        """identity: what is the same for all workers and after a restart: the first socket."""
        self.prefix = blake2b(b"stateless " + identity, digest_size=10).hexdigest().encode() + b"."
        self._seed = crc32(self.prefix)
        self._length = len(self.prefix) + 8

    def tag(self, message: Message) -> bytes:
        """The tag of responses to this request, or to the request that this ACK is for."""
        made = tag(message.head, self.prefix, self._seed)
        if made is not None:
            return made
        via = message.via  # not as nearly everybody writes it
        source = b"" if via is None else via.branch or bytes(via)
        return b"%b%08x" % (self.prefix, crc32(message.call_id, crc32(source, self._seed)))

    def is_mine(self, message: Message) -> bool:
        """Whether the To-tag of this ACK is the one that its request got from here."""
        found = message.to_tag
        if found is None or len(found) != self._length or not found.startswith(self.prefix):
            return False
        return found == self.tag(message)
