# -*- test-case-name: tests.store.test_processes -*-
"""mapped: an lmdb file that several processes have in memory: made by the first, removed by the last of them.

Beside the file `NAME` and lmdb's own `NAME-lock` stands `NAME-users`, on which every process that uses the file holds
a shared lock: the kernel lets it go when a process ends, however that comes about. Who can have that lock alone is
alone with the file: at the start, what lies there is left over from a crash; at the stop, nobody needs it any more.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable
from contextlib import suppress
from typing import Any, TypeVar

import lmdb

from sipapp.errors import ConfigError
from sipapp.log import Logger

log = Logger()

_T = TypeVar("_T")

MEGABYTE = 1 << 20
FIRST_SIZE = 8 * MEGABYTE
"""What a new file begins with."""

MOST_GROWTH = 32 * MEGABYTE
"""A file that is full doubles, but by no more than this at a time: the process stands still meanwhile."""

SPARE = 4 * MEGABYTE
"""What a full file gets for the removal of items."""

MOST_TABLES = 1024
MOST_PROCESSES = 512


class Full(Exception):
    """There is no more room; what was to be written is not."""


class Mapped:
    """The file. size: how far it may grow (bytes)."""

    def __init__(self, path: str, size: int) -> None:
        self.path = path
        self.size = size
        self._users = -1
        self._env: lmdb.Environment | None = None
        self._databases: dict[bytes, Any] = {}

    # -- its life

    def open(self) -> None:
        """Raises ConfigError: it cannot be had."""
        try:
            self._users = self._join()
            first = min(FIRST_SIZE, self.size)
            self._need(first)
            self._env = lmdb.open(
                self.path,
                subdir=False,
                map_size=first,
                mode=0o600,
                sync=False,
                metasync=False,
                writemap=True,
                readahead=False,
                max_dbs=MOST_TABLES,
                max_readers=MOST_PROCESSES,
                max_spare_txns=2,
            )
            self._reserve(first)
            self._follow()
        except (OSError, lmdb.Error, Full) as why:
            self.close()
            raise ConfigError(f"store: {self.path}: {why}") from None
        self.check()

    def _join(self) -> int:
        """Be one of the users; alone, begin with an empty file."""
        while True:
            users = self._users_file()
            if self._have(users, fcntl.LOCK_EX):
                self._remove()
            fcntl.flock(users, fcntl.LOCK_SH)
            with suppress(FileNotFoundError):
                if os.path.samestat(os.fstat(users), os.stat(f"{self.path}-users")):
                    return users
            os.close(users)  # the last user has removed it meanwhile

    def _users_file(self) -> int:
        """Raises OSError: what lies there is no file of a store."""
        users = f"{self.path}-users"
        with suppress(FileNotFoundError):
            return os.open(users, os.O_RDWR | os.O_CLOEXEC)
        if os.path.exists(self.path):
            raise FileExistsError("a file that no store has made")
        return os.open(users, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

    def _have(self, users: int, how: int) -> bool:
        try:
            fcntl.flock(users, how | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def _remove(self) -> None:
        for path in (self.path, f"{self.path}-lock"):
            with suppress(FileNotFoundError):
                os.unlink(path)

    def close(self) -> None:
        """Use it no more; the last one removes it."""
        if self._env is not None:
            self._env.close()
            self._env = None
            self._databases.clear()
        self._leave()

    def _leave(self) -> None:
        users, self._users = self._users, -1
        if users < 0:
            return
        if self._have(users, fcntl.LOCK_EX):
            self._remove()
            with suppress(FileNotFoundError):
                os.unlink(f"{self.path}-users")
        os.close(users)

    def check(self) -> bool:
        """Forget the readers that have died; whether there were any. The file keeps what each of them was reading."""
        found = self._env is not None and self._env.reader_check() > 0
        if found:
            log.info("store: {path}: a reader that has died is forgotten", path=self.path)
        return found

    @property
    def is_open(self) -> bool:
        return self._env is not None

    # -- what is in it

    def database(self, name: bytes) -> Any:
        """The database of this name, made where it is new."""
        found = self._databases.get(name)
        if found is None:
            assert self._env is not None
            found = self._databases[name] = self._growing(self._env.open_db, name)
        return found

    def begin(self, database: Any) -> lmdb.Transaction[bytes]:
        """A transaction that reads."""
        assert self._env is not None
        try:
            return self._env.begin(database)
        except lmdb.MapResizedError:
            self._follow()
            return self._env.begin(database)

    def write(self, database: Any, work: Callable[..., _T], *arguments: Any) -> _T:
        """What `work(transaction, *arguments)` answers; it may be called again from the start, and waits for nothing.

        Raises Full: nothing is changed.
        """
        answer: _T = self._growing(self._write, database, work, arguments)
        return answer

    def remove(self, database: Any, work: Callable[..., _T], *arguments: Any) -> _T:
        """The same for work that takes away. It needs some room all the same, and has it beyond the file's size: a file
        that is full could not be emptied."""
        while True:
            try:
                return self.write(database, work, *arguments)
            except Full:
                self._reserve(os.path.getsize(self.path) + SPARE)

    def _write(self, database: Any, work: Callable[..., _T], arguments: tuple[Any, ...]) -> _T:
        assert self._env is not None
        with self._env.begin(database, write=True) as transaction:
            return work(transaction, *arguments)

    # -- its size

    def _growing(self, call: Callable[..., _T], *arguments: Any) -> _T:
        while True:
            try:
                return call(*arguments)
            except lmdb.MapFullError:
                self._grow()
            except lmdb.MapResizedError:  # by another process
                self._follow()

    def _grow(self) -> None:
        """Raises Full."""
        assert self._env is not None
        size: int = self._env.info()["map_size"]
        if os.path.getsize(self.path) <= size:  # else another process has made it grow
            if size >= self.size:
                if self.check():
                    return  # what the dead were reading may be enough
                raise Full(f"{self.path}: all of its {self.size // MEGABYTE} MB are used")
            self._reserve(min(size + min(size, MOST_GROWTH), self.size))
        self._follow()

    def _follow(self) -> None:
        """See all that the file has."""
        assert self._env is not None
        self._env.set_mapsize(os.path.getsize(self.path))

    def _need(self, size: int) -> None:
        """Raises Full: the file is not there, and would not find so much room."""
        if not os.path.exists(self.path):
            there = os.statvfs(os.path.dirname(self.path))
            if there.f_bavail * there.f_frsize < size:
                raise Full(f"no room for {size // MEGABYTE} MB")

    def _reserve(self, size: int) -> None:
        """Have so much of the file system for sure: a page that it has not, when it is written to, ends the process."""
        file = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            os.posix_fallocate(file, 0, size)
        except OSError as why:
            raise Full(f"{self.path}: no room for {size // MEGABYTE} MB: {why.strerror}") from None
        finally:
            os.close(file)
