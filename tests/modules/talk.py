"""talk: scripts that say what they found, for tests of modules from the script's side.

`say("text")` in a script is a header line of the response; `said` is what came that way.
"""

from __future__ import annotations

import re
from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from sipapp.testing.harness import Harness
from sipapp.testing.peer import Peer

_say = re.compile(r'say\("((?:[^"\\]|\\.)*)"\)')


class TalkCase(SynchronousTestCase):
    """Runs scripts. `modules` are loaded, beside those that saying needs; `head` are lines before the routes."""

    modules = ""
    head = ""
    sip: Harness
    alice: Peer

    def serve(self, body: str, head: str = "", routes: str = "", **facts: Any) -> Harness:
        """A server whose request_route has this body and answers 200 in the end."""
        loads = "".join(f'loadmodule "{name}"\n' for name in ("sl", "pv", "textops", *self.modules.split()))
        text = f'{loads}{self.head}\n{head}\n{routes}\nrequest_route {{\n{body}\nsl_send_reply(200, "OK");\n}}\n'
        self.sip = Harness(_say.sub(r'append_to_reply("X-Said: \1\\r\\n")', text), **facts)
        self.addCleanup(self.sip.close)
        self.alice = self.sip.peer("udp:192.0.2.1:5060")
        return self.sip

    def ask(self, method: str = "OPTIONS", **facts: Any) -> list[str]:
        """What the answer to a request says."""
        before = len(self.alice.messages)
        self.alice.send(method, **facts)
        self.sip.advance(0)
        return [line for message in self.alice.messages[before:] for line in _said(message)]

    def run_script(self, body: str, **facts: Any) -> list[str]:
        """What a script says to its first request."""
        self.serve(body, **facts)
        return self.ask()

    def module(self, name: str) -> Any:
        """A loaded module."""
        return self.sip.server.modules[name]

    def logged(self, text: str) -> bool:
        """A log line has this text in it."""
        return any(text in line for line in self.sip.lines())


def _said(message: Any) -> list[str]:
    return [value.decode() for value in message.values(b"x-said")]
