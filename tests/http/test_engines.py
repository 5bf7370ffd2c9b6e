"""sipapp.http.engines."""

from __future__ import annotations

import sys
from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from sipapp.errors import ConfigError
from sipapp.http import engines
from sipapp.http.engine import TreqEngine
from tests.modules.stage import Server
from tests.served import run


class EngineTests(SynchronousTestCase):
    def make(self, name: str | None) -> Any:
        server = Server()
        server.transport.lookup = lambda kind, name: ()
        return engines.make_engine(server, name)

    def installed(self, *packages: str) -> None:
        self.patch(engines, "find_spec", lambda name: name if name in packages else None)

    def test_the_named_one_is_made(self) -> None:
        self.assertIsInstance(self.make("treq"), TreqEngine)

    def test_without_a_name_the_first_that_is_installed(self) -> None:
        self.installed("treq")
        self.assertIsInstance(self.make(None), TreqEngine)

    def test_those_that_are_installed_the_fastest_first(self) -> None:
        self.installed("treq", "pycurl")
        self.assertEqual(engines.available(), ["curl", "treq"])

    def test_only_libcurl_speaks_http2(self) -> None:
        self.assertFalse(engines.speaks_http2("treq"))
        self.installed("treq")
        self.assertFalse(engines.speaks_http2())

    def test_an_unknown_one_is_refused(self) -> None:
        why = self.assertRaises(ConfigError, engines.parse_engine, "wget")
        self.assertEqual(str(why), "no such engine: 'wget'; there are curl, treq")

    def test_one_that_is_not_installed_is_refused_with_what_to_do(self) -> None:
        self.installed("treq")
        self.assertEqual(engines.parse_engine("treq"), "treq")
        why = self.assertRaises(ConfigError, engines.parse_engine, "curl")
        self.assertEqual(str(why), "the engine curl is not installed: pip install 'sipapp[curl]'")

    def test_without_any_a_module_says_at_its_loadmodule_what_to_install(self) -> None:
        code = """
import importlib.util as util
real = util.find_spec
util.find_spec = lambda name, *more: None if name in ("treq", "pycurl") else real(name, *more)
from sipapp.assemble import assemble_text
assemble_text('loadmodule "http_client" request_route { exit; }')
"""
        done = run([sys.executable, "-c", code])
        self.assertIn('app.cfg:1:1: loadmodule "http_client": ', done.output)
        self.assertIn("pip install 'sipapp[http]'", done.output)
