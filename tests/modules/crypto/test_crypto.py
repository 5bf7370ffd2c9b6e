from __future__ import annotations

import sys
from typing import Any
from uuid import UUID

from twisted.trial.unittest import SynchronousTestCase

from sipapp.errors import ConfigError
from sipapp.modules.crypto import Crypto
from sipapp.testing.harness import Harness
from tests.modules.stage import Server, context, made, variable

CFG = r"""
loadmodule "sl" loadmodule "pv" loadmodule "textops" loadmodule "crypto"
request_route {
    crypto_aes_encrypt("$fU", "key", "$var(secret)");
    crypto_aes_decrypt("$var(secret)", "key", "$var(plain)");
    append_to_reply("X-Out: $var(secret) $var(plain)\r\n");
    sl_send_reply(200, "OK");
}
"""


class CryptoTests(SynchronousTestCase):
    def start(self, **parameters: Any) -> tuple[Any, Any]:
        module, server = made(Crypto, **parameters), Server()
        server.ids = type("Ids", (), {"call_id": lambda self: b"call-1"})()
        module.start(server)
        return module, server

    def test_a_script_encrypts_and_decrypts(self) -> None:
        sip = Harness(CFG)
        self.addCleanup(sip.close)
        alice = sip.peer("udp:192.0.2.9:5070")
        alice.send("OPTIONS")
        sip.advance(0)
        secret, plain = (alice.messages[0].first(b"x-out") or b"").split()
        self.assertEqual((len(secret), plain), (24, b"alice"))

    def test_keys_can_be_given_as_they_are(self) -> None:
        module, _ = self.start(key_derivation=0, init_vector=b"MDEyMzQ1Njc4OWFiY2RlZg==")
        target = variable()
        self.assertEqual(module.crypto_aes_encrypt(context(), b"hello", b"MDEyMzQ1Njc4OWFiY2RlZg==", target), 1)
        self.assertTrue(target.value.startswith(b"MDEyMzQ1Njc4OWFiY2Rl"))
        self.assertEqual(module.crypto_aes_decrypt(context(), target.value, b"MDEyMzQ1Njc4OWFiY2RlZg==", target), 1)
        self.assertEqual(target.value, b"hello")

    def test_a_vector_has_16_bytes(self) -> None:
        for text in (b"c2hvcnQ=", b"A"):
            self.assertRaises(ConfigError, self.start, init_vector=text)

    def test_keyed_hashes_are_written_for_urls(self) -> None:
        module, _ = self.start()
        target = variable()
        self.assertEqual(module.crypto_hmac_sha256(context(), b"what do ya want for nothing?", b"Jefe", target), 1)
        # RFC 4231 §4.3: 5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843
        self.assertEqual(target.value, b"W9zBRr9gdU5qBCQmCJV1x1oAPwidJzmDnexYuWTsOEM")

    def test_call_ids_are_uuids_on_request(self) -> None:
        _, server = self.start()
        self.assertEqual(server.ids.call_id(), b"call-1")
        _, server = self.start(register_callid=1)
        one, two = UUID(server.ids.call_id().decode()), UUID(server.ids.call_id().decode())
        self.assertEqual(one.version, 4)
        self.assertNotEqual(one, two)

    def test_without_the_package_loadmodule_says_what_is_missing(self) -> None:
        names = [name for name in sys.modules if name.startswith("sipapp.modules.crypto")]
        for name in names:
            self.addCleanup(sys.modules.__setitem__, name, sys.modules.pop(name))
        missing = "cryptography.hazmat.primitives.ciphers"
        self.addCleanup(sys.modules.__setitem__, missing, sys.modules[missing])
        sys.modules[missing] = None  # type: ignore[assignment]
        why = self.assertRaises(ConfigError, Harness, 'loadmodule "crypto.so"\nrequest_route { exit; }')
        self.assertEqual(
            str(why),
            "app.cfg:1:1: loadmodule \"crypto.so\": the package cryptography is missing: pip install 'sipapp[crypto]'",
        )
