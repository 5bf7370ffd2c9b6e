# -*- test-case-name: tests.modules.corex.test_files -*-
"""files: whole files read and written in a thread: a slow disk holds up this route, not the server."""

from __future__ import annotations

from pathlib import Path

from twisted.internet.defer import Deferred
from twisted.internet.threads import deferToThreadPool
from twisted.python.failure import Failure

from sipapp.interfaces.server import IServer
from sipapp.module import Context, PvRef, ScriptError, script_function, writable


class Files:
    """file_read() and file_write()."""

    server: IServer

    @script_function(parse={"var": writable})
    def file_read(self, ctx: Context, fpath: bytes, var: PvRef) -> Deferred[int]:
        """Write what the file holds to a variable; false where it cannot be read."""

        def done(content: bytes) -> int:
            assert var.set is not None
            var.set(ctx, content)
            return 1

        return self._in_thread(_path(fpath).read_bytes).addCallback(done)

    @script_function()
    def file_write(self, ctx: Context, fpath: bytes, content: bytes) -> Deferred[int]:
        """Make this text the content of the file; false where it is empty or the file cannot be written."""
        if not content:
            raise ScriptError("no content to write")
        return self._in_thread(_path(fpath).write_bytes, content).addCallback(lambda _: 1)

    def _in_thread(self, work: object, *arguments: object) -> Deferred[bytes]:
        reactor = self.server.reactor
        found: Deferred[bytes] = deferToThreadPool(reactor, reactor.getThreadPool(), work, *arguments)  # type: ignore[arg-type]
        return found.addErrback(_unusable)


def _path(text: bytes) -> Path:
    if not text:
        raise ScriptError("no file path")
    return Path(text.decode("utf-8", "surrogateescape"))


def _unusable(failure: Failure) -> bytes:
    failure.trap(OSError)
    error = failure.value
    assert isinstance(error, OSError)
    raise ScriptError(f"cannot open file: {error.filename}: {error.strerror}")
