"""sipapp.modules.http_async_client.options; each key is shown by the script in test_http_async_client."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from sipapp.errors import ScriptError
from sipapp.modules.http_async_client.options import KEYS, Options, key_of

DEFAULTS = Options(timeout=700)


class OptionsTests(SynchronousTestCase):
    def test_every_key_can_be_set_and_taken_back(self) -> None:
        texts = ("hdr", "body", "tls_client_cert", "tls_client_key", "tls_ca_path", "username", "password")
        values: dict[str, int | bytes] = {"method": b"PUT", "suspend": 0, "tls_verify_peer": 0, "tls_verify_host": 0}
        for name in KEYS[1:]:
            key = key_of(name.encode())
            options = Options(timeout=700)
            options.assign(key, values.get(key, b"X: 1" if key in texts else 1), DEFAULTS)
            self.assertNotEqual(options, DEFAULTS, key)
            options.assign(key, None, DEFAULTS)
            self.assertEqual(options, DEFAULTS, key)

    def test_older_names_are_known(self) -> None:
        self.assertEqual(key_of(b"tcp_ka_idle"), "ka-idle")

    def test_a_text_for_a_number_is_refused_and_a_number_for_a_text(self) -> None:
        self.assertRaises(ScriptError, Options().assign, "timeout", b"1", DEFAULTS)
        self.assertRaises(ScriptError, Options().assign, "body", 1, DEFAULTS)
        self.assertRaises(ScriptError, Options().assign, "method", b"STEAL", DEFAULTS)
        self.assertRaises(ScriptError, Options().assign, "http_version", 6, DEFAULTS)
        self.assertRaises(ScriptError, Options().assign, "authmethod", 8, DEFAULTS)

    def test_without_keepalive_its_times_do_not_matter(self) -> None:
        self.assertIsNone(Options(ka_idle=5).request(b"", b"", 0).profile.keepalive)
