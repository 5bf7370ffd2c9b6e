"""contract: what ISql promises, tried: `python -m tests.integration.contract URL` prints what came, as JSON."""

from __future__ import annotations

import json
import sys
from types import SimpleNamespace
from typing import Any

from twisted.internet.defer import ensureDeferred

from sipapp.errors import SqlError
from sipapp.interfaces.sql import SqlTime
from sipapp.module.loader import Loader
from sipapp.statistics import Statistics
from sipapp.transaction.wheel import Wheel

ROW = {b"k": b"a'b\\c\"?%s", b"n": 5, b"f": 1.5, b"at": SqlTime(1795392000), b"big": 1 << 40}


async def tried(database: Any) -> dict[str, Any]:
    """The answers, by what was asked."""
    found: dict[str, Any] = {}
    await database.execute(b"drop table if exists contract")
    await database.execute(
        b"create table contract (k varchar(40) not null primary key, n int, f double precision, at timestamp null, "
        b"big bigint)"
    )
    await database.insert(b"contract", ROW)
    await database.insert(b"contract", dict.fromkeys(ROW, None) | {b"k": b"\xc3\xa9"})
    columns = list(ROW)
    found["row"] = (await database.select(b"contract", columns, {b"k": ROW[b"k"]})).rows
    found["null"] = (await database.select(b"contract", [b"k"], {b"n": None, b"f": None})).rows
    found["columns"] = (await database.select(b"contract", [], {b"k": b"none"})).columns
    found["updated"] = await database.update(b"contract", {b"n": 6}, {b"k": ROW[b"k"]})
    await database.replace(b"contract", {b"k": b"\xc3\xa9", b"n": 7}, [b"k"])
    await database.replace(b"contract", {b"k": b"new", b"n": 8}, [b"k"])
    found["replaced"] = (await database.select(b"contract", [b"k", b"n"], order=b"n")).rows
    found["marks"] = (await database.execute(b"select k from contract where n=? or k=? order by n", [7, b"new"])).rows
    found["deleted"] = [await database.delete(b"contract", {b"n": 6}), await database.delete(b"contract")]
    try:
        await database.execute(b"insert into contract(k) values (?)", [None])
    except SqlError as why:
        found["refused"] = type(why).__name__
    return found


def shown(value: Any) -> Any:
    if isinstance(value, bytes):
        return value.decode()
    return [shown(one) for one in value] if isinstance(value, (list, tuple)) else value


def main(url: str) -> None:
    from twisted.internet import reactor as installed  # noqa: TID251  (a process of its own)

    reactor: Any = installed
    server = SimpleNamespace(reactor=reactor, clock=reactor, wheel=Wheel(reactor), statistics=Statistics())
    engine: Any = Loader().load(f"db_{url.partition(':')[0]}")

    async def run() -> None:
        try:
            found = await tried(engine.database(url, server))
            sys.stdout.write(json.dumps({name: shown(value) for name, value in found.items()}) + "\n")
        except Exception as why:
            sys.stdout.write(json.dumps({"failed": repr(why)}) + "\n")
        await engine.stop()
        reactor.stop()

    reactor.callWhenRunning(lambda: ensureDeferred(run()))
    reactor.run()


if __name__ == "__main__":
    main(sys.argv[1])
