# -*- test-case-name: tests.modules.jsonrpcs.test_jsonrpcs -*-
"""fifo: JSON-RPC through a FIFO: `reply_name` in a request names the FIFO that its response is written to."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IReadDescriptor
from zope.interface import implementer

from sipapp.log import Logger
from sipapp.module import ConfigError
from sipapp.module.owner import Owner

log = Logger()

_BATCH = 65536  # bytes read per wake-up


@implementer(IReadDescriptor)
class Fifo:
    """Raises ConfigError: the FIFO cannot be had."""

    def __init__(
        self, reactor: Any, path: str, owner: Owner, replies: str, answer: Callable[[bytes], Deferred[bytes]]
    ) -> None:
        self._reactor = reactor
        self._path = path
        self._replies = Path(replies)
        self._answer = answer
        self._text = ""
        self._decoder = json.JSONDecoder()
        try:
            if not (os.path.exists(path) and stat.S_ISFIFO(os.stat(path).st_mode)):
                os.mkfifo(path)
            owner.take(path)
            # For writing too: so it is never at its end, whoever comes and goes.
            self._descriptor = os.open(path, os.O_RDWR | os.O_NONBLOCK)
        except OSError as why:
            raise ConfigError(f"jsonrpcs: {path}: {why.strerror}") from None
        reactor.addReader(self)

    def doRead(self) -> None:
        try:
            self._text += os.read(self._descriptor, _BATCH).decode("utf-8", "replace")
        except BlockingIOError:
            return
        while self._text.strip():
            self._text = self._text.lstrip()
            try:
                request, end = self._decoder.raw_decode(self._text)
            except ValueError:
                self._wait_or_give_up()
                return
            self._text = self._text[end:]
            self._run(request)

    def _wait_or_give_up(self) -> None:
        """A request may come in pieces, but begins with a brace and does not go on for ever."""
        if self._text[0] not in "{[" or len(self._text) > _BATCH * 16:
            log.error("jsonrpcs: no JSON in the FIFO: {text!r}", text=self._text[:80])
            self._text = ""

    def _run(self, request: Any) -> None:
        name = request.get("reply_name") if isinstance(request, dict) else None
        self._answer(json.dumps(request).encode()).addCallback(self._write, name)

    def _write(self, response: bytes, name: Any) -> None:
        if not isinstance(name, str) or not response:
            return
        if "/" in name or name in ("", ".", ".."):
            log.error("jsonrpcs: a reply FIFO has a name without slashes: {name!r}", name=name)
            return
        try:
            descriptor = os.open(self._replies / name, os.O_WRONLY | os.O_NONBLOCK)
        except OSError as why:
            log.error("jsonrpcs: reply FIFO {name}: {why}", name=name, why=why.strerror)
            return
        try:
            os.write(descriptor, response)
        except OSError as why:
            log.error("jsonrpcs: reply FIFO {name}: {why}", name=name, why=why.strerror)
        finally:
            os.close(descriptor)

    # -- the reactor's

    def fileno(self) -> int:
        return self._descriptor

    def logPrefix(self) -> str:
        return "jsonrpcs"

    def connectionLost(self, reason: Any) -> None:
        """It never is."""

    def close(self) -> None:
        if self._descriptor >= 0:
            self._reactor.removeReader(self)
            os.close(self._descriptor)
            self._descriptor = -1
            with suppress(FileNotFoundError):
                os.unlink(self._path)
