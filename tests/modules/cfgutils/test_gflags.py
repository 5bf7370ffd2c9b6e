from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from sipapp.errors import ConfigError
from sipapp.modules.cfgutils import Cfgutils
from sipapp.modules.cfgutils.gflags import flag_bit
from tests.modules.stage import Server, made


class GlobalFlagsTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.module = made(Cfgutils, initial_gflags=5)
        self.module.start(Server())

    def test_flags_are_those_of_the_start_until_they_are_changed(self) -> None:
        module = self.module
        self.assertEqual([module.is_gflag(flag_bit(b"%d" % n)) for n in range(4)], [1, -1, 1, -1])
        module.set_gflag(flag_bit(b"31"))
        module.reset_gflag(flag_bit(b"0"))
        self.assertEqual([module.is_gflag(flag_bit(n)) for n in (b"0", b"2", b"31")], [-1, 1, 1])

    def test_a_flag_beyond_31_is_refused_when_the_script_loads(self) -> None:
        for wrong in (b"32", b"-1", b"x", b""):
            self.assertRaises(ConfigError, flag_bit, wrong)

    def test_from_outside_they_are_bits(self) -> None:
        module = self.module
        self.assertEqual(module.rpc_get_gflags(), "0x5 (5)")
        module.rpc_set_gflag(8)
        module.rpc_reset_gflag(1)
        self.assertEqual(module.rpc_get_gflags(), "0xC (12)")
        self.assertEqual((module.rpc_is_gflag(12), module.rpc_is_gflag(13)), ("TRUE", "FALSE"))
