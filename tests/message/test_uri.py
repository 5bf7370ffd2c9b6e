"""uri: SIP, TEL and other URIs."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from sipapp.errors import ParseError
from sipapp.message.uri import Uri

Parts = tuple[bytes | None, bytes | None, bytes | None, int | None, bytes, bytes | None]


def parts(text: bytes) -> Parts:
    """(user, password, host, port, parameters, headers)."""
    uri = Uri.parse(text)
    return uri.user, uri.password, uri.host, uri.port, bytes(uri.parameters), uri.headers


class SipUriTests(SynchronousTestCase):
    def test_all_parts(self) -> None:
        uri = Uri.parse(b"sips:alice:secret@atlanta.example.com:5061;transport=TLS;lr?Subject=a%20b&x=y")
        self.assertEqual(uri.scheme, b"sips")
        self.assertEqual(uri.user, b"alice")
        self.assertEqual(uri.password, b"secret")
        self.assertEqual(uri.host, b"atlanta.example.com")
        self.assertEqual(uri.port, 5061)
        self.assertEqual(list(uri.parameters), [(b"transport", b"TLS"), (b"lr", None)])
        self.assertEqual(uri.headers, b"Subject=a%20b&x=y")
        self.assertEqual(uri.transport, b"tls")
        self.assertTrue(uri.is_sip)

    def test_a_host_alone(self) -> None:
        self.assertEqual(parts(b"sip:example.com"), (None, None, b"example.com", None, b"", None))
        self.assertEqual(parts(b"sip:192.0.2.1:5070"), (None, None, b"192.0.2.1", 5070, b"", None))
        self.assertIsNone(Uri.parse(b"sip:example.com").transport)

    def test_the_scheme_is_without_case(self) -> None:
        self.assertEqual(Uri.parse(b"SiP:a@b").scheme, b"sip")

    def test_an_ipv6_reference_keeps_its_brackets(self) -> None:
        uri = Uri.parse(b"sip:bob@[2001:db8::9]:5061;x")
        self.assertEqual((uri.host, uri.host_address, uri.port), (b"[2001:db8::9]", b"2001:db8::9", 5061))
        self.assertEqual(Uri.parse(b"sip:[2001:db8:::192.0.2.1]").host, b"[2001:db8:::192.0.2.1]")
        self.assertEqual(Uri.parse(b"sip:a@b").host_address, b"b")

    def test_the_user_goes_up_to_the_at_sign_whatever_it_holds(self) -> None:
        self.assertEqual(Uri.parse(b"sip:user;par=u%40example.net@example.com").user, b"user;par=u%40example.net")
        self.assertEqual(Uri.parse(b"sip:a?b@h").user, b"a?b")
        self.assertEqual(parts(b"sip:h;x=a@b"), (b"h;x=a", None, b"b", None, b"", None))
        self.assertEqual(parts(b"sip:a;b=c:p@h"), (b"a;b=c", b"p", b"h", None, b"", None))
        self.assertEqual(Uri.parse(b"sip:a b@127.0.0.1").user, b"a b")
        self.assertEqual(Uri.parse(b"sip:sips%3Auser%40example.com@example.net").user, b"sips%3Auser%40example.com")
        torture = b"sip:1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*:&it+has=1,weird!*pas$wo~d_too.(doesn't-it)@x.y"
        uri = Uri.parse(torture)
        self.assertEqual(uri.user, b"1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*")
        self.assertEqual(uri.password, b"&it+has=1,weird!*pas$wo~d_too.(doesn't-it)")

    def test_parts_may_be_empty(self) -> None:
        self.assertEqual(parts(b"sip:bob:@h"), (b"bob", b"", b"h", None, b"", None))
        self.assertEqual(parts(b"sip:bob@h:"), (b"bob", None, b"h", None, b"", None))
        self.assertEqual(parts(b"sip:bob@h;?"), (b"bob", None, b"h", None, b"", b""))
        self.assertEqual(parts(b"sip:b@h;;x"), (b"b", None, b"h", None, b";x", None))
        self.assertEqual(Uri.parse(b"sip:b@h:0").port, 0)

    def test_malformed_ones_are_refused(self) -> None:
        for text in (
            b"",
            b"sip",
            b"sip:",
            b"alice",
            b"not a uri",
            b"<sip:a@b>",
            b"sip:@h",
            b"sip::pw@h",
            b"sip:bob@",
            b"sip:2001:db8::10",
            b"sip:b@::1",
            b"sip:b@[::1",
            b"sip:b@[zz]",
            b"sip:b@h:65536",
            b"sip:b@h:999999",
            b"sip:b@h:5a",
            b"sip:b@.h",
            b"sip:b@-h",
            b"sip:b@h/x",
            b"sip:b@h&x",
            b"sip:b@$h",
            b"sip:b@h%41",
            b"sip:a:b:c@h",
            b"sip:a@b@c",
            b"sip:b@h;x=a@b",
            b"sip:b@h?x=a@b",
            b"sip:h:5060;x=a@b",
            b"sip:b@h; lr",
            b"sip:b@h;lr\r\n",
            b"sip:a\r\nb@h",
            b"1sip:a@b",
        ):
            self.assertRaises(ParseError, Uri.parse, text)

    def test_the_text_comes_back_as_it_was(self) -> None:
        for text in (b"SIP:a@B:05060;X=y", b"tel:+1-201", b"isbn:2983792873", b"http://www.example.com/?a#b"):
            self.assertEqual(bytes(Uri.parse(text)), text)

    def test_equality_is_by_text(self) -> None:
        self.assertEqual(Uri.parse(b"sip:a@b"), Uri.parse(b"sip:a@b"))
        self.assertNotEqual(Uri.parse(b"sip:a@b"), Uri.parse(b"sip:a@B"))
        self.assertEqual(len({Uri.parse(b"sip:a@b"), Uri.parse(b"sip:a@b")}), 1)


class OtherUriTests(SynchronousTestCase):
    def test_tel_has_a_number_and_no_host(self) -> None:
        uri = Uri.parse(b"tel:+1-201-555-0123;phone-context=example.com?x=y")
        self.assertEqual((uri.scheme, uri.user, uri.host, uri.port), (b"tel", b"+1-201-555-0123", None, None))
        self.assertEqual(uri.parameters.get(b"phone-context"), b"example.com")
        self.assertEqual(uri.headers, b"x=y")
        self.assertFalse(uri.is_sip)
        self.assertIsNone(uri.host_address)

    def test_tel_without_a_number_is_refused(self) -> None:
        for text in (b"tel:", b"tel:;a=b", b"tel:1 2"):
            self.assertRaises(ParseError, Uri.parse, text)

    def test_a_urn_is_split_as_kamailio_does(self) -> None:
        self.assertEqual(parts(b"urn:service:sos.fire"), (b"service", None, b"sos.fire", None, b"", None))
        self.assertEqual(parts(b"urn:x"), (None, None, b"x", None, b"", None))

    def test_an_unknown_scheme_keeps_its_text(self) -> None:
        uri = Uri.parse(b"nobodyKnowsThisScheme:totallyopaquecontent")
        self.assertEqual((uri.scheme, uri.opaque), (b"nobodyknowsthisscheme", b"totallyopaquecontent"))
        self.assertEqual(Uri.parse(b"soap.beep://192.0.2.103:3002").scheme, b"soap.beep")
        self.assertIsNone(uri.user)
        self.assertRaises(ParseError, Uri.parse, b"http:")
        self.assertRaises(ParseError, Uri.parse, b"http:a b")


class EquivalenceTests(SynchronousTestCase):
    """The examples of RFC 3261 §19.1.4."""

    def same(self, *texts: bytes) -> None:
        first = Uri.parse(texts[0])
        for text in texts:
            self.assertTrue(first.equivalent(Uri.parse(text)), text)
            self.assertTrue(Uri.parse(text).equivalent(first), text)

    def differ(self, one: bytes, two: bytes) -> None:
        self.assertFalse(Uri.parse(one).equivalent(Uri.parse(two)))
        self.assertFalse(Uri.parse(two).equivalent(Uri.parse(one)))

    def test_escapes_case_of_hosts_and_order_make_no_difference(self) -> None:
        self.same(b"sip:%61lice@atlanta.com;transport=TCP", b"sip:alice@AtLanTa.CoM;Transport=tcp")
        self.same(
            b"sip:biloxi.com;transport=tcp;method=REGISTER?to=sip:bob%40biloxi.com",
            b"sip:biloxi.com;method=REGISTER;transport=tcp?to=sip:bob%40biloxi.com",
        )
        self.same(
            b"sip:alice@atlanta.com?subject=project%20x&priority=urgent",
            b"sip:alice@atlanta.com?priority=urgent&subject=project%20x",
        )

    def test_a_parameter_that_only_one_has_is_ignored(self) -> None:
        self.same(b"sip:carol@chicago.com", b"sip:carol@chicago.com;newparam=5", b"sip:carol@chicago.com;security=on")

    def test_but_not_transport_user_ttl_method_maddr(self) -> None:
        for parameter in (b"transport=udp", b"user=ip", b"ttl=1", b"method=INVITE", b"maddr=192.0.2.1"):
            self.differ(b"sip:bob@biloxi.com", b"sip:bob@biloxi.com;" + parameter)

    def test_what_differs(self) -> None:
        self.differ(b"SIP:ALICE@AtLanTa.CoM;Transport=udp", b"sip:alice@AtLanTa.CoM;Transport=UDP")
        self.differ(b"sip:bob@biloxi.com", b"sip:bob@biloxi.com:5060")
        self.differ(b"sip:bob@biloxi.com;transport=udp", b"sip:bob@biloxi.com:6000;transport=tcp")
        self.differ(b"sip:carol@chicago.com", b"sip:carol@chicago.com?Subject=next%20meeting")
        self.differ(b"sip:bob@phone21.boxesbybob.com", b"sip:bob@192.0.2.4")
        self.differ(b"sip:carol@chicago.com;security=on", b"sip:carol@chicago.com;security=off")
        self.differ(b"sip:a@b", b"sips:a@b")
        self.differ(b"sip:a:p@b", b"sip:a@b")
        self.differ(b"sip:b", b"sip:a@b")

    def test_visual_separators_of_a_tel_uri_make_no_difference(self) -> None:
        self.same(b"tel:+1-201-555-0123", b"tel:+1(201)555.0123")
        self.differ(b"tel:+12015550123", b"tel:+12015550124")
        self.differ(b"tel:123;phone-context=a.b", b"tel:123;phone-context=c.d")

    def test_others_compare_by_text(self) -> None:
        self.same(b"isbn:1", b"ISBN:1")
        self.differ(b"isbn:1", b"isbn:2")
