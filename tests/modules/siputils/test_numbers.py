from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from sipapp.module import ScriptError
from sipapp.modules.siputils import Siputils
from tests.modules.stage import context, made, variable


class NumbersTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.module = made(Siputils)
        self.ctx = context()

    def test_an_e164_number_is_plus_and_digits(self) -> None:
        for value, code in (
            (b"+12015550123", 1),
            (b"12015550123", -1),
            (b"+1", -1),
            (b"+12", 1),
            (b"+123456789012345", 1),
            (b"+1234567890123456", -1),
            (b"+12a", -1),
            (b"", -1),
            (None, -1),
            (12, -1),
        ):
            self.assertEqual(self.module.is_e164(self.ctx, variable(value)), code, value)

    def test_the_longest_can_be_set(self) -> None:
        self.module.e164_max_len = 5
        self.assertEqual(self.module.is_e164(self.ctx, variable(b"+1234")), 1)
        self.assertEqual(self.module.is_e164(self.ctx, variable(b"+12345")), -1)

    def test_the_user_of_a_uri_may_be_one(self) -> None:
        for value, code in ((b"sip:+12015550123@h", 1), (b"sip:bob@h", -1), (b"sip:+12015550123", -1), (7, -1)):
            self.assertEqual(self.module.is_uri_user_e164(self.ctx, variable(value)), code, value)

    def test_texts_of_certain_characters(self) -> None:
        for function, value, code in (
            (self.module.is_tel_number, b"+1201", 1),
            (self.module.is_tel_number, b"0201", 1),
            (self.module.is_tel_number, b"+0201", -2),
            (self.module.is_tel_number, b"+", -2),
            (self.module.is_tel_number, b"", -2),
            (self.module.is_tel_number, b"12x", -2),
            (self.module.is_numeric, b"0123", 1),
            (self.module.is_numeric, b"+1", -2),
            (self.module.is_numeric, b"", -2),
            (self.module.is_alphanum, b"ab12", 1),
            (self.module.is_alphanum, b"ab-12", -3),
            (self.module.is_alphanum, b"", -2),
        ):
            self.assertEqual(function(self.ctx, value), code, value)
        self.assertEqual(self.module.is_alphanumex(self.ctx, b"ab-12", b"-"), 1)
        self.assertEqual(self.module.is_alphanumex(self.ctx, b"ab-1.2", b"-"), -3)

    def converted(self, uri: bytes) -> bytes:
        result = variable(b"-")
        self.module.tel2sip(self.ctx, uri, b"gw.example", result)
        return result.value  # type: ignore[no-any-return]

    def test_a_tel_uri_becomes_a_sip_uri(self) -> None:
        self.assertEqual(self.converted(b"tel:+1-201-555.0123"), b"sip:+12015550123@gw.example;user=phone")
        self.assertEqual(self.converted(b"TEL:(20)1;Ext=1-2"), b"sip:201;ext=1-2@gw.example;user=phone")
        self.assertEqual(self.converted(b"sip:bob@h"), b"-")

    def test_the_code_says_whether_it_was_one(self) -> None:
        result = variable()
        self.assertEqual(self.module.tel2sip(self.ctx, b"tel:1", b"h", result), 1)
        self.assertEqual(self.module.tel2sip(self.ctx, b"sip:1@h", b"h", result), 2)
        self.assertEqual(self.module.tel2sip2(self.ctx, b"sip:1@h", b"h", result), 1)
        self.assertEqual(self.module.tel2sip(self.ctx, b"<null>", b"h", result), -1)
        self.assertRaises(ScriptError, self.module.tel2sip, self.ctx, b"tel:1", b"not a host", result)

    def test_parameters_are_sorted_as_rfc_3261_wants(self) -> None:
        result = variable()
        uri = b"tel:+1-2;x=1;post-dial=p;a;isdn-subaddress=9;phone-context=+1-23"
        self.module.tel2sip2(self.ctx, uri, b"h", result)
        self.assertEqual(result.value, b"sip:+12;isdn-subaddress=9;post-dial=p;a=;phone-context=+123;x=1@h;user=phone")
        self.module.tel2sip2(self.ctx, b"tel:12;phone-context=example.com", b"h", result)
        self.assertEqual(result.value, b"sip:12@h;user=phone")
