"""parser: a whole script, from its text to its nodes."""

from pathlib import Path

from twisted.trial.unittest import SynchronousTestCase

from sipapp.errors import ConfigErrors
from sipapp.script import nodes
from sipapp.script.parser import parse_file, parse_text


def routes(text: str) -> list[tuple[str, str, int]]:
    """Kind, name and number of statements of each route block."""
    return [(route.kind, route.name, len(route.body)) for route in parse_text(text).routes]


def errors(text: str) -> list[str]:
    try:
        parse_text(text, "app.cfg")
    except ConfigErrors as why:
        return [str(error) for error in why.errors]
    return []


class RouteBlockTests(SynchronousTestCase):
    def test_all_kinds(self) -> None:
        text = (
            "request_route { exit; } route[A] { exit; } failure_route[F] { exit; } onreply_route[R] { exit; }"
            "reply_route { exit; } branch_route[B] { exit; } onsend_route { exit; }"
            "event_route[tm:local-request] { exit; }"
        )
        self.assertEqual(
            [(kind, name) for kind, name, _ in routes(text)],
            [
                ("request_route", ""),
                ("route", "A"),
                ("failure_route", "F"),
                ("onreply_route", "R"),
                ("reply_route", ""),
                ("branch_route", "B"),
                ("onsend_route", ""),
                ("event_route", "tm:local-request"),
            ],
        )

    def test_names_may_be_quoted_or_numbers(self) -> None:
        found = routes('route["a-b:c d"] { exit; } route[5] { exit; } route[0x10] { exit; } route[yes] { exit; }')
        self.assertEqual([name for _, name, _ in found], ["a-b:c d", "5", "16", "1"])

    def test_old_ways_to_write_the_unnamed_ones(self) -> None:
        self.assertEqual(routes("route { exit; }"), [("request_route", "", 1)])
        self.assertEqual(routes("route[0] { exit; }"), [("request_route", "", 1)])
        self.assertEqual(routes("onreply_route { exit; }"), [("reply_route", "", 1)])
        self.assertEqual(routes("onreply_route[0] { exit; }"), [("reply_route", "", 1)])
        self.assertEqual(routes("failure_route[0] { exit; }"), [("failure_route", "", 1)])

    def test_a_second_unnamed_block_goes_on_with_the_first(self) -> None:
        self.assertEqual(routes("request_route { $x = 1; } route { exit; }"), [("request_route", "", 2)])
        self.assertEqual(routes("route[0] { $x = 1; } request_route { exit; }"), [("request_route", "", 2)])
        self.assertEqual(routes("reply_route { $x = 1; } onreply_route[0] { exit; }"), [("reply_route", "", 2)])

    def test_a_block_stands_where_its_keyword_does(self) -> None:
        self.assertEqual(str(parse_text("\n  route[A] { exit; }", "a").routes[0].at), "a:2:3")

    def test_an_onsend_route_knows_where_a_message_goes(self) -> None:
        self.assertEqual(parse_text("onsend_route { if (snd_ip == 192.0.2.1) drop; }").errors, [])
        self.assertEqual(len(parse_text("request_route { if (to_ip == 192.0.2.1) drop; }").errors), 1)
        self.assertEqual(len(parse_text("onsend_route { drop; } request_route { forward(); }").errors), 0)


