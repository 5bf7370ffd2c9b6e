"""The module kex as a whole: what it offers to scripts."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from sipapp.interfaces import IBeforeScript, IModule
from sipapp.modules.kex import Kex
from tests.modules.stage import Server
from tests.modules.texts import made

FUNCTIONS = {
    "avp_printf": {2},
    "is_myhost": {1},
    "is_myself": {1},
    "isbflagset": {1, 2},
    "isdsturiset": {0},
    "issflagset": {1},
    "pv_printf": {2},
    "resetbflag": {1, 2},
    "resetdebug": {0},
    "resetdsturi": {0},
    "resetsflag": {1},
    "setbflag": {1, 2},
    "setdebug": {1},
    "setdsturi": {1},
    "setsflag": {1},
}

COMMANDS = {
    "stats.get_statistics",
    "stats.fetch",
    "stats.fetchn",
    "stats.reset_statistics",
    "stats.clear_statistics",
    "mod.stats",
    "mod.mem_stats",
    "mod.mem_statsx",
    "pkg.stats",
    "pkg.info",
}


class KexTests(SynchronousTestCase):
    def test_is_a_module_that_sees_every_message_before_the_script(self) -> None:
        for interface in (IModule, IBeforeScript):
            self.assertTrue(interface.providedBy(made(Kex)))

    def test_offers_its_functions_with_every_number_of_arguments(self) -> None:
        found: dict[str, set[int]] = {}
        for function in made(Kex).script_functions():
            least = sum(not parameter.optional for parameter in function.parameters)
            found.setdefault(function.name, set()).update(range(least, len(function.parameters) + 1))
        self.assertEqual(found, FUNCTIONS)

    def test_offers_a_variable_and_its_commands(self) -> None:
        self.assertEqual([v.name for v in made(Kex).pseudo_variables()], ["sruid"])
        self.assertEqual({c.name for c in made(Kex).rpc_commands()}, COMMANDS)

    def test_everything_has_a_manual(self) -> None:
        module = made(Kex)
        offered = (*module.script_functions(), *module.pseudo_variables(), *module.rpc_commands())
        self.assertEqual([one.name for one in offered if not one.doc], [])

    def test_its_statistics_are_there_once_it_has_started(self) -> None:
        server = Server()
        made(Kex).start(server)
        names = {one.name for one in server.statistics.all("core")}
        self.assertLessEqual(
            {"rcv_requests_invite", "rcv_replies_18x", "rcv_replies_404", "rcv_replies_6xx_options", "fwd_requests"},
            names,
        )
        self.assertEqual(
            {one.name for one in server.statistics.all("shmem")},
            {"total_size", "used_size", "real_used_size", "max_used_size", "free_size", "fragments"},
        )
