"""sipapp/core/methods.py: RPC commands about RPC commands."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from sipapp.errors import RpcFault
from sipapp.testing.harness import Harness


class MethodsTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.sip = Harness('loadmodule "sl"\nrequest_route { exit; }')
        self.addCleanup(self.sip.close)

    def test_the_list_has_the_modules_commands_in_order(self) -> None:
        names = self.sip.rpc("system.listMethods")
        self.assertEqual(names, sorted(names))
        self.assertLessEqual({"core.version", "sl.stats", "async.list", "system.listMethods"}, set(names))
        self.assertNotIn("tm.stats", names)

    def test_the_help_is_the_command_s_manual(self) -> None:
        self.assertEqual(self.sip.rpc("system.methodHelp", "core.pwd"), "The folder that the server works in.")

    def test_the_signature_has_types_and_defaults(self) -> None:
        self.assertEqual(self.sip.rpc("system.methodSignature", "core.kill"), "core.kill(signal: int = 15)")

    def test_an_unknown_command_is_a_fault(self) -> None:
        why = self.assertRaises(RpcFault, self.sip.rpc, "system.methodHelp", "nosuch")
        self.assertEqual((why.code, why.reason), (400, "command not found"))
