"""subst*() and {re.subst}."""

from __future__ import annotations

from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from sipapp.interfaces import Access
from sipapp.module import ConfigError, Context, ScriptError, Subst
from sipapp.modules.textops import Textops
from tests.modules.stage import context, response, variable
from tests.modules.texts import added, body, made, running

MORE = b"X-One: first\r\nX-One: second\r\nSubject: hello world\r\n"
BODY = b"Hello line one\r\nline two has bob\r\n"


class Binder:
    """Knows the one variable $v."""

    value: Any = b"alice"

    def variable(self, source: bytes) -> Access:
        if source != b"$v":
            raise ConfigError(f"no such variable: {source!r}")
        return Access(lambda ctx: self.value)


def expression(text: bytes) -> Subst:
    return Subst.parse(text, Binder())  # type: ignore[arg-type]


class MessageTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.module = made(Textops)
        self.ctx = running(MORE, body=BODY, content_type=b"text/plain")

    def test_subst_takes_the_first_match_or_with_g_all(self) -> None:
        self.assertTrue(self.module.subst(self.ctx, expression(b"/hello/bye/")))
        self.assertTrue(self.module.subst(self.ctx, expression(b"/X-One: ([a-z]+)/X-One: <\\1>/g")))
        self.assertEqual(added(self.ctx)[:3], [b"X-One: <first>", b"X-One: <second>", b"Subject: bye world"])

    def test_variables_in_the_replacement_are_evaluated(self) -> None:
        self.module.subst(self.ctx, expression(b"/world/from $v/"))
        self.assertIn(b"Subject: hello from alice", added(self.ctx))

    def test_the_first_line_stays(self) -> None:
        self.assertFalse(self.module.subst(self.ctx, expression(b"/MESSAGE sip/x/")))

    def test_subst_body_works_on_the_body_only(self) -> None:
        self.assertTrue(self.module.subst_body(self.ctx, expression(b"/^(.*) two has bob/\\1 2/")))
        self.assertEqual(body(self.ctx), b"Hello line one\r\nline 2\r\n")
        self.assertFalse(self.module.subst_body(self.ctx, expression(b"/hello world/x/")))
        self.assertFalse(self.module.subst_body(running(), expression(b"/./x/")))

    def test_subst_hf_works_on_all_the_first_or_the_last(self) -> None:
        for flag, wanted in (
            (b"a", [b"X-One: fir5t", b"X-One: 5econd"]),
            (b"f", [b"X-One: fir5t", b"X-One: second"]),
            (b"l", [b"X-One: first", b"X-One: 5econd"]),
        ):
            ctx = running(MORE)
            self.assertTrue(self.module.subst_hf(ctx, b"x-one", expression(b"/s/5/"), flag))
            self.assertEqual(added(ctx)[:2], wanted)

    def test_without_a_match_all_are_false(self) -> None:
        nothing = expression(b"/nothing/x/")
        self.assertFalse(self.module.subst(self.ctx, nothing))
        self.assertFalse(self.module.subst_body(self.ctx, nothing))
        self.assertFalse(self.module.subst_hf(self.ctx, b"x-one", nothing, b"a"))
        self.assertFalse(self.module.subst_hf(self.ctx, b"nosuch", expression(b"/./x/"), b"a"))

    def test_a_match_of_the_empty_text_fails(self) -> None:
        self.assertFalse(self.module.subst_hf(self.ctx, b"x-one", expression(b"/^/z/"), b"a"))
        self.assertEqual(self.ctx.draft.edits, [])


