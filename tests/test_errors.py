"""sipapp/errors.py: what each error says, and keeps."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from sipapp.errors import (
    ConfigError,
    ConfigErrors,
    Gathering,
    ParseError,
    Position,
    ScriptError,
    SipAppError,
    SuspendedTooLong,
    TooManySuspended,
    TransportError,
    ValidationError,
    each,
)

HERE = Position("app.cfg", 4, 16)


def failing(reason: str, at: Position | None = None) -> None:
    raise ConfigError(reason, at)


class ErrorTests(SynchronousTestCase):
    def test_a_parse_error_says_where_and_owes_a_400(self) -> None:
        error = ParseError("no colon", 17)
        self.assertEqual((str(error), error.status, error.offset), ("no colon at byte 17", 400, 17))

    def test_a_validation_error_has_the_fields_of_its_answer(self) -> None:
        error = ValidationError("Bad Extension", 420, [b"Unsupported: x\r\n"])
        self.assertEqual((error.status, error.fields), (420, [b"Unsupported: x\r\n"]))
        self.assertEqual(ValidationError("Bad").fields, [])

    def test_a_script_error_is_false(self) -> None:
        self.assertEqual((ScriptError("no").code, ScriptError("no", -7).code), (-1, -7))

    def test_what_ends_a_suspended_script_owes_a_status(self) -> None:
        self.assertEqual(
            (TooManySuspended(5).status, str(TooManySuspended(5))), (503, "too many scripts are suspended (5)")
        )
        self.assertEqual((SuspendedTooLong("x").status, str(SuspendedTooLong("x"))), (408, "x waited too long"))

    def test_all_of_them_are_ours(self) -> None:
        for kind in (ParseError, ValidationError, ScriptError, TransportError, ConfigError):
            self.assertTrue(issubclass(kind, SipAppError))


class ConfigErrorTests(SynchronousTestCase):
    def test_the_place_comes_first(self) -> None:
        self.assertEqual(str(ConfigError("wrong", HERE)), "app.cfg:4:16: wrong")
        self.assertEqual(str(ConfigError("wrong")), "wrong")

    def test_several_are_a_line_each_and_stand_where_the_first_does(self) -> None:
        error = ConfigErrors([ConfigError("one", HERE), ConfigError("two", Position("app.cfg", 5, 1))])
        self.assertEqual(str(error), "app.cfg:4:16: one\napp.cfg:5:1: two")
        self.assertEqual((error.reason, error.at), ("one", HERE))

    def test_they_sort_by_their_place_in_the_including_file(self) -> None:
        inner = Position("b.cfg", 1, 1, (Position("app.cfg", 5, 2),))
        errors = [ConfigError("c", Position("app.cfg", 5, 3)), ConfigError("b", inner), ConfigError("a", HERE)]
        self.assertEqual([e.reason for e in sorted(errors, key=lambda e: e.order)], ["a", "b", "c"])
        self.assertEqual(ConfigError("nowhere").order, [])

    def test_each_mistake_gets_a_place_and_what_it_is_about(self) -> None:
        there = Position("app.cfg", 9, 1)
        several = ConfigErrors([ConfigError("one"), ConfigError("two", there), ConfigError("m", missing="tm")])
        self.assertEqual(
            [str(error) for error in each(several, HERE, "f(): ")],
            ["app.cfg:4:16: f(): one", "app.cfg:9:1: f(): two", "app.cfg:4:16: m"],
        )
        self.assertEqual([error.missing for error in each(several, HERE)], ["", "", "tm"])


class GatheringTests(SynchronousTestCase):
    def test_every_step_is_tried(self) -> None:
        gathering = Gathering()
        self.assertIsNone(gathering.attempt(failing, "one"))
        self.assertEqual(gathering.attempt(int, "7"), 7)
        self.assertIsNone(gathering.attempt(failing, "two", HERE))
        why = self.assertRaises(ConfigErrors, gathering.check)
        self.assertEqual(str(why), "one\napp.cfg:4:16: two")

    def test_a_single_mistake_is_raised_as_it_is(self) -> None:
        gathering = Gathering()
        gathering.attempt(failing, "one")
        self.assertIs(self.assertRaises(ConfigError, gathering.check), gathering.errors[0])

    def test_without_mistakes_nothing_is_raised(self) -> None:
        gathering = Gathering()
        gathering.attempt(int, "7")
        gathering.check()
        self.assertEqual(gathering.errors, [])