class ScriptTests(SynchronousTestCase):
    def test_settings_keep_their_order(self) -> None:
        script = parse_text('debug=1\nloadmodule "tm"\nrequest_route { exit; }\nchildren=2\n')
        self.assertEqual([type(s).__name__ for s in script.settings], ["CoreParam", "LoadModule", "CoreParam"])

    def test_it_knows_its_file_dialect_and_defines(self) -> None:
        script = parse_text('#!KAMAILIO\n#!define A "x"\nloadmodule "tm"\n', "app.cfg", {"B": None, "C": "5"})
        self.assertEqual((script.file, script.dialect), ("app.cfg", "kamailio"))
        found = {name: script.defines[name] for name in ("A", "B", "C", "MOD_tm", "KAMAILIO_5_6")}
        self.assertEqual(found, {"A": b'"x"', "B": None, "C": b"5", "MOD_tm": None, "KAMAILIO_5_6": None})

    def test_bytes_and_text_are_the_same(self) -> None:
        self.assertEqual(parse_text('log_name="é"').settings, parse_text('log_name="é"'.encode()).settings)

    def test_a_file_is_read_with_those_that_it_includes(self) -> None:
        folder = Path(self.mktemp())
        folder.mkdir()
        (folder / "app.cfg").write_text('include_file "a.inc"\nrequest_route { exit; }\n', encoding="utf-8")
        (folder / "a.inc").write_text("children=2\n", encoding="utf-8")
        script = parse_file(str(folder / "app.cfg"))
        self.assertEqual((script.file, len(script.settings), len(script.routes)), (str(folder / "app.cfg"), 1, 1))
        self.assertEqual(script.settings[0].at.file, str(folder / "a.inc"))

    def test_a_file_that_is_not_there_is_an_os_error(self) -> None:
        with self.assertRaises(OSError):
            parse_file(self.mktemp())

    def test_statements_may_begin_in_one_file_and_end_in_another(self) -> None:
        folder = Path(self.mktemp())
        folder.mkdir()
        (folder / "a.inc").write_text("$x = 1;\n", encoding="utf-8")
        script = parse_text('request_route {\ninclude_file "a.inc"\nexit; }', str(folder / "app.cfg"))
        self.assertEqual([type(s) for s in script.routes[0].body], [nodes.Assign, nodes.Exit])


class ErrorTests(SynchronousTestCase):
    def test_all_mistakes_are_found_in_the_order_of_the_script(self) -> None:
        self.assertEqual(
            errors("childrn=1\n#!endif\nrequest_route {\n  $x = ;\n}\nroute[A] { }\n"),
            [
                'app.cfg:1:1: there is no parameter "childrn"; did you mean "children"?',
                "app.cfg:2:1: #!endif without an #!ifdef",
                'app.cfg:4:8: a value is expected, not ";"',
                'app.cfg:6:12: a block cannot be empty: put a ";" into it',
            ],
        )

    def test_a_mistake_in_an_included_file_comes_where_it_was_included(self) -> None:
        folder = Path(self.mktemp())
        folder.mkdir()
        (folder / "a.inc").write_text("\n\n\nchildren=x\n", encoding="utf-8")
        main = str(folder / "app.cfg")
        with self.assertRaises(ConfigErrors) as caught:
            parse_text('debug=x\ninclude_file "a.inc"\nfork=x\n', main)
        found = caught.exception.errors
        self.assertEqual([error.at.line for error in found if error.at], [1, 4, 3])
        self.assertEqual([str(at) for error in found[1:2] if error.at for at in error.at.chain], [f"{main}:2:1"])

    def test_mistakes_that_leave_the_tree_whole_are_not_raised(self) -> None:
        script = parse_text("request_route { setflag(NOPE); }\nroute[A] { exit; }\nroute[A] { exit; }", "a")
        self.assertEqual(
            [str(error) for error in script.errors],
            ['a:1:25: the flag "NOPE" is not declared by "flags"', "a:3:1: route[A] is already there, at a:2:1"],
        )

    def test_a_flag_is_not_missed_where_a_setting_was_unreadable(self) -> None:
        self.assertEqual(
            errors("flags A, 5\nrequest_route { setflag(A); setflag(B); }"),
            ['app.cfg:1:10: a flag\'s name is expected, not "5"'],
        )

    def test_warnings_come_with_the_script(self) -> None:
        script = parse_text("request_route { exit ?; switch (1) { } }\n#!nosuch\n", "a")
        self.assertEqual([w.at.line for w in script.warnings if w.at], [1, 1, 2])

    def test_an_open_comment_behind_everything_is_only_warned_about(self) -> None:
        script = parse_text("request_route { exit; }\n/* the end", "a")
        self.assertEqual([str(w) for w in script.warnings], ["a:2:1: this comment is never closed"])

    def test_what_is_nested_too_deeply_is_a_mistake(self) -> None:
        deep = "(" * 3000 + "1" + ")" * 3000
        found = errors(f"request_route {{ $x = {deep}; }}")
        self.assertEqual([line.split(": ")[1] for line in found], ["this is nested too deeply"])

    def test_nothing_but_a_config_error_comes_out(self) -> None:
        text = 'flags A\nrequest_route { if ($x == "a" || method == X) { async(f(1), r, 5); } }\nlisten=udp:lo:1 {}'
        for start in range(len(text)):
            for end in (start, start + 1, start + 5, len(text)):
                try:
                    parse_text(text[:start] + text[end:], "a")
                except ConfigErrors as why:
                    self.assertTrue(why.errors)
