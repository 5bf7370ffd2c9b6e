"""modules/ctl: its parameters and commands. What kamcmd gets is in tests/sockets/test_ctl.py."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from sipapp.errors import ConfigErrors
from sipapp.modules.ctl import Ctl
from sipapp.modules.ctl.place import Place
from sipapp.testing.harness import Harness


class CtlTests(SynchronousTestCase):
    def serve(self, parameters: str = "") -> Harness:
        sip = Harness(f'loadmodule "ctl.so"\n{parameters}\nrequest_route {{ exit; }}')
        self.addCleanup(sip.close)
        return sip

    def test_each_binrpc_line_is_a_place(self) -> None:
        sip = self.serve('modparam("ctl", "binrpc", "unixs:/run/a") modparam("ctl", "binrpc", "tcp:127.0.0.1:2046")')
        module = sip.server.modules["ctl"]
        assert isinstance(module, Ctl)
        self.assertEqual(module.binrpc, [Place("unixs", "/run/a"), Place("tcp", "127.0.0.1", 2046)])

    def test_the_mode_is_octal_quoted_or_not(self) -> None:
        for text in ("0660", '"0660"'):
            module = self.serve(f'modparam("ctl", "mode", {text})').server.modules["ctl"]
            assert isinstance(module, Ctl)
            self.assertEqual(module.mode, 0o660)

    def test_wrong_places_and_modes_are_mistakes(self) -> None:
        for line in ('"binrpc", "sctp:127.0.0.1:1"', '"mode", "rw"'):
            why = self.assertRaises(ConfigErrors, self.serve, f'modparam("ctl", {line})')
            self.assertIn("app.cfg:2:1", str(why))

    def test_where_there_are_no_sockets_nobody_is_connected(self) -> None:
        sip = self.serve()
        self.assertEqual((sip.rpc("ctl.listen"), sip.rpc("ctl.connections"), sip.rpc("ctl.who")), ([], 0, []))