class UriTests(SynchronousTestCase):
    def after(self, name: str, text: bytes, uri: bytes) -> tuple[bool, bytes | None]:
        ctx = running()
        ctx.draft.request_uri = uri
        return getattr(made(Textops), name)(ctx, expression(text)), ctx.draft.request_uri

    def test_subst_uri_works_on_the_uri_as_it_is_now(self) -> None:
        self.assertEqual(self.after("subst_uri", b"/bob/carol/", b"sip:bob@h"), (True, b"sip:carol@h"))
        self.assertEqual(self.after("subst_uri", b"/zz/carol/", b"sip:bob@h"), (False, b"sip:bob@h"))

    def test_subst_uri_starts_from_the_received_one(self) -> None:
        ctx = running()
        self.assertTrue(made(Textops).subst_uri(ctx, expression(b"/bob/carol/")))
        self.assertEqual(ctx.draft.request_uri, b"sip:carol@example.com")

    def test_subst_user_works_on_the_user_part(self) -> None:
        for uri, text, wanted in (
            (b"sip:bob@h", b"/b/B/g", b"sip:BoB@h"),
            (b"sip:a:pw@h:99;p?x=y", b"/a/b/", b"sip:b:pw@h:99;p?x=y"),
            (b"sip:b:pw@h:99;p?x=y", b"/b//", b"sip:h:99;p?x=y"),
            (b"tel:+123;x=1", b"/1/9/", b"tel:+923;x=1"),
            (b"sip:+123;x=1@h;user=phone", b"/1/9/", b"sip:+923;x=1@h;user=phone"),
        ):
            self.assertEqual(self.after("subst_user", text, uri), (True, wanted))

    def test_subst_user_is_false_without_a_match_a_user_or_a_uri(self) -> None:
        for uri in (b"sip:bob@h", b"sip:h", b"nonsense"):
            self.assertEqual(self.after("subst_user", b"/zz/x/", uri), (False, uri))
        self.assertFalse(made(Textops).subst_user(context(response()), expression(b"/./x/")))


class VariableTests(SynchronousTestCase):
    def test_subst_v_writes_the_result(self) -> None:
        target = variable()
        self.assertTrue(made(Textops).subst_v(running(), b"hello", b"/l+/L/", target))
        self.assertEqual(target.value, b"heLo")
        self.assertFalse(made(Textops).subst_v(running(), b"hello", b"/zz/L/", target))
        self.assertEqual(target.value, b"heLo")

    def test_subst_v_fails_for_no_expression(self) -> None:
        self.assertRaises(ScriptError, made(Textops).subst_v, running(), b"hello", b"/l", variable())


class TransformationTests(SynchronousTestCase):
    def transform(self, arguments: bytes, value: Any, held: Any = b"alice") -> Any:
        (found,) = made(Textops).transformations()
        binder = Binder()
        binder.value = held
        ctx: Context = running()
        return found.bind(arguments, binder)(ctx, value)

    def test_substitutes_in_a_text(self) -> None:
        self.assertEqual(self.transform(b",/o/0/g", b"hello world"), b"hell0 w0rld")
        self.assertEqual(self.transform(b",/(h)(.*)/\\2-$v-\\1/", b"hello"), b"ello-alice-h")

    def test_leaves_a_text_without_a_match_as_it_is(self) -> None:
        self.assertEqual(self.transform(b",/zz/0/", b"hello"), b"hello")

    def test_takes_a_number_as_text(self) -> None:
        self.assertEqual(self.transform(b",/5/6/", 5), b"6")
        self.assertEqual(self.transform(b",/7/6/", 5), 5)  # untouched, it stays a number

    def test_fails_on_null_the_empty_text_and_an_empty_match(self) -> None:
        self.assertIsNone(self.transform(b",/x/0/", None))
        self.assertIsNone(self.transform(b",/x/0/", b""))
        self.assertIsNone(self.transform(b",/x*/y/g", b"hello"))

    def test_a_variable_may_hold_the_expression(self) -> None:
        self.assertEqual(self.transform(b",$v", b"hello", held=b"/l/L/g"), b"heLLo")
        self.assertIsNone(self.transform(b",$v", b"hello", held=b""))
        self.assertIsNone(self.transform(b",$v", b"hello", held=b"/l"))

    def test_no_expression_is_a_mistake(self) -> None:
        self.assertRaises(ConfigError, self.transform, b",/l", b"hello")
