"""sipapp/core/odds.py: log(), exec(), cfg_select()."""

from __future__ import annotations

from typing import Any

from twisted.internet.error import ProcessTerminated
from twisted.python.failure import Failure
from twisted.trial.unittest import SynchronousTestCase

from sipapp.script.background import PARAMETERS
from tests.core.script import Script


class LogTests(SynchronousTestCase):
    def lines(self, body: str) -> list[tuple[str, int]]:
        script = Script(body, "debug=3")
        return [(e["line"], e["severity"]) for e in script.harness.log if "line" in e]

    def test_a_text_is_logged_as_it_stands(self) -> None:
        self.assertEqual(self.lines('log("a $rU\\n");'), [("a $rU", 3)])

    def test_a_level_is_kamailios(self) -> None:
        self.assertEqual(self.lines('log(1, "one"); log(0, "two");'), [("one", 1), ("two", 0)])

    def test_error_only_says_so(self) -> None:
        script = Script('$var(r) = error("400", "Bad");')
        self.assertEqual(script.var("r"), 1)


class Process:
    """A reactor and the process that it started."""

    pid = None

    def __init__(self) -> None:
        self.arguments: list[Any] = []

    def spawnProcess(self, protocol: Any, path: str, arguments: list[Any], env: Any = None) -> None:
        self.protocol, self.arguments = protocol, arguments


class ExecTests(SynchronousTestCase):
    def test_the_script_waits_until_the_command_has_ended(self) -> None:
        script = Script("setflag(1);")
        script.harness.server.reactor = process = Process()
        core: Any = script.harness.server.modules["core"]
        answer = core.exec(b"exit 3")
        self.assertEqual(process.arguments[-3:], ["/bin/sh", "-c", b"exit 3"])
        self.assertNoResult(answer)
        process.protocol.processEnded(Failure(ProcessTerminated(3)))
        self.assertEqual(self.successResultOf(answer), 1)


class CfgTests(SynchronousTestCase):
    HEAD = "my.limit = 5\nmy[2].limit = 7\n"

    def test_an_instance_is_read_until_it_is_given_back(self) -> None:
        body = """$var(a) = @cfg_get.my.limit; $var(r) = cfg_select("my", 2); $var(b) = @cfg_get.my.limit;
            cfg_reset("my"); $var(c) = @cfg_get.my.limit;"""
        script = Script(body, self.HEAD)
        self.assertEqual([script.var(name) for name in "abcr"], [b"5", b"7", b"5", 1])

    def test_an_instance_that_is_not_there_is_not_chosen(self) -> None:
        script = Script('$var(r) = cfg_select("my", 3); $var(a) = @cfg_get.my.limit;', self.HEAD)
        self.assertEqual((script.var("r"), script.var("a")), (-1, b"5"))


class ParameterTests(SynchronousTestCase):
    def test_param_is_what_launch_was_given(self) -> None:
        script = Script("setflag(1);")
        script.ctx.extra[PARAMETERS] = (b"user bob",)
        core: Any = script.harness.server.modules["core"]
        self.assertEqual(
            [core.pv_param(script.ctx, inner) for inner in (b"1", b"2", b"0", b"x")], [b"user bob", None, None, None]
        )
