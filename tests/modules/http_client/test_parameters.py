"""sipapp.modules.http_client.parameters."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from sipapp.errors import ConfigError
from sipapp.interfaces.http import IHttpEngine
from sipapp.modules.http_client import HttpClientModule
from sipapp.testing.http import FakeHttp
from tests.modules.stage import Server


class ParameterTests(SynchronousTestCase):
    def started(self, *settings: tuple[str, Any]) -> Any:
        """The module, with these parameters set in this order, after its start."""
        module: Any = HttpClientModule()
        for name, value in settings:
            module.set_parameter(name, value)
        module.start(Server(provide={IHttpEngine: FakeHttp()}, user_agent_header=b"User-Agent: sipapp"))
        return module

    def test_a_connection_takes_what_was_said_above_it(self) -> None:
        module = self.started(
            ("connection_timeout", 2), ("httpcon", "a=>http://x"), ("connection_timeout", 3), ("httpcon", "b=>http://x")
        )
        timeouts = [module.connections[name].settings.timeout for name in "ab"]
        self.assertEqual(timeouts, [2, 3])

    def test_zero_seconds_are_four(self) -> None:
        module = self.started(("connection_timeout", 0), ("httpcon", "a=>http://x"))
        self.assertEqual(module.connections["a"].settings.timeout, 4)

    def test_connections_may_stand_in_a_file(self) -> None:
        path = Path(self.mktemp())
        path.write_text("[a]\nurl = http://x\n")
        self.assertEqual(list(self.started(("config_file", str(path))).connections), ["a"])

    def test_a_file_that_is_not_there_is_a_start_error(self) -> None:
        self.assertRaises(ConfigError, self.started, ("config_file", "/no/file"))

    def test_a_wrong_connection_or_limit_is_a_load_error(self) -> None:
        self.assertRaises(ConfigError, self.started, ("httpcon", "a"))
        self.assertRaises(ConfigError, self.started, ("backend", "a=>x=1"))

    def test_the_proxy_of_whole_urls_needs_no_port(self) -> None:
        module = self.started(("httpproxy", "proxy"))
        self.assertEqual(module._query.profile.proxy, "proxy")
