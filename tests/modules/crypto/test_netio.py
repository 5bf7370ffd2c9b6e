from __future__ import annotations

from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from sipapp.module import ConfigError, ScriptError
from sipapp.modules.crypto import Crypto
from sipapp.modules.crypto.aes import decrypt, derive, encrypt, make_salt
from sipapp.testing.harness import Harness
from tests.modules.stage import Server, context, made

CFG = """
loadmodule "sl" loadmodule "pv" loadmodule "crypto"
modparam("crypto", "register_evcb", 1)
modparam("crypto", "netio_key", "our key")
request_route { sl_send_reply(200, "OK"); }
event_route[crypto:netio] {
    if (crypto_netio_in() && $si == "192.0.2.9") crypto_netio_decrypt();
    if (crypto_netio_out() && $snd(ip) == "192.0.2.9") crypto_netio_encrypt();
}
"""
KEY = derive(b"our key", make_salt(b"k8hTm4aZ"))
OPTIONS = (
    b"OPTIONS sip:bob@192.0.2.100 SIP/2.0\r\nVia: SIP/2.0/UDP %b:5070;branch=z9hG4bK1\r\n"
    b"From: <sip:a@h>;tag=1\r\nTo: <sip:b@h>\r\nCall-ID: 1\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n"
)


class NetIoTests(SynchronousTestCase):
    def test_the_script_says_whose_messages_are_encrypted(self) -> None:
        sip = Harness(CFG)
        self.addCleanup(sip.close)
        got: list[bytes] = []
        for host in ("192.0.2.9", "192.0.2.8"):
            sip.network.attach(("udp", host, 5070), lambda data, source: got.append(data))
        server = ("udp", "192.0.2.100", 5060)
        sip.network.send(("udp", "192.0.2.9", 5070), server, encrypt(OPTIONS % b"192.0.2.9", *KEY))
        sip.advance(0)
        sip.network.send(("udp", "192.0.2.8", 5070), server, OPTIONS % b"192.0.2.8")
        sip.advance(0)
        self.assertTrue(decrypt(got[0], *KEY).startswith(b"SIP/2.0 200 OK\r\n"))
        self.assertTrue(got[1].startswith(b"SIP/2.0 200 OK\r\n"))

    def start(self, **parameters: Any) -> Any:
        module = made(Crypto, register_evcb=1, **parameters)
        module.start(Server())
        return module

    def test_a_key_is_needed(self) -> None:
        self.assertRaises(ConfigError, self.start)
        self.assertRaises(ConfigError, self.start, netio_key=b"short", key_derivation=0)
        self.start(netio_key=b"0123456789abcdef", key_derivation=0)

    def test_outside_of_the_event_route_there_is_no_such_message(self) -> None:
        module = self.start(netio_key=b"key")
        for function in (
            module.crypto_netio_in,
            module.crypto_netio_out,
            module.crypto_netio_encrypt,
            module.crypto_netio_decrypt,
        ):
            self.assertRaises(ScriptError, function, context())
