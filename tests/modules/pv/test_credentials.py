"""credentials: what Authorization and Proxy-Authorization say."""

from collections.abc import Mapping

from twisted.trial.unittest import SynchronousTestCase

from sipapp.interfaces.script import Value
from sipapp.modules.pv.credentials import AUTHORIZED
from tests.modules.pv.script import Script, with_fields

DIGEST = (
    'Digest username="{}", realm="example.com", nonce="n1", uri="sip:example.com", response="r1", algorithm=MD5,'
    ' cnonce="c1", opaque="o1", qop=auth, nc=00000001'
)
ALL = ("$au", "$ad", "$aU", "$ar", "$adu", "$aa", "$adn", "$adc", "$adr", "$ado")


class CredentialsTests(SynchronousTestCase):
    def reads(self, script: Script, expected: Mapping[str, Value]) -> None:
        self.assertEqual({name: script.read(name) for name in expected}, expected)

    def test_their_parameters(self) -> None:
        self.reads(
            Script(with_fields("Authorization: " + DIGEST.format("alice"))),
            {
                "$au": b"alice",
                "$ad": b"",
                "$aU": b"alice",
                "$ar": b"example.com",
                "$adu": b"sip:example.com",
                "$aa": b"MD5",
                "$adn": b"n1",
                "$adc": b"c1",
                "$adr": b"r1",
                "$ado": b"o1",
            },
        )

    def test_a_user_name_may_have_a_domain_and_a_scheme(self) -> None:
        for name in ("alice@example.org", "sip:alice@example.org"):
            self.reads(
                Script(with_fields("Authorization: " + DIGEST.format(name))),
                {"$au": b"alice", "$ad": b"example.org", "$aU": name.encode()},
            )

    def test_those_for_a_proxy_go_first(self) -> None:
        lines = ("Authorization: " + DIGEST.format("alice"), "Proxy-Authorization: " + DIGEST.format("proxy"))
        self.reads(Script(with_fields(*lines)), {"$au": b"proxy"})

    def test_without_them_all_is_null(self) -> None:
        for line in ("X: y", "Authorization: Basic abc", 'Authorization: Digest username="x'):
            self.reads(Script(with_fields(line)), dict.fromkeys(ALL))

    def test_what_they_lack_is_empty(self) -> None:
        self.reads(
            Script(with_fields('Authorization: Digest username="alice"')),
            {"$au": b"alice", "$ar": b"", "$adn": b"", "$aa": b"", "$adu": None},
        )

    def test_ack_and_cancel_are_not_looked_at(self) -> None:
        for method in ("ACK", "CANCEL"):
            script = Script(with_fields("Authorization: " + DIGEST.format("alice"), method=method))
            self.reads(script, {"$au": None})


class ChargedTests(SynchronousTestCase):
    def test_it_is_from_that_pays(self) -> None:
        script = Script()
        self.assertEqual([script.read("$AU"), script.read("$Au")], [b"alice", b"alice@example.com"])

    def test_or_who_was_authenticated(self) -> None:
        script = Script()
        script.ctx.extra[AUTHORIZED] = (b"bob", b"example.org")
        self.assertEqual([script.read("$AU"), script.read("$Au")], [b"bob", b"bob@example.org"])
        script.ctx.extra[AUTHORIZED] = (b"bob", None)
        self.assertEqual(script.read("$Au"), b"bob")
