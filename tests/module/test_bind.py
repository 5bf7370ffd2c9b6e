from __future__ import annotations

from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from sipapp.errors import ConfigError
from sipapp.interfaces.script import Access
from sipapp.module.bind import bind_text, bind_variable
from tests.modules.stage import Server, context


class Var:
    """$var(name): its name."""

    name, module = "var", "pv"

    def bind(self, inner: bytes | None, index: bytes | None, binder: Any) -> Access:
        return Access(lambda ctx: inner)


class BindTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.server: Any = Server()
        self.server.registry._variables["var"] = Var()

    def test_a_variable_is_read(self) -> None:
        self.assertEqual(bind_variable(self.server, "p", b"$var(a)").get(context()), b"a")

    def test_a_text_has_its_variables_evaluated(self) -> None:
        self.assertEqual(bind_text(self.server, "p", b"<$var(a)> $$")(context()), b"<a> $")

    def test_a_mistake_names_the_parameter(self) -> None:
        for function in (bind_variable, bind_text):
            why = self.assertRaises(ConfigError, function, self.server, 'modparam("m", "p")', b"$none(x)")
            self.assertEqual(why.reason, 'modparam("m", "p"): $none: no such variable')
        self.assertRaises(ConfigError, bind_variable, self.server, "p", b"plain")
