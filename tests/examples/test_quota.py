"""etc/examples/quota: a module by somebody else, installed by pip, in a real server."""

from __future__ import annotations

import shutil
import sys
from functools import cache
from pathlib import Path

from twisted.trial.unittest import SynchronousTestCase

from tests.served import SIPAPP, TOP, Caller, Finished, Served, Standin, run

SOURCE = TOP / "etc" / "examples" / "quota"
PIP = [sys.executable, "-m", "pip", "--disable-pip-version-check", "install", "-q"]


@cache
def installed() -> tuple[Path, Finished]:
    """The folder that pip has put it into; pip builds in a copy of the sources, for it leaves files there."""
    standin = Standin.until_exit()
    sources, target = Path(standin.mktemp()), Path(standin.mktemp())
    shutil.copytree(SOURCE, sources)
    done = run([*PIP, "--no-deps", "--no-build-isolation", "--no-index", "--target", str(target), str(sources)])
    return target, done


class QuotaTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.target, done = installed()
        self.assertEqual(done.status, 0, done.output)

    def serve(self) -> Served:
        text = (SOURCE / "quota.cfg").read_text(encoding="utf-8").replace(":5060", ":@PORT@")
        return Served(self, text, paths=[self.target])

    def test_pip_installs_the_module_and_its_plugin_and_nothing_else(self) -> None:
        files = {str(p.relative_to(self.target)) for p in self.target.rglob("*.py")}
        self.assertEqual(files, {"sipapp_quota/__init__.py", "twisted/plugins/sipapp_quota_plugin.py"})

    def test_its_script_is_right(self) -> None:
        done = run([*SIPAPP, "check", str(SOURCE / "quota.cfg")], paths=[self.target])
        self.assertEqual(done.status, 0, done.output)

    def test_without_it_the_script_is_refused_at_its_line(self) -> None:
        done = run([*SIPAPP, "check", str(SOURCE / "quota.cfg")])
        self.assertEqual(done.status, 1)
        self.assertIn('quota.cfg:15:1: loadmodule "quota": no such module', done.output)

    def test_a_mistake_in_a_call_of_its_functions_is_found(self) -> None:
        script = Path(self.mktemp())
        text = (SOURCE / "quota.cfg").read_text(encoding="utf-8")
        script.write_text(text.replace('quota_take("$fU")', 'quota_take("$fU", "two")'), encoding="utf-8")
        done = run([*SIPAPP, "check", str(script)], paths=[self.target])
        self.assertEqual(done.status, 1)
        self.assertIn("quota_take()", done.output)

    def test_a_server_limits_some_and_lets_others_wait(self) -> None:
        server = self.serve()
        caller = Caller(self, server.port)
        answers = []
        for _ in range(3):
            caller.send("MESSAGE")
            answers.append(caller.final()[1].partition("\r\n")[0])
        self.assertEqual(answers, ["SIP/2.0 200 1", "SIP/2.0 200 2", "SIP/2.0 429 Too Many Requests"])
        server.wait_for("alice has sent 2 already", 5)
        caller.send("MESSAGE", "patience")
        at, answer = caller.final()
        self.assertEqual(answer.partition("\r\n")[0], "SIP/2.0 200 1")
        self.assertTrue(0.1 <= at < 1.0, at)
