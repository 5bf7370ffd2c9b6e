"""sipapp/script/strict.py: what the others would not do."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from sipapp.assemble import assemble_text
from sipapp.script.check import check
from sipapp.script.strict import strict

HEAD = 'loadmodule "tm" loadmodule "async" loadmodule "pv" loadmodule "cfgutils" loadmodule "ipops" loadmodule "xlog"\n'


def told(peer: str, body: str, routes: str = "", kind: str = "request_route") -> list[str]:
    """The warnings, without the name of the file; the body begins in line 3."""
    text = f"{HEAD}{kind} {{\n{body}\n}}\n{routes}"
    assembly = assemble_text(text)
    checked = check(assembly.script, assembly.registry, assembly.config)
    return [str(error).removeprefix("app.cfg:") for error in strict(checked.routes, peer)]


class BothTests(SynchronousTestCase):
    def test_a_function_that_waits_in_its_place_holds_up_a_process_there(self) -> None:
        wanted = "holds up its process until it is done; here only the script waits"
        for peer, name in (("kamailio", "Kamailio"), ("opensips", "OpenSIPS")):
            self.assertEqual(
                told(peer, 'if (dns_int_match_ip("a", "b")) { sleep("1"); }'),
                [
                    f"3:5: {name}: dns_int_match_ip() {wanted}",
                    f"3:35: {name}: sleep() {wanted}",
                ],
            )

    def test_nobody_else_has_parallel(self) -> None:
        self.assertEqual(told("kamailio", "parallel { exit; exit; }"), ["3:1: Kamailio: knows no parallel block"])
        self.assertEqual(told("opensips", "parallel { exit; exit; }"), ["3:1: OpenSIPS: knows no parallel block"])

    def test_what_relays_is_no_wait(self) -> None:
        self.assertEqual(told("kamailio", 't_relay(); $var(x) = 1; xlog("$var(x)");'), [])
        self.assertEqual(told("opensips", 't_relay(); $var(x) = 1; xlog("$var(x)");'), [])


class KamailioTests(SynchronousTestCase):
    def told(self, body: str, routes: str = "", kind: str = "request_route") -> list[str]:
        return [line.replace("Kamailio: ", "") for line in told("kamailio", body, routes, kind)]

    def test_a_sleep_in_the_row_of_a_route_is_fine(self) -> None:
        self.assertEqual(self.told('async_sleep("1"); async_ms_sleep("10"); exit;'), [])

    def test_a_sleep_at_the_end_of_a_block_fails(self) -> None:
        self.assertEqual(
            self.told('if ($rm == "INVITE") { async_sleep("1"); }'),
            ["3:24: async_sleep() fails (-1) as the last statement of a block"],
        )

    def test_a_sleep_reaches_only_the_rest_of_its_block(self) -> None:
        wanted = "after async_sleep() only the rest of this block runs, not what comes behind the block"
        self.assertEqual(self.told('if (1) { async_sleep("1"); xlog("a"); }\nexit;'), [f"3:10: {wanted}"])
        self.assertEqual(self.told('while (1) { async_sleep("1"); xlog("a"); }'), [f"3:13: {wanted}"])
        self.assertEqual(
            self.told("route(A);\nexit;", 'route[A] {\nasync_sleep("1"); xlog("a"); }'), [f"7:1: {wanted}"]
        )
        self.assertEqual(self.told('if (1) { async_sleep("1"); xlog("a"); }'), [])
        self.assertEqual(self.told('if (1) { async_sleep("1"); xlog("a"); exit; }\nexit;'), [])

    def test_a_sleep_is_no_value(self) -> None:
        wanted = "async_sleep() fails (-1) where a value is wanted"
        self.assertEqual(self.told('if (async_sleep("1")) exit;'), [f"3:5: {wanted}"])
        self.assertEqual(self.told('$var(x) = async_sleep("1");'), [f"3:11: {wanted}"])

    def test_times_have_an_end(self) -> None:
        self.assertEqual(
            self.told('async_sleep("100"); async_sleep("99");\nasync_ms_route("R", "30000");', "route[R] { exit; }"),
            [
                "3:1: async_sleep() takes at most 99; beyond that it returns -1 and nothing waits",
                "4:1: async_ms_route() takes at most 29999; beyond that it returns -1 and nothing waits",
            ],
        )

    def test_variables_are_lost_over_a_wait(self) -> None:
        self.assertEqual(
            self.told('$var(x) = 1;\nasync_sleep("1");\n$var(y) = 2; xlog("$var(y) $var(x)");'),
            ["5:19: $var(x) does not outlive async_sleep() at app.cfg:4:1"],
        )
        self.assertEqual(
            self.told('async_route("R", "1");', "route[R] {\nif ($var(a) == 1) exit; $var(b) = $var(b) + 1; }"),
            [
                "6:5: $var(a) does not outlive async_route() at app.cfg:3:1",
                "6:35: $var(b) does not outlive async_route() at app.cfg:3:1",
            ],
        )

    def test_the_other_dialect_is_unknown(self) -> None:
        found = self.told("async(sleep(1), R);\nlaunch(sleep(1));", "route[R] { exit; }")
        self.assertEqual(
            [line.split(";")[0] for line in found],
            [
                "3:1: has no async() statement",
                "4:1: has no launch()",
            ],
        )


class OpenSipsTests(SynchronousTestCase):
    def told(self, body: str, routes: str = "", kind: str = "request_route") -> list[str]:
        return [line.replace("OpenSIPS: ", "") for line in told("opensips", body, routes, kind)]

    def test_async_and_launch_in_a_request_route_are_fine(self) -> None:
        self.assertEqual(self.told("launch(usleep(1), R); async(usleep(1), R);", "route[R] { exit; }"), [])

    def test_kamailio_s_functions_are_unknown(self) -> None:
        self.assertEqual(
            self.told('async_sleep("1"); exit;'),
            ["3:1: has no async_sleep(): async(sleep(2), ROUTE) waits and goes on in another route"],
        )

    def test_async_elsewhere_blocks(self) -> None:
        self.assertEqual(
            self.told("async(usleep(1), R);", "route[R] { exit; } request_route { exit; }", "failure_route[F]"),
            ["3:1: async() in a failure_route holds up its process (often that of the timers)"],
        )

    def test_a_sleep_has_no_time_limit(self) -> None:
        self.assertEqual(
            self.told("async(sleep(9), R, 2);", "route[R] { exit; }"),
            ["3:1: sleep() inside async() takes no time limit"],
        )

    def test_variables_are_lost(self) -> None:
        self.assertEqual(
            self.told("async(sleep(9), R);", 'route[R] {\nxlog("$var(x)"); }'),
            ["6:6: $var(x) does not outlive async() at app.cfg:3:1"],
        )
