"""sipapp/cli/manual.py: what a page says of each thing that a module offers."""

from __future__ import annotations

from typing import Any

from twisted.internet.defer import Deferred
from twisted.trial.unittest import SynchronousTestCase
from zope.interface import Interface

from sipapp.cli.examples import Example
from sipapp.cli.manual import Manual, prose
from sipapp.module import (
    FAILURE,
    REQUEST,
    Context,
    modparam,
    module,
    pseudo_variable,
    rpc_command,
    script_function,
    transformation,
)


class IPlan(Interface):
    """What another module offers."""


@module("quota")
class Quota:
    limit: int = modparam(default=10, minimum=1, unit="s", doc="how long")

    event_routes = {"quota:over": "Nothing is left."}

    @script_function(["quota_take", "take"], routes=REQUEST | FAILURE)
    def quota_take(self, user: str, cost: int = 1) -> bool:
        """Take from $fU's quota with take()."""
        return bool(user) and cost > 0

    @script_function()
    def quota_wait(self, ctx: Context) -> Deferred[int]:
        """Wait."""
        raise NotImplementedError

    @pseudo_variable("quota", keys=("used", "left"))
    def pv_quota(self, ctx: Context, inner: bytes) -> int:
        """$quota(used): how many * there were."""
        return len(inner)

    @transformation("q.twice")
    def q_twice(self, value: bytes) -> bytes:
        """Twice."""
        return value * 2

    @rpc_command("quota.reset")
    def rpc_reset(self, user: str, again: int = 0) -> int:
        """Forget."""
        return len(user) + again


class ManualTests(SynchronousTestCase):
    def page(self, *examples: Example) -> str:
        made: Any = Quota
        return Manual(made(), list(examples)).text()

    def test_a_parameter_has_its_type_unit_bounds_and_default(self) -> None:
        self.assertIn("### `limit`\n\nA number (s); at least 1; default `10`.\n\nHow long\n", self.page())

    def test_what_is_to_be_loaded_before_it_is_named(self) -> None:
        made: Any = Quota()
        made.needs = (IPlan,)
        self.assertIn(
            '    loadmodule "plans"   # before it\n    loadmodule "quota"\n', Manual(made, [], {IPlan: "plans"}).text()
        )

    def test_a_function_is_there_once_with_its_other_names(self) -> None:
        page = self.page()
        self.assertIn("### `quota_take(user[, cost])`, `take(user[, cost])`\n", page)
        self.assertIn(
            "`user`: a text with variables; `cost`: a number; in request_route, failure_route; answers true or false.",
            page,
        )
        self.assertIn("Take from `$fU`'s quota with `take()`.", page)

    def test_what_may_wait_says_so(self) -> None:
        self.assertIn(
            "In any route; may wait (also under `async()` and `launch()`); answers a return code.", self.page()
        )

    def test_variables_transformations_commands_and_event_routes_are_named(self) -> None:
        page = self.page()
        self.assertIn("### `$quota(...)`\n\nRead-only; in brackets one of `left`, `used`.", page)
        self.assertIn("`$quota(used)`: how many \\* there were.", page)
        self.assertIn("### `{q.twice}`", page)
        self.assertIn("### `quota.reset user [again]`", page)
        self.assertIn("### `event_route[quota:over]`\n\nNothing is left.", page)

    def test_an_example_is_shown_by_its_line_and_in_full(self) -> None:
        page = self.page(Example("quota", "Take one", 'loadmodule "quota"', 'request_route {\n    take("me");\n}'))
        self.assertIn('\n    take("me");\n\nExample: [Take one](#take-one)\n', page)
        self.assertIn('## Examples\n\nAll of them begin with\n\n```kamailio\nloadmodule "quota"\n```\n', page)
        self.assertTrue(page.endswith('### Take one\n\n```kamailio\nrequest_route {\n    take("me");\n}\n```\n'))

    def test_an_example_of_another_module_is_a_link_to_its_page(self) -> None:
        page = self.page(Example("tm", "Relay", "", 'take("me");'))
        self.assertIn("Example: [Relay](tm.md#relay)", page)
        self.assertNotIn("## Examples", page)


class ProseTests(SynchronousTestCase):
    def test_names_become_code_and_what_is_code_stays(self) -> None:
        self.assertEqual(prose('{s.len} and t_on("x"), (b)'), '`{s.len}` and `t_on("x")`, (b)')
        self.assertEqual(prose("$avp(x) of `f(*)`, *not* <this>"), "`$avp(x)` of `f(*)`, \\*not\\* \\<this>")
