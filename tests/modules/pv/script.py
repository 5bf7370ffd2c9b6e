"""script: variables and texts of module pv as a script writes them, over one message."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase

from sipapp.errors import ConfigError, Position
from sipapp.interfaces.script import Access, Value
from sipapp.interfaces.store import IStore
from sipapp.message.parse import parse
from sipapp.module import Context
from sipapp.modules.pv import Pv
from sipapp.script.pv import Binder
from sipapp.store.memory import MemoryStore
from tests.modules.stage import Server, context, request

HERE = Position("app.cfg", 1, 1)


class Script:
    """One run of a script over a message."""

    pv: Any
    server: Any
    binder: Binder

    def __init__(self, message: Any = None, earlier: Script | None = None, **parameters: Any) -> None:
        if earlier is not None:
            self.pv, self.server, self.binder = earlier.pv, earlier.server, earlier.binder
        else:
            self.server = Server(provide={IStore: MemoryStore(Clock())})
            self.pv = _started(self.server, parameters)
            self.server.registry.add(self.pv)
            self.binder = Binder(self.server.registry, HERE)
        self.ctx: Context = context(message, self.server)

    def again(self, message: Any = None) -> Script:
        """Another run of the same script."""
        return Script(message, self)

    def variable(self, source: str) -> Access:
        return self.binder.variable(source.encode())

    def read(self, source: str) -> Value:
        """What a variable is."""
        return self.variable(source).get(self.ctx)

    def write(self, source: str, value: Value) -> None:
        """Assign to a variable."""
        put = self.variable(source).set
        assert put is not None, f"{source} is read-only"
        put(self.ctx, value)

    def text(self, source: str) -> bytes:
        """What a text with variables is."""
        return self.binder.text(source.encode())(self.ctx)

    def of(self, value: Value, transformations: str) -> Value:
        """What transformations make of a value."""
        self.ctx.vars[b"value"] = value
        return (
            self.read(f"$(var(value){transformations})")
            if value is not None
            else self.read(f"$(vn(nothing){transformations})")
        )

    def wire(self) -> bytes:
        """What goes out."""
        return self.ctx.draft.render(self.ctx.message)

    def line(self, name: str) -> bytes:
        """The header lines of this name that go out."""
        lines = self.wire().partition(b"\r\n\r\n")[0].split(b"\r\n")
        return b"\n".join(line for line in lines if line.lower().startswith(name.lower().encode() + b":"))


def _started(server: Any, parameters: Mapping[str, Any]) -> Any:
    pv: Any = Pv()
    for name, value in parameters.items():
        pv.set_parameter(name, value)
    pv.start(server)
    return pv


class TransformationCase(SynchronousTestCase):
    """Tests of transformations."""

    def setUp(self) -> None:
        self.script = Script()

    def check(self, value: Value, expected: Mapping[str, Value]) -> None:
        """Each transformation makes this of the value."""
        self.assertEqual({name: self.script.of(value, name) for name in expected}, expected)

    def refused(self, transformations: str) -> None:
        self.assertRaises(ConfigError, self.script.variable, f"$(var(x){transformations})")


def with_fields(*lines: str, **kwargs: Any) -> Any:
    """A request with further header lines."""
    return request(more="".join(f"{line}\r\n" for line in lines), **kwargs)


def raw(text: str) -> Any:
    """A message of these lines, from the usual source."""
    message = parse(text.replace("\n", "\r\n").encode())
    message.flow = request().flow
    return message


__all__ = ["HERE", "Script", "TransformationCase", "raw", "with_fields"]
