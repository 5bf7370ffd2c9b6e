"""pv: variables and texts bound through a registry."""

from types import SimpleNamespace
from typing import Any

from twisted.trial.unittest import SynchronousTestCase
from zope.interface.verify import verifyObject

from sipapp.errors import ConfigError, ConfigErrors, Position
from sipapp.interfaces.script import Access, IBinder, Value
from sipapp.script.pv import Binder
from sipapp.script.values import TextWithNumber

HERE = Position("app.cfg", 1, 1)


class _Variable:
    def __init__(self, name: str) -> None:
        self.name = name

    def bind(self, inner: bytes | None, index: bytes | None, binder: Any) -> Access:
        key = self.name if inner is None else f"{self.name}({inner.decode()})"
        key += "" if index is None else f"[{index.decode()}]"
        return Access(lambda ctx: ctx.values.get(key), lambda ctx, value: ctx.values.__setitem__(key, value))  # type: ignore[attr-defined]


class _Transformation:
    def __init__(self, apply: Any) -> None:
        self.apply = apply

    def bind(self, arguments: bytes, binder: Any) -> Any:
        return lambda ctx, value: self.apply(value, arguments)


class _Registry:
    variables = {name: _Variable(name) for name in ("rU", "rd", "var", "hdr")}
    transformations = {
        "s.len": _Transformation(lambda value, _: None if value is None else len(value)),
        "s.add": _Transformation(lambda value, arguments: value + arguments),
        "s.int": _Transformation(lambda value, _: int(value) if value.isdigit() else None),
        "val.n0": _Transformation(lambda value, _: 0 if value is None else value),
    }

    def variable(self, name: str) -> Any:
        return self.variables.get(name)

    def transformation(self, name: str) -> Any:
        return self.transformations.get(name)

    def unknown(self, name: str) -> ConfigError:
        return ConfigError(f"{name}: unknown")


class BinderTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.binder = Binder(_Registry(), HERE)  # type: ignore[arg-type]

    def read(self, source: bytes, **values: Value) -> Value:
        return self.binder.variable(source).get(SimpleNamespace(values=values))  # type: ignore[arg-type]

    def text(self, source: bytes, **values: Value) -> bytes:
        return self.binder.text(source)(SimpleNamespace(values=values))  # type: ignore[arg-type]

    def test_it_is_a_binder(self) -> None:
        self.assertTrue(verifyObject(IBinder, self.binder))
        self.assertEqual(self.binder.at, HERE)

    def test_a_variable_is_bound_with_its_inner_name_and_index(self) -> None:
        self.assertEqual(self.read(b"$(hdr(Via)[2])", **{"hdr(Via)[2]": b"x"}), b"x")

    def test_a_variable_can_be_written(self) -> None:
        ctx: Any = SimpleNamespace(values={})
        write = self.binder.variable(b"$var(a)").set
        assert write is not None
        write(ctx, 7)
        self.assertEqual(ctx.values, {"var(a)": 7})

    def test_transformations_apply_in_order(self) -> None:
        self.assertEqual(self.read(b"$(rU{s.add,x}{s.len})", rU=b"bob"), 5)

    def test_after_a_failed_transformation_no_other_is_tried(self) -> None:
        self.assertIsNone(self.read(b"$(rU{s.len}{val.n0})"))
        self.assertEqual(self.read(b"$(rU{val.n0})"), 0)

    def test_a_text_joins_constants_and_values(self) -> None:
        self.assertEqual(self.text(b"call $rU at $(rd{s.len})!", rU=b"bob", rd=b"b.example"), b"call bob at 9!")

    def test_integers_in_a_text_are_decimal_and_null_is_spelled_out(self) -> None:
        self.assertEqual(self.text(b"$rU;$rd", rU=-5), b"-5;<null>")

    def test_a_failed_transformation_leaves_nothing_in_a_text(self) -> None:
        self.assertEqual(self.text(b"[$(rU{s.len} )]"), b"[]")

    def test_an_index_is_a_variable_with_a_number_of_its_own(self) -> None:
        for index, value in ((2, b"x"), (TextWithNumber(b"ACK", 2), b"x"), (b"2", None), (b"x", None), (None, None)):
            self.assertEqual(self.read(b"$(hdr(Via)[$rd])", **{"hdr(Via)[$rd]": b"x", "rd": index}), value)

    def test_an_index_that_fails_leaves_nothing_in_a_text_and_takes_nothing(self) -> None:
        self.assertEqual(self.text(b"[$(hdr(Via)[$rd])]", **{"hdr(Via)[$rd]": b"x", "rd": b"2"}), b"[]")
        self.assertEqual(self.text(b"[$(hdr(Via)[$rd])]", rd=2), b"[<null>]")
        ctx: Any = SimpleNamespace(values={"rd": b"2"})
        write = self.binder.variable(b"$(var(a)[$rd])").set
        assert write is not None
        write(ctx, 7)
        self.assertEqual(ctx.values, {"rd": b"2"})
        ctx.values["rd"] = 2
        write(ctx, 7)
        self.assertEqual(ctx.values, {"rd": 2, "var(a)[$rd]": 7})

    def test_the_number_of_a_text_stands_in_a_text_as_it_was_written(self) -> None:
        self.assertEqual(self.text(b"$(rU{s.int})!", rU=b"007"), b"007!")
        self.assertEqual(self.text(b"$(rU{s.int})!", rU=b"x"), b"!")
        self.assertEqual(self.read(b"$(rU{s.int})", rU=b"007"), 7)

    def test_a_text_of_one_variable_is_its_bytes(self) -> None:
        self.assertEqual(self.text(b"$rU", rU=12), b"12")

    def test_two_dollars_write_one(self) -> None:
        self.assertEqual(self.text(b"[$$rU] $($)5", rU=b"bob"), b"[$rU] $5")
        self.assertEqual(self.text(b"$$", rU=b"bob"), b"$")

    def test_percent_signs_stay_as_they_are(self) -> None:
        self.assertEqual(self.text(b"100%, %b: $rU%s", rU=b"%b"), b"100%, %b: %b%s")

    def test_an_empty_text_is_empty(self) -> None:
        self.assertEqual(self.text(b""), b"")

    def test_braces_behind_a_bare_variable_are_text(self) -> None:
        self.assertEqual(self.text(b"$rU{s.len}", rU=b"bob"), b"bob{s.len}")

    def test_a_text_without_a_dollar_is_constant(self) -> None:
        self.assertTrue(self.binder.is_constant(b"50%"))
        self.assertFalse(self.binder.is_constant(b"$rU"))

    def test_unknown_names_are_refused(self) -> None:
        for source, reason in (
            (b"$rUU", "$rUU: unknown"),
            (b"$(rU{s.lem})", "{s.lem}: unknown"),
            (b"$(rU{S.len})", "{S.len}: unknown"),
            (b"$rU.x", "$rU.x: unknown"),
            (b"$rU-x", "unexpected '-x' behind the variable '$rU'"),
        ):
            why = self.assertRaises(ConfigError, self.binder.variable, source)
            self.assertEqual(str(why), reason)

    def test_every_unknown_name_is_told(self) -> None:
        why = self.assertRaises(ConfigErrors, self.binder.text, b"$a, $rU and $(b{s.c}{s.len}{s.d})")
        self.assertEqual(str(why), "$a: unknown\n$b: unknown\n{s.c}: unknown\n{s.d}: unknown")

    def test_a_dollar_that_begins_no_variable_is_refused_in_a_text(self) -> None:
        why = self.assertRaises(ConfigError, self.binder.text, b"100 $ or so")
        self.assertEqual(str(why), "a variable without a name: '$'")
