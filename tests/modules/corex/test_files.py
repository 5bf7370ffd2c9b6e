from __future__ import annotations

from pathlib import Path
from typing import Any

from twisted.internet.defer import Deferred
from twisted.python.failure import Failure
from twisted.trial.unittest import SynchronousTestCase

from sipapp.module import ScriptError
from sipapp.modules.corex import Corex
from tests.modules.stage import Server, context, made, new_path, variable


class Pool:
    """A thread pool and a reactor that do it all at once."""

    def getThreadPool(self) -> Pool:
        return self

    def callInThreadWithCallback(self, done: Any, work: Any, *args: Any, **kwargs: Any) -> None:
        try:
            done(True, work(*args, **kwargs))
        except OSError:
            done(False, Failure())

    def callFromThread(self, function: Any, *args: Any) -> None:
        function(*args)


class FilesTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.module = made(Corex)
        self.module.server = server = Server()
        server.reactor = Pool()
        self.ctx = context(server=server)
        self.path = new_path(self).encode()

    def test_what_was_written_is_read(self) -> None:
        self.assertEqual(self.successResultOf(self.module.file_write(self.ctx, self.path, b"a\r\n\xff")), 1)
        self.assertEqual(Path(self.path.decode()).read_bytes(), b"a\r\n\xff")
        found = variable()
        self.assertEqual(self.successResultOf(self.module.file_read(self.ctx, self.path, found)), 1)
        self.assertEqual(found.value, b"a\r\n\xff")

    def test_a_file_that_is_not_there_is_false(self) -> None:
        found = variable(b"-")
        read: Deferred[int] = self.module.file_read(self.ctx, b"/no/such/file", found)
        self.failureResultOf(read, ScriptError)
        self.assertEqual(found.value, b"-")
        self.failureResultOf(self.module.file_write(self.ctx, b"/no/such/folder/file", b"x"), ScriptError)

    def test_no_path_and_no_content_are_errors(self) -> None:
        self.assertRaises(ScriptError, self.module.file_read, self.ctx, b"", variable())
        self.assertRaises(ScriptError, self.module.file_write, self.ctx, self.path, b"")
