"""uac_auth()."""

from __future__ import annotations

from sipapp.errors import ConfigError
from sipapp.modules.uac.credentials import parse_credential
from sipapp.modules.uac.digest import Credential
from tests.modules.uac.scene import SceneCase

ASKS = 'WWW-Authenticate: Digest realm="r.example", nonce="abc"'
PROXY_ASKS = 'Proxy-Authenticate: Digest realm="r.example", nonce="abc"'
FAILED = """failure_route[F] {
    if (uac_auth(%s)) { $du = "sip:192.0.2.2:5060"; t_relay(); exit; } t_reply(480, "Not Known"); }"""
JOE = 'modparam("uac", "credential", "joe:r.example:secret")'
HELD = "".join(f'modparam("uac", "auth_{name}_avp", "$avp({name})")' for name in ("username", "realm", "password"))


class UacAuthTests(SceneCase):
    def authenticated(
        self, modparams: str, answers: list[tuple[float, int, str]], before: str = "", mode: str = ""
    ) -> None:
        self.play(
            f'{modparams} {FAILED % mode} request_route {{ {before} t_on_failure("F");'
            '$du = "sip:192.0.2.2:5060"; t_relay(); exit; }'
        )
        coming = iter([*answers, (0.0, 200, "X-A: 1")])
        self.bob.answers = lambda request: [next(coming)]
        self.alice.send("INVITE")
        self.sip.advance(0)

    def credentials(self) -> list[bytes | None]:
        return [
            r.first(b"authorization") or r.first(b"proxy-authorization") for r in self.requests() if r.method != b"ACK"
        ]

    def test_the_request_goes_again_with_credentials(self) -> None:
        for status, challenge in ((401, ASKS), (407, PROXY_ASKS)):
            self.authenticated(JOE, [(0.0, status, challenge)])
            first, second = self.credentials()
            self.assertIsNone(first)
            self.assertTrue(second is not None and second.startswith(b'Digest username="joe", realm="r.example"'))
            self.assertEqual(self.alice.statuses[-1], 200)

    def test_variables_come_before_credentials(self) -> None:
        self.authenticated(HELD + JOE, [(0.0, 401, ASKS)], '$avp(username) = "ann"; $avp(password) = "pw";')
        self.assertIn(b'username="ann"', self.credentials()[1] or b"")
        before = '$avp(username) = "ann"; $avp(password) = "pw"; $avp(realm) = "other";'
        self.authenticated(HELD + JOE, [(0.0, 401, ASKS)], before)
        self.assertIn(b'username="joe"', self.credentials()[1] or b"")

    def test_a_mode_says_that_the_password_is_a_hash(self) -> None:
        self.authenticated(JOE, [(0.0, 401, ASKS)])
        plain = self.credentials()[1]
        self.authenticated(JOE, [(0.0, 401, ASKS)], mode="1")
        self.assertNotEqual(self.credentials()[1], plain)

    def test_of_several_challenges_one_that_can_be_answered(self) -> None:
        more = 'WWW-Authenticate: Digest realm="r.example", nonce="abc", algorithm=NEW\r\n'
        more += 'WWW-Authenticate: Digest realm="other", nonce="abc"\r\n' + ASKS
        self.authenticated(JOE, [(0.0, 401, more)])
        self.assertIn(b'realm="r.example"', self.credentials()[1] or b"")

    def test_what_cannot_be_answered_is_false(self) -> None:
        for answer in ((0.0, 401, ASKS.replace("r.example", "other")), (0.0, 404, "X: 1"), (0.0, 401, "X: 1")):
            self.authenticated(JOE, [answer])
            self.assertEqual(self.alice.statuses[-1], 480)

    def test_a_response_of_our_own_cannot_be_answered(self) -> None:
        self.play(
            f'{JOE} {FAILED % ""} request_route {{ t_on_failure("F"); $du = "sip:192.0.2.77"; t_relay(); exit; }}'
        )
        self.alice.send("INVITE")
        self.sip.advance(40)
        self.assertEqual(self.alice.statuses[-1], 480)


class ParametersTests(SceneCase):
    def test_a_credential_is_user_realm_and_password(self) -> None:
        self.assertEqual(parse_credential(" joe : r : a:b "), Credential(b"r", b"joe", b"a:b"))
        for wrong in ("", "joe", "joe:r", "joe:r:", "joe:r:p q"):
            self.assertRaises(ConfigError, parse_credential, wrong)

    def test_the_variables_go_together(self) -> None:
        modparam = 'modparam("uac", "auth_realm_avp", "$avp(r)")'
        self.assertRaises(ConfigError, self.play, modparam + "request_route { exit; }")
