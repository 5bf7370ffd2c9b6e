"""calling: calls by way of a script that accounts them: flag 1 for answers, 2 for missed calls, 3 for refusals."""

from __future__ import annotations

from typing import Any

from sipapp.testing.harness import Harness
from tests.modules.tm.scene import SceneTestCase

FLAGS = {"log_flag": 1, "log_missed_flag": 2, "failed_transaction_flag": 3}
RELAY = '$du = "sip:192.0.2.2"; t_relay();'


def parameters(given: dict[str, Any]) -> str:
    """Their modparam() lines."""
    texts = {name: value if isinstance(value, int) else f'"{value}"' for name, value in given.items()}
    return "".join(f'modparam("acc", "{name}", {text})\n' for name, text in texts.items())


class AccCase(SceneTestCase):
    """`account()` starts a server with acc."""

    def account(self, body: str, routes: str = "", options: Any = None, **given: Any) -> Harness:
        """body: of the request route; given: parameters; options: the Harness's."""
        head = "debug=2\n" + parameters({**FLAGS, **given})
        return self.play(f"request_route {{ {body} }} {routes}", head, ("acc",), **(options or {}))

    @property
    def records(self) -> list[str]:
        """The lines, without the time, the Call-ID and the word that all begin with."""
        found = []
        for line in self.sip.lines():
            if line.startswith("ACC: "):
                kind, _, facts = line.removeprefix("ACC: ").partition(": timestamp=")
                pairs = [pair for pair in facts.split(";")[1:] if not pair.startswith("call_id=")]
                found.append(f"{kind}: {' '.join(pair.partition('=')[2] for pair in pairs)}")
        return found
