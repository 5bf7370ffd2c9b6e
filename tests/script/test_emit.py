"""sipapp/script/emit.py: Python nodes with the script's places."""

from __future__ import annotations

import ast

from twisted.trial.unittest import SynchronousTestCase

from sipapp.errors import Position
from sipapp.script.emit import Emitter, Globals


class GlobalsTests(SynchronousTestCase):
    def test_an_object_keeps_its_first_name(self) -> None:
        known = Globals({})
        thing = object()
        self.assertEqual(known.name(thing, "get_$rU"), "get_rU")
        self.assertEqual(known.name(thing, "other"), "get_rU")
        self.assertIs(known.names["get_rU"], thing)

    def test_another_object_gets_another_name(self) -> None:
        known = Globals({})
        names = [known.name(object(), "get_rU") for _ in range(3)]
        self.assertEqual(names, ["get_rU", "get_rU_2", "get_rU_3"])

    def test_a_name_that_python_keeps_for_itself_is_not_used(self) -> None:
        self.assertEqual(Globals({}).name(object(), "$(if)"), "if_")
        self.assertEqual(Globals({}).name(object(), "???"), "x")


class EmitterTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.emitter = Emitter(Globals({}))

    def test_nodes_stand_where_the_script_has_them(self) -> None:
        self.emitter.stand_at(Position("app.cfg", 7, 5))
        node = self.emitter.load("x")
        self.assertEqual((node.lineno, node.col_offset), (7, 4))

    def test_a_file_included_inside_a_route_keeps_the_line_before_it(self) -> None:
        self.emitter.stand_at(Position("app.cfg", 7, 5))
        self.emitter.stand_at(Position("other.cfg", 90, 1))
        self.assertEqual(self.emitter.load("x").lineno, 7)

    def test_what_is_emitted_apart_is_not_in_the_body(self) -> None:
        with self.emitter.apart() as inner:
            self.emitter.assign("a", self.emitter.constant(1))
        self.emitter.assign("rc b", self.emitter.constant(2))
        self.assertEqual(ast.unparse(ast.Module(inner, [])), "a = 1")
        self.assertEqual(ast.unparse(ast.Module(self.emitter.body, [])), "ctx.rc = b = 2")

    def test_what_python_can_write_is_written(self) -> None:
        for value in (5, b"x", "x", 0.5, True, None):
            self.assertIsInstance(self.emitter.object(value, "v"), ast.Constant)
        self.assertIsInstance(self.emitter.object(object(), "v"), ast.Name)

    def test_a_name_is_used_again_only_when_that_is_said(self) -> None:
        first = self.emitter.temp("r")
        level = self.emitter.temps
        self.assertNotEqual(self.emitter.temp("r"), first)
        self.emitter.reuse_temps(level)
        self.assertEqual((first, self.emitter.temp("r")), ("r1", "r2"))
