# -*- test-case-name: tests.modules.mqueue.test_mqueue -*-
"""mqueue: queues of messages from one part of the script to another: calls put in, a timer takes out.

A message that was fetched belongs to the run that fetched it. Several workers share their queues.
"""

from __future__ import annotations

from functools import cached_property

from sipapp.errors import SqlError
from sipapp.interfaces.server import IServer
from sipapp.interfaces.sql import ISql
from sipapp.interfaces.store import IStore
from sipapp.log import Logger
from sipapp.module import (
    ConfigError,
    Context,
    ScriptError,
    Value,
    modparam,
    module,
    pseudo_variable,
    rpc_command,
    script_function,
)
from sipapp.module.sql import database
from sipapp.modules.mqueue.queue import Definition, Message, Queue
from sipapp.modules.mqueue.shared import SharedQueue

log = Logger()

FETCHED = "mqueue"
"""`ctx.extra[FETCHED]`: queue -> (key, value)."""

LOAD, SAVE = (1, 2), (1, 3)  # the values of dbmode for which that is done


@module("mqueue")
class Mqueue:
    """Queues by name."""

    db_url: str = modparam(default="", doc="the database of queues with a dbmode; each has a table of its own name")
    definitions: list[Definition] = modparam(
        default=(),
        name="mqueue",
        parse=Definition.parse,
        doc="a queue: 'name=x;size=8;addmode=0;dbmode=0'. size: most messages, 0: any number. addmode: 0: all are put "
        "in; 1: none whose key is there already; 2: in place of the one with the same key. dbmode: 1: loaded when the "
        "server starts and saved when it stops, 2: loaded only, 3: saved only",
    )
    names: list[bytes] = modparam(default=(), name="mqueue_name", doc="a queue with the size and addmode of these:")
    mqueue_size: int = modparam(default=0, doc="size of the queues that mqueue_name defines")
    mqueue_addmode: int = modparam(default=0, doc="addmode of the queues that mqueue_name defines")

    @cached_property
    def queues(self) -> dict[bytes, Queue]:
        """Raises ConfigError: two queues have one name, or one has none."""
        named = [Definition(name, self.mqueue_size, self.mqueue_addmode) for name in self.names]
        found: dict[bytes, Queue] = {}
        for definition in (*self.definitions, *named):
            if not definition.name or definition.name in found:
                raise ConfigError(f'modparam("mqueue", "mqueue"): mqueue redefined: {_shown(definition.name)!r}')
            found[definition.name] = Queue(definition)
        return found

    # -- its life

    async def start(self, server: IServer) -> None:
        if not self.queues:
            log.warn("no mqueue defined")
        self.database: ISql | None = None
        self.first = server.worker == 1
        if server.workers > 1 and server.config.store.startswith("lmdb:"):
            store: IStore = server.get(IStore)
            for name, queue in self.queues.items():
                table = store.table(b"mqueue:" + name)
                self.queues[name] = SharedQueue(queue.definition, table, server.clock, server.worker, server.workers)
        for queue in self.queues.values():
            if queue.definition.dbmode in (*LOAD, *SAVE):
                self.database = database(server, self.db_url, 'modparam("mqueue", "db_url")')
                if queue.definition.dbmode in LOAD and self.first and server.begins:
                    await self._load(self.database, queue)

    async def stop(self) -> None:
        for queue in self.queues.values():
            if queue.definition.dbmode in SAVE and self.database is not None and self.first:
                for key, value in queue:
                    await self.database.insert(queue.definition.name, {b"key": key, b"val": value})

    async def _load(self, found: ISql, queue: Queue) -> None:
        """Have what the table has, and empty it: what is in the queue is nowhere else."""
        name = queue.definition.name
        for key, value in (await found.select(name, (b"key", b"val"), order=b"id")).rows:
            if not isinstance(key, bytes) or not isinstance(value, bytes):
                raise SqlError(f"mqueue {_shown(name)}: a key or value is no text")
            queue.add(key, value)
        await found.delete(name)

    # -- functions

    @script_function()
    def mq_add(self, queue: bytes, key: bytes, value: bytes) -> int:
        """mq_add(queue, key, value): put a message in."""
        self._queue(queue).add(key, value)
        return 1

    @script_function()
    def mq_fetch(self, ctx: Context, queue: bytes) -> int:
        """mq_fetch(queue): take the oldest message out; $mqk(queue) and $mqv(queue) are its key and value. -2: there is
        none; -1: there is no such queue."""
        fetched: dict[bytes, Message] = ctx.extra.setdefault(FETCHED, {})
        fetched.pop(queue, None)
        found = self.queues.get(queue)
        if found is None:
            return -1
        message = found.take()
        if message is None:
            return -2
        fetched[queue] = message
        return 1

    @script_function()
    def mq_pv_free(self, ctx: Context, queue: bytes) -> int:
        """mq_pv_free(queue): forget the message that was fetched."""
        ctx.extra.get(FETCHED, {}).pop(queue, None)
        return 1

    @script_function()
    def mq_size(self, queue: bytes) -> int:
        """mq_size(queue): how many messages there are; -1 for none, -2 where there is no such queue."""
        found = self.queues.get(queue)
        if found is None:
            raise ScriptError(f"mqueue {_shown(queue)} not found", -2)
        return len(found) or -1

    # -- variables

    @pseudo_variable("mqk")
    def pv_mqk(self, ctx: Context, inner: bytes) -> Value:
        """$mqk(queue): the key of the message that was fetched."""
        return self._fetched(ctx, inner, 0)

    @pseudo_variable("mqv")
    def pv_mqv(self, ctx: Context, inner: bytes) -> Value:
        """$mqv(queue): the value of the message that was fetched."""
        return self._fetched(ctx, inner, 1)

    @pseudo_variable("mq_size")
    def pv_mq_size(self, ctx: Context, inner: bytes) -> Value:
        """$mq_size(queue): how many messages there are; null where there is no such queue."""
        found = self.queues.get(inner)
        return None if found is None else len(found)

    # -- RPC

    @rpc_command("mqueue.get_size")
    def rpc_get_size(self, name: str) -> dict[str, str | int]:
        """mqueue.get_size QUEUE: how many messages there are."""
        found = self.queues.get(_bytes(name))
        if found is None:
            raise ScriptError("No such queue", 404)
        return {"name": name, "size": len(found)}

    @rpc_command("mqueue.get_sizes")
    def rpc_get_sizes(self) -> list[dict[str, str | int]]:
        """mqueue.get_sizes: how many messages there are in each queue."""
        return [{"name": _shown(name), "size": len(q)} for name, q in reversed(self.queues.items())]

    @rpc_command("mqueue.fetch")
    def rpc_fetch(self, name: str) -> dict[str, str]:
        """mqueue.fetch QUEUE: take the oldest message out."""
        found = self.queues.get(_bytes(name))
        if found is None:
            raise ScriptError("No such queue", 500)
        message = found.take()
        if message is None:
            raise ScriptError("Empty queue", 404)
        return {"key": _shown(message[0]), "val": _shown(message[1])}

    # -- how

    def _queue(self, name: bytes) -> Queue:
        found = self.queues.get(name)
        if found is None:
            raise ScriptError(f"mqueue not found: {_shown(name)}")
        return found

    def _fetched(self, ctx: Context, name: bytes, part: int) -> Value:
        message: Message | None = ctx.extra.get(FETCHED, {}).get(name)
        return None if message is None else message[part] or None


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def _shown(text: bytes) -> str:
    return text.decode("utf-8", "replace")
