from __future__ import annotations

from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from sipapp.errors import ConfigError
from sipapp.modules.cfgutils import Cfgutils
from sipapp.modules.cfgutils.chance import percent
from tests.modules.stage import Server, context, made


def started(**parameters: Any) -> Any:
    module = made(Cfgutils, **parameters)
    module.start(Server())
    return module


class ChanceTests(SynchronousTestCase):
    def test_never_and_always_are_certain(self) -> None:
        module = started()
        module.rand_set_prob(0)
        self.assertEqual({module.rand_event() for _ in range(200)}, {-1})
        module.rand_set_prob(100)
        self.assertEqual({module.rand_event() for _ in range(200)}, {1})

    def test_a_quarter_is_about_a_quarter(self) -> None:
        module = started(initial_probability=25)
        module.random.seed(1)
        hits = sum(module.rand_event() == 1 for _ in range(4000))
        self.assertTrue(900 < hits < 1100, hits)

    def test_the_probability_is_the_return_code_and_can_be_reset(self) -> None:
        module = started(initial_probability=25)
        module.rand_set_prob(40)
        self.assertEqual(module.rand_get_prob(), 40)
        module.rand_reset_prob()
        self.assertEqual(module.rand_get_prob(), 25)

    def test_a_literal_beyond_100_is_refused_when_the_script_loads(self) -> None:
        self.assertEqual(percent(b"100"), 100)
        for wrong in (b"101", b"x", b"-1", b""):
            self.assertRaises(ConfigError, percent, wrong)

    def test_random_numbers_are_31_bits_and_differ(self) -> None:
        module, ctx = started(), context()
        numbers = {module.pv_random(ctx) for _ in range(50)}
        self.assertTrue(len(numbers) > 45)
        self.assertTrue(all(0 <= number < 2**31 for number in numbers))

    def test_it_can_be_set_from_outside(self) -> None:
        module = started()
        module.rpc_set_prob(60)
        self.assertEqual(module.rpc_get_prob(), "actual probability: 60 percent")
        self.assertRaises(ConfigError, module.rpc_set_prob, 101)
        module.rpc_reset_prob()
        self.assertEqual(module.rpc_get_prob(), "actual probability: 10 percent")
