from __future__ import annotations

from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from sipapp.module import ScriptError
from sipapp.modules.siputils import Siputils
from tests.modules.stage import context, made, request, variable


class UriParamsTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.module = made(Siputils)

    def ctx(self, uri: str = "sip:bob@192.0.2.1:5060;transport=udp;X=1;flag") -> Any:
        return context(request(uri=uri))

    def test_a_parameter_without_a_value_is_asked_for_by_its_name(self) -> None:
        ctx = self.ctx()
        for name, code in ((b"flag", 1), (b"X", -1), (b"zz", -1), (b"transport", -1)):
            self.assertEqual(self.module.uri_param(ctx, name), code, name)

    def test_a_value_must_be_the_same(self) -> None:
        ctx = self.ctx()
        for name, value, code in ((b"X", b"1", 1), (b"X", b"2", -1), (b"x", b"1", -1), (b"transport", b"udp", 1)):
            self.assertEqual(self.module.uri_param(ctx, name, value), code, name)

    def test_any_value_or_none_and_any_case(self) -> None:
        ctx = self.ctx()
        for name, code in ((b"x", 1), (b"FLAG", 1), (b"zz", -1)):
            self.assertEqual(self.module.uri_param_any(ctx, name), code, name)
        self.assertEqual(self.module.uri_param_any(self.ctx("sip:bob@192.0.2.1"), b"x"), -1)

    def test_a_parameter_is_added_before_the_headers(self) -> None:
        for uri, expected in (
            ("sip:bob@192.0.2.1", b"sip:bob@192.0.2.1;a=b"),
            ("sip:bob@192.0.2.1;x?h=1", b"sip:bob@192.0.2.1;x;a=b?h=1"),
        ):
            ctx = self.ctx(uri)
            self.assertEqual(self.module.add_uri_param(ctx, b"a=b"), 1)
            self.assertEqual(ctx.draft.request_uri, expected)
        ctx = self.ctx()
        self.assertEqual(self.module.add_uri_param(ctx, b""), 1)
        self.assertEqual(ctx.draft.request_uri, None)

    def test_a_value_is_read(self) -> None:
        ctx, found = self.ctx(), variable(b"-")
        self.assertEqual(self.module.get_uri_param(ctx, b"X", found), 1)
        self.assertEqual(found.value, b"1")
        self.assertEqual(self.module.get_uri_param(ctx, b"flag", found), 1)
        self.assertEqual(found.value, b"")
        self.assertEqual(self.module.get_uri_param(ctx, b"zz", found), -1)

    def test_a_parameter_is_removed_with_its_value(self) -> None:
        for name, expected in (
            (b"x", b"sip:bob@192.0.2.1:5060;transport=udp;flag"),
            (b"FLAG", b"sip:bob@192.0.2.1:5060;transport=udp;X=1"),
            (b"transport", b"sip:bob@192.0.2.1:5060;X=1;flag"),
            (b"zz", None),
        ):
            ctx = self.ctx()
            self.assertEqual(self.module.uri_param_rm(ctx, name), 1)
            self.assertEqual(ctx.draft.request_uri, expected)

    def test_the_user_of_a_uri_is_set_and_removed(self) -> None:
        for uri, user, expected in (
            (b"sip:example.com", b"carol", b"sip:carol@example.com"),
            (b"sip:bob:pw@example.com;x", b"carol", b"sip:carol@example.com;x"),
            (b"sip:bob@example.com", b"", b"sip:example.com"),
            (b"sip:example.com", b"", b"sip:example.com"),
        ):
            target = variable(uri)
            self.assertEqual(self.module.set_uri_user(self.ctx(), target, variable(user)), 1)
            self.assertEqual(target.value, expected)

    def test_the_host_of_a_uri_is_set(self) -> None:
        for uri, expected in (
            (b"sip:bob@example.com:5070;x", b"sip:bob@h.example:5070;x"),
            (b"sip:example.com?a=b", b"sip:h.example?a=b"),
        ):
            target = variable(uri)
            self.assertEqual(self.module.set_uri_host(self.ctx(), target, variable(b"h.example")), 1)
            self.assertEqual(target.value, expected)

    def test_a_number_is_written_as_it_is(self) -> None:
        target = variable(b"sip:example.com")
        self.assertEqual(self.module.set_uri_user(self.ctx(), target, variable(0)), 1)
        self.assertEqual(target.value, b"sip:0@example.com")

    def test_what_is_no_uri_or_no_text_is_an_error(self) -> None:
        for uri, value in ((b"", b"x"), (None, b"x"), (5, b"x"), (b"nocolon", b"x"), (b"sip:a", None)):
            self.assertRaises(ScriptError, self.module.set_uri_user, self.ctx(), variable(uri), variable(value))
        self.assertRaises(ScriptError, self.module.set_uri_host, self.ctx(), variable(b"sip:a"), variable(b""))
