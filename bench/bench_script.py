"""bench_script: what the script engine costs: reading and compiling a script, running one, waiting in one.

    python -m pytest bench/bench_script.py --benchmark-columns=min,median

The script of a thousand lines must compile within 150 ms; twenty conditions must run within 2 us and what the
variables in them cost (performance of the compiled code alone: no message is parsed here).
"""

from __future__ import annotations

from typing import Any

import pytest

from sipapp.message.draft import Draft
from sipapp.script.check import check
from sipapp.script.compile import compile_program
from sipapp.script.parser import parse_text
from sipapp.script.run import execute
from sipapp.script.runtime import Context
from tests.script.engine import Engine, registry, request

BLOCK = """route[R%(n)d] {
    if (!good()) {
        say("blocked $rU");
        exit;
    }
    if ($rU == "alice%(n)d" && $var(x) > %(n)d) {
        $var(x) = $var(x) + 1;
        $var(y) = "sip:" + $rU + "@example.com";
    } else if ($rU =~ "^b%(n)d") {
        two("a", "b$var(x)");
    }
    switch ($rU) {
        case "a":
            say("one");
            break;
        default:
            $var(z) = %(n)d;
    }
    route(R%(next)d);
}
"""
BLOCKS = 50
TEXT = "#!KAMAILIO\nrequest_route { route(R0); }\n" + "".join(
    BLOCK % {"n": n, "next": (n + 1) % BLOCKS} for n in range(BLOCKS)
)
CONDITIONS = "\n".join(
    ["if (good()) ;", 'if ($rU == "alice") ;', "if (!bad()) ;", 'if (good() && $rU != "x") ;', 'if ($rU == "bob") ;']
    * 4
)


def test_read_a_thousand_lines(benchmark: Any) -> None:
    benchmark(parse_text, TEXT, "app.cfg")


def test_check_and_compile_a_thousand_lines(benchmark: Any) -> None:
    names = registry()

    def work() -> Any:
        return compile_program(check(parse_text(TEXT, "app.cfg"), names, None))

    assert TEXT.count("\n") > 990
    assert benchmark(work).routes


@pytest.mark.parametrize("waiting", [False, True], ids=["plain", "coroutine"])
def test_run_twenty_conditions(benchmark: Any, waiting: bool) -> None:
    engine = Engine(CONDITIONS + ("\nif (bad()) { at_once(1); }" if waiting else ""))
    route = engine.program.request_route
    assert route is not None
    assert route.suspends is waiting
    ctx = engine.context()
    benchmark(execute, route, ctx)


def test_call_a_route(benchmark: Any) -> None:
    engine = Engine("route(A);" * 20, "route[A] { return 1; }")
    route = engine.program.request_route
    assert route is not None
    benchmark(execute, route, engine.context())


def test_wait_and_go_on(benchmark: Any) -> None:
    """One suspension through a Deferred, its book-keeping included."""
    engine = Engine("broken();")
    route = engine.program.request_route
    assert route is not None
    pending = engine.trial.pending
    server: Any = engine.server
    message = request()

    def work() -> None:
        execute(route, Context(server, message, Draft()))
        pending.pop().callback(1)

    benchmark(work)
