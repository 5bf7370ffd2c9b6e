from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from sipapp.message.uri import Uri
from sipapp.module import ScriptError
from sipapp.modules.siputils.uris import find_parameter, parameters, parse_uri, request_uri, same_aor, same_uri
from tests.modules.stage import context, response


def same(one: bytes, two: bytes) -> bool:
    return same_uri(Uri.parse(one), Uri.parse(two))


class UrisTests(SynchronousTestCase):
    def test_parameters_have_their_places_in_the_text(self) -> None:
        text = b"sip:bob@h;X=1;flag;y=?a=b"
        found = parameters(Uri.parse(text))
        self.assertEqual([(p.name, p.value) for p in found], [(b"X", b"1"), (b"flag", b""), (b"y", b"")])
        self.assertEqual([text[p.start : p.end] for p in found], [b";X=1", b";flag", b";y="])

    def test_a_tel_uri_has_parameters_too(self) -> None:
        found = find_parameter(Uri.parse(b"tel:+1;phone-context=x"), b"Phone-Context")
        assert found is not None
        self.assertEqual(found.value, b"x")

    def test_the_request_uri_is_as_the_script_left_it(self) -> None:
        ctx = context()
        self.assertEqual(request_uri(ctx), b"sip:bob@example.com")
        ctx.draft.request_uri = b"sip:new@example.com"
        self.assertEqual(request_uri(ctx), b"sip:new@example.com")
        self.assertRaises(ScriptError, request_uri, context(response()))

    def test_a_malformed_uri_is_an_error_of_the_script(self) -> None:
        self.assertRaises(ScriptError, parse_uri, b"bob@example.com")

    def test_uris_are_compared_as_kamailio_does(self) -> None:
        for one, two, expected in (
            (b"sip:bob@example.com", b"sip:bob@EXAMPLE.com", True),
            (b"sip:bob@example.com", b"sip:Bob@example.com", False),
            (b"sip:bob@example.com", b"sip:bob@example.com:5060", False),
            (b"sip:bob@example.com;x=1", b"sip:bob@example.com", True),
            (b"sip:bob@example.com;x=1", b"sip:bob@example.com;x=2", False),
            (b"sip:bob@example.com;x=a", b"sip:bob@example.com;X=A;y", True),
            (b"sip:bob@example.com;user=phone", b"sip:bob@example.com", False),
            (b"sip:bob@example.com;transport=udp", b"sip:bob@example.com", True),
            (b"sip:bob:pw@example.com", b"sip:bob@example.com", False),
            (b"sip:bob@example.com", b"sips:bob@example.com", False),
        ):
            self.assertEqual(same(one, two), expected, (one, two))

    def test_addresses_of_record_are_user_host_and_port(self) -> None:
        for one, two, expected in (
            (b"sip:bob@example.com", b"sips:bob@EXAMPLE.com:5060;x=1", True),
            (b"sip:bob@example.com", b"sip:bob@example.com:5070", False),
            (b"sip:bob@example.com:5061", b"sip:bob@example.com:5070", False),
            (b"sip:bob@example.com", b"sip:alice@example.com", False),
        ):
            self.assertEqual(same_aor(Uri.parse(one), Uri.parse(two)), expected, (one, two))
