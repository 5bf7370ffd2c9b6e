"""Scripts and messages on the disk, and what a command prints about them."""

from __future__ import annotations

import io
import sys
from pathlib import Path

from twisted.trial.unittest import SynchronousTestCase

from sipapp.cli import main

INVITE = """INVITE sip:bob@example.com SIP/2.0
Via: SIP/2.0/UDP 192.0.2.7:5070;branch=z9hG4bK-1
Max-Forwards: 70
From: <sip:alice@example.com>;tag=1
To: <sip:bob@example.com>
Call-ID: 1@example.com
CSeq: 1 INVITE
Content-Length: 0

"""


class CommandCase(SynchronousTestCase):
    """`status`, `out` and `err` are what the last command left."""

    def setUp(self) -> None:
        self.folder = Path(self.mktemp())
        self.folder.mkdir()
        self.status = -1
        self.out: list[str] = []
        self.err: list[str] = []

    def write(self, name: str, text: str) -> str:
        """A file; answers its path."""
        path = self.folder / name
        path.write_bytes(text.encode())
        return str(path)

    def sipapp(self, *arguments: str, stdin: str = "") -> None:
        """Run a command. The folder's name is left out of what it prints."""
        out, err = io.StringIO(), io.StringIO()
        self.patch(sys, "stdout", out)
        self.patch(sys, "stderr", err)
        self.patch(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin.encode())))
        try:
            self.status = main(arguments)
        except SystemExit as end:
            self.status = int(end.code or 0)
        self.out, self.err = (text.getvalue().replace(f"{self.folder}/", "").splitlines() for text in (out, err))
