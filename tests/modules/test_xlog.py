from __future__ import annotations

from typing import Any

from twisted.logger import LogLevel, globalLogPublisher
from twisted.trial.unittest import SynchronousTestCase

from sipapp.errors import ConfigError
from sipapp.log import follow
from sipapp.modules.xlog import Xlog, colour, facility, severity
from sipapp.testing.harness import Harness
from tests.modules.stage import Server, context, made, request, response


def fixed(text: bytes) -> Any:
    return lambda ctx: text


class XlogTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.events: list[dict[str, Any]] = []
        globalLogPublisher.addObserver(self.events.append)  # type: ignore[arg-type]
        self.addCleanup(globalLogPublisher.removeObserver, self.events.append)  # type: ignore[arg-type]

    def make(self, server: Any = None, **parameters: Any) -> tuple[Any, Any]:
        server = server or Server()
        module = made(Xlog, **parameters)
        module.start(server)
        follow(server.config)
        self.addCleanup(follow, None)
        return module, context(server=server)

    def lines(self) -> list[str]:
        return [event["prefix"] + event["text"] for event in self.events if "prefix" in event]

    def test_a_line_has_the_prefix_and_no_newline_of_its_own(self) -> None:
        xlog, ctx = self.make()
        self.assertEqual(xlog.xlog_1(ctx, fixed(b"hello\n")), 1)
        self.assertEqual(self.lines(), ["<script>: hello"])
        self.assertEqual(self.events[0]["log_level"], LogLevel.error)
        self.assertEqual(self.events[0]["call_id"], b"call@example.com")

    def test_what_the_log_level_keeps_out_is_not_even_evaluated(self) -> None:
        xlog, ctx = self.make()

        def never(ctx: Any) -> bytes:
            raise AssertionError("evaluated")

        self.assertEqual(xlog.xdbg(ctx, never), 1)
        self.assertEqual(self.lines(), [])

    def test_each_function_has_its_level(self) -> None:
        xlog, ctx = self.make(Server(debug=3))
        for name in ("xalert", "xbug", "xcrit", "xerr", "xwarn", "xnotice", "xinfo", "xdbg"):
            getattr(xlog, name)(ctx, fixed(name.encode()))
        self.assertEqual([event["severity"] for event in self.events], [-5, -4, -3, -1, 0, 1, 2, 3])
        self.assertEqual(
            [event["log_level"].name for event in self.events],
            ["critical", "critical", "critical", "error", "warn", "info", "info", "debug"],
        )

    def test_a_level_is_told_by_its_third_letter_or_a_number(self) -> None:
        self.assertEqual(
            [severity(text) for text in (b"L_ALERT", b"L_ERR", b"L_WARN", b"L_NOTICE", b"L_INFO", b"L_DBG", b"-1")],
            [-5, -1, 0, 1, 2, 3, -1],
        )
        self.assertRaises(ConfigError, severity, b"L_XX")
        self.assertRaises(ConfigError, severity, b"")

    def test_a_wrong_literal_is_refused_when_the_script_loads(self) -> None:
        for function in made(Xlog).script_functions():
            for parameter in function.parameters:
                if parameter.name in ("level", "facility"):
                    assert parameter.parse is not None
                    good = {"level": (b"L_INFO", 2), "facility": (b"log_user", "LOG_USER")}[parameter.name]
                    self.assertEqual(parameter.parse(good[0]), good[1], function.name)
                    self.assertRaises(ConfigError, parameter.parse, b"nonsense")

    def test_a_variable_may_hold_the_level_as_a_number_or_a_name(self) -> None:
        xlog, ctx = self.make()
        self.assertEqual(xlog.xlog_2(ctx, 2, fixed(b"a")), 1)
        self.assertEqual(xlog.xlog_2(ctx, b"L_WARN", fixed(b"b")), 1)
        self.assertEqual(xlog.xlog_2(ctx, None, fixed(b"c")), -1)
        self.assertEqual(self.lines(), ["<script>: a", "<script>: b"])

    def test_a_facility_goes_with_the_event(self) -> None:
        xlog, ctx = self.make(log_facility=b"log_local1")
        xlog.xlog_2(ctx, -1, fixed(b"a"))
        xlog.xlog_3(ctx, "LOG_LOCAL2", -1, fixed(b"b"))
        self.assertEqual([event["facility"] for event in self.events], ["LOG_LOCAL1", "LOG_LOCAL2"])
        self.assertRaises(ConfigError, facility, b"LOG_NOWHERE")
        self.assertRaises(ConfigError, self.make, log_facility=b"nowhere")

    def test_xlogl_names_the_line_of_the_script(self) -> None:
        xlog, ctx = self.make()
        code = compile("\n\nxlogl(ctx, text)\n", "app.cfg", "exec")
        exec(code, {"xlogl": xlog.xlogl_1, "ctx": ctx, "text": fixed(b"here")})
        self.assertEqual(self.lines(), ["<script>: 3:here"])

    def test_long_format_names_the_file_too(self) -> None:
        xlog, ctx = self.make(Server(debug=3), long_format=1)
        exec(compile("\nf(ctx, t)", "app.cfg", "exec"), {"f": xlog.xdbgl, "ctx": ctx, "t": fixed(b"here")})
        self.assertEqual(self.lines(), ["<script>: app.cfg:2:here"])

    def test_xlogm_logs_nothing_by_default_and_spares_the_filtered_methods(self) -> None:
        xlog, ctx = self.make()
        self.assertEqual(xlog.xlogm(ctx, -1, fixed(b"a")), 1)
        xlog.methods_filter = 1  # INVITE
        xlog.xlogm(ctx, -1, fixed(b"b"))
        xlog.xlogm(context(request("BYE"), ctx.server), -1, fixed(b"c"))
        xlog.xlogm(context(response(), ctx.server), -1, fixed(b"d"))
        self.assertEqual(self.lines(), ["<script>: c"])

    def test_a_text_beyond_buf_size_is_cut(self) -> None:
        xlog, ctx = self.make(buf_size=4)
        xlog.xerr(ctx, fixed(b"123456"))
        self.assertEqual(self.lines(), ["<script>: 1234"])

    def test_prefix_mode_evaluates_the_prefix(self) -> None:
        xlog, ctx = self.make(prefix=b"[$$] ", prefix_mode=1)
        xlog.xerr(ctx, fixed(b"x"))
        self.assertEqual(self.lines(), ["[$] x"])

    def test_a_colour_is_an_ansi_sequence_where_the_log_is_a_terminal(self) -> None:
        self.assertEqual(colour(b"rx"), b"\x1b[0;31;49m")
        self.assertEqual(colour(b"Gb"), b"\x1b[1;32;44m")
        for wrong in (b"r", b"qx", b"rR", b"Xx"):
            self.assertRaises(ConfigError, colour, wrong)
        xlog, ctx = self.make()
        self.assertEqual(xlog.pv_colour(ctx, colour(b"rx")), b"")
        xlog, ctx = self.make(Server(log_stderror=1))
        self.assertEqual(xlog.pv_colour(ctx, colour(b"rx")), b"\x1b[0;31;49m")
        xlog, ctx = self.make(force_color=1)
        self.assertEqual(xlog.pv_colour(ctx, colour(b"rx")), b"\x1b[0;31;49m")

    def test_log_colors_give_levels_their_colours(self) -> None:
        xlog, ctx = self.make(log_colors=["L_ERR=Rx;l_info=cx;"])
        xlog.xerr(ctx, fixed(b"x"))
        self.assertEqual(self.events[0]["colour"], b"\x1b[1;31;49m")
        self.assertRaises(ConfigError, self.make, log_colors=["L_NONE=rx"])


class LogPrefixTests(SynchronousTestCase):
    def lines(self, mode: int) -> list[str]:
        script = 'request_route { xlog("a"); $rU = "two"; xlog("b"); }'
        sip = Harness(f'log_prefix="{{$rm $rU}} "\nlog_prefix_mode={mode}\nloadmodule "xlog" loadmodule "pv"\n{script}')
        self.addCleanup(sip.close)
        sip.peer("udp:192.0.2.1:5060").send("MESSAGE", user="one")
        sip.advance(0)
        return [line for line in sip.lines() if "<script>" in line]

    def test_it_stands_before_each_line_as_it_was_at_the_first(self) -> None:
        self.assertEqual(self.lines(0), ["{MESSAGE one} <script>: a", "{MESSAGE one} <script>: b"])

    def test_or_as_it_is_now(self) -> None:
        self.assertEqual(self.lines(1), ["{MESSAGE one} <script>: a", "{MESSAGE two} <script>: b"])

    def test_a_wrong_variable_in_it_is_an_error_of_the_script(self) -> None:
        error = self.assertRaises(ConfigError, Harness, 'log_prefix="$nothing(x) "\nloadmodule "xlog"\n')
        self.assertIn("log_prefix", str(error))
