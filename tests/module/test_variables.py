"""variables: decorated readers, writers and transformations as the engine sees them."""

from types import SimpleNamespace
from typing import Any

from twisted.trial.unittest import SynchronousTestCase
from zope.interface.verify import verifyObject

from sipapp.errors import ConfigError, Position
from sipapp.interfaces.script import Access, IBinder, IPseudoVariable, ITransformation, Value
from sipapp.module import ALL, Context, module, pseudo_variable, transformation
from sipapp.module.arguments import Mark, Separator
from sipapp.module.registry import Registry
from sipapp.script.pv import Binder


@module("sample")
class Sample:
    """One variable and one transformation of every kind."""

    @pseudo_variable("plain", "alias", integer=True)
    def pv_plain(self, ctx: Context) -> int:
        """$plain: seven, or what was written."""
        return ctx.extra.get("plain", 7)  # type: ignore[no-any-return]

    @pv_plain.setter
    def set_plain(self, ctx: Context, value: Value) -> None:
        ctx.extra["plain"] = value

    @pseudo_variable("named", keys=["one", "second"])
    def pv_named(self, ctx: Context, inner: bytes) -> bytes:
        return b"<%b>" % inner

    @pseudo_variable("parsed", parse=lambda inner: inner.split(b"=>"))
    def pv_parsed(self, ctx: Context, inner: list[bytes]) -> bytes:
        return b"|".join(inner)

    @pseudo_variable("maybe", optional=True)
    def pv_maybe(self, ctx: Context, inner: bytes | None) -> bytes | None:
        return inner

    @pseudo_variable("both")
    def pv_both(self, ctx: Context, inner: bytes, index: Any) -> bytes:
        return b"%b[%b]" % (inner, repr(index).encode())

    @pseudo_variable("own", bind=True)
    def pv_own(self, inner: bytes | None, index: bytes | None, binder: IBinder) -> Access:
        return Access(lambda ctx: inner, constant=True)

    @transformation("s.text")
    def s_text(self, value: bytes, number: int = 1, text: bytes = b"-") -> bytes:
        """{s.text,number,text}: all of them."""
        return b"%b %d %b" % (value, number, text)

    @transformation("s.any")
    def s_any(self, value: Value) -> bytes:
        return repr(value).encode()

    @transformation("s.context")
    def s_context(self, ctx: Context, value: bytes, mark: Mark) -> bytes:
        return value + mark + ctx.extra["x"]  # type: ignore[no-any-return]

    @transformation("s.split")
    def s_split(self, value: bytes, separator: Separator) -> int:
        return len(value.split(separator))

    @transformation("s.own", bind=True)
    def s_own(self, arguments: bytes, binder: IBinder) -> Any:
        return lambda ctx, value: arguments


class _Case(SynchronousTestCase):
    def setUp(self) -> None:
        registry = Registry()
        registry.add(Sample())  # type: ignore[arg-type]
        self.binder = Binder(registry, Position("app.cfg", 1, 1))
        self.ctx: Any = SimpleNamespace(extra={"x": b"!"})

    def read(self, source: bytes) -> Value:
        return self.binder.variable(source).get(self.ctx)

    def refused(self, source: bytes, reason: str) -> None:
        self.assertEqual(str(self.assertRaises(ConfigError, self.binder.variable, source)), reason)


