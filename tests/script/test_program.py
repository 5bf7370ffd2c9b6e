"""sipapp/script/program.py: routes by kind and name."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from tests.script.engine import Engine

ROUTES = """
route[A] { good(); }
failure_route[A] { good(); }
onreply_route[A] { good(); }
branch_route[A] { good(); }
event_route[a:b] { good(); }
reply_route { good(); }
onsend_route { good(); }
"""


class ProgramTests(SynchronousTestCase):
    def test_each_block_is_where_its_kind_and_name_say(self) -> None:
        program = Engine("good();", ROUTES).program
        found = {
            "route[A]": program.routes["A"],
            "failure_route[A]": program.failure_routes["A"],
            "onreply_route[A]": program.onreply_routes["A"],
            "branch_route[A]": program.branch_routes["A"],
            "event_route[a:b]": program.event_routes["a:b"],
            "reply_route": program.reply_route,
            "onsend_route": program.onsend_route,
            "request_route": program.request_route,
        }
        for name, route in found.items():
            self.assertEqual(str(route), name)

    def test_a_script_without_a_block_has_none(self) -> None:
        program = Engine("good();").program
        self.assertIsNone(program.reply_route)
        self.assertIsNone(program.onsend_route)
        self.assertEqual(program.failure_routes, {})

    def test_the_dump_can_be_read(self) -> None:
        dump = Engine('if ($rU == "x") exit;').program.dump()
        self.assertTrue(dump.startswith("# app.cfg\ndef request_route(ctx, depth=1):"), dump)
        self.assertIn("get_rU(ctx)", dump)