class VariableTests(_Case):
    def test_they_provide_the_interface(self) -> None:
        for variable in Sample().pseudo_variables():  # type: ignore[attr-defined]
            self.assertTrue(verifyObject(IPseudoVariable, variable))

    def test_every_name_reads_and_writes_the_same(self) -> None:
        access = self.binder.variable(b"$alias")
        self.assertEqual((self.read(b"$plain"), access.integer, access.constant), (7, True, False))
        assert access.set is not None
        access.set(self.ctx, 9)
        self.assertEqual(self.read(b"$plain"), 9)

    def test_one_without_a_setter_cannot_be_written(self) -> None:
        self.assertIsNone(self.binder.variable(b"$maybe").set)

    def test_inner_names_may_hold_variables(self) -> None:
        self.assertEqual(self.read(b"$maybe(a$plain)"), b"a7")
        self.assertEqual(self.read(b"$parsed(a=>$plain)"), b"a|7")

    def test_an_optional_inner_name_may_be_left_out(self) -> None:
        self.assertIsNone(self.read(b"$maybe"))

    def test_indexes_are_numbers_all_or_variables(self) -> None:
        self.assertEqual(self.read(b"$both(a)"), b"a[None]")
        self.assertEqual(self.read(b"$(both(a)[-2])"), b"a[-2]")
        self.assertEqual(self.read(b"$(both(a)[$plain])"), b"a[7]")
        self.assertEqual(self.read(b"$(both(a)[*])"), b"a[ALL]")
        self.assertEqual(repr(ALL), "ALL")

    def test_one_may_bind_itself(self) -> None:
        self.assertEqual(self.read(b"$own(x)"), b"x")
        self.assertTrue(self.binder.variable(b"$own(x)").constant)

    def test_wrong_uses_are_refused(self) -> None:
        for source, reason in (
            (b"$named", "$named: needs a name: $named(...)"),
            (b"$plain(x)", "$plain: takes no name, got (x)"),
            (b"$(plain[1])", "$plain: takes no index, got [1]"),
            (b"$named(seconds)", '$named(seconds): no such name; did you mean "second"?'),
            (b"$(both(a)[x])", "$both: not an index: [x]"),
        ):
            self.refused(source, reason)

    def test_the_docstring_is_the_manual(self) -> None:
        docs = {variable.name: variable.doc for variable in Sample().pseudo_variables()}  # type: ignore[attr-defined]
        self.assertEqual(docs["alias"], "$plain: seven, or what was written.")


class TransformationTests(_Case):
    def test_they_provide_the_interface(self) -> None:
        for found in Sample().transformations():  # type: ignore[attr-defined]
            self.assertTrue(verifyObject(ITransformation, found))

    def test_integers_come_as_text_where_text_is_declared(self) -> None:
        self.assertEqual(self.read(b"$(plain{s.text})"), b"7 1 -")
        self.assertEqual(self.read(b"$(plain{s.any})"), b"7")

    def test_null_fails_where_text_is_declared(self) -> None:
        self.assertIsNone(self.read(b"$(maybe{s.text})"))
        self.assertEqual(self.read(b"$(maybe{s.any})"), b"None")

    def test_arguments_are_constants_or_variables(self) -> None:
        self.assertEqual(self.read(b"$(maybe(a){s.text,2,b c})"), b"a 2 b c")
        self.assertEqual(self.read(b"$(maybe(a){s.text,$plain,$maybe(d)})"), b"a 7 d")

    def test_a_variable_without_the_right_value_fails_it(self) -> None:
        self.assertIsNone(self.read(b"$(maybe(a){s.text,$maybe})"))

    def test_one_may_ask_for_the_context(self) -> None:
        self.assertEqual(self.read(b"$(maybe(a){s.context,,})"), b"a,!")
        self.assertEqual(self.read(b"$(maybe(a){s.context,$plain})"), b"a7!")

    def test_separators(self) -> None:
        self.assertEqual(self.read(b"$(maybe(a,b){s.split,,})"), 2)

    def test_one_may_read_its_arguments_itself(self) -> None:
        self.assertEqual(self.read(b"$(plain{s.own,/a{2}/b/})"), b",/a{2}/b/")

    def test_wrong_arguments_are_refused(self) -> None:
        for source, reason in (
            (b"$(plain{s.any,1})", "{s.any}: takes no arguments, got more"),
            (b"$(plain{s.context})", "{s.context}: the argument 'mark' is missing"),
            (b"$(plain{s.text,x})", "{s.text}: wants a number, got 'x'"),
            (b"$(plain{s.split,;,})", "{s.split}: takes 1 argument, got more"),
        ):
            self.refused(source, reason)
