from __future__ import annotations

from base64 import b64decode

from twisted.trial.unittest import SynchronousTestCase

from sipapp.module import ConfigError, ScriptError
from sipapp.modules.crypto.aes import Cryptor, decrypt, derive, encrypt, make_salt, raw_key

KEY = b"MDEyMzQ1Njc4OWFiY2RlZg=="  # 0123456789abcdef


class AesTests(SynchronousTestCase):
    def test_a_block_is_encrypted_as_nist_says(self) -> None:
        key = bytes.fromhex("2b7e151628aed2a6abf7158809cf4f3c")
        vector = bytes.fromhex("000102030405060708090a0b0c0d0e0f")
        block = bytes.fromhex("6bc1bee22e409f96e93d7e117393172a")  # SP 800-38A F.2.1
        self.assertEqual(encrypt(block, key, vector)[:16].hex(), "7649abac8119b246cee98e9b12e9197d")

    def test_every_length_comes_back(self) -> None:
        key, vector = bytes(32), bytes(16)
        for length in (0, 1, 15, 16, 17, 100):
            self.assertEqual(decrypt(encrypt(b"x" * length, key, vector), key, vector), b"x" * length)

    def test_what_was_not_encrypted_with_this_key_is_an_error(self) -> None:
        data = encrypt(b"hello", bytes(32), bytes(16))
        self.assertRaises(ScriptError, decrypt, data, b"x" * 32, bytes(16))
        for wrong in (b"", data[:-1]):
            self.assertRaises(ScriptError, decrypt, wrong, bytes(32), bytes(16))

    def test_a_salt_is_stretched(self) -> None:
        self.assertEqual(make_salt(b""), b"")
        self.assertEqual(make_salt(b"k8hTm4aZ").hex(), "b29e51e455c2b7e5")
        self.assertRaises(ConfigError, make_salt, b"short")

    def test_a_key_and_a_vector_come_of_a_password_and_a_salt(self) -> None:
        key, vector = derive(b"key", make_salt(b"k8hTm4aZ"))
        self.assertEqual(key.hex(), "5d60ae191df1627dec4fda751232c4a1625f4a6cc2311cff91bedd1f216a8cc0")
        self.assertEqual(vector.hex(), "ffc37e2101a036aa9c7de281d2fc4312")

    def test_kamailios_texts_are_read_and_ours_are_the_same(self) -> None:
        for salt, derivation, key, text, made in KAMAILIO:
            cryptor = Cryptor(make_salt(salt), derivation, None if derivation else b"0123456789abcdef")
            self.assertEqual(cryptor.decrypt(made, key), text)
            self.assertEqual(cryptor.encrypt(text, key), made)

    def test_without_derivation_each_text_has_a_vector_of_its_own(self) -> None:
        cryptor = Cryptor(b"", False, None)
        one, two = cryptor.encrypt(b"hello", KEY), cryptor.encrypt(b"hello", KEY)
        self.assertNotEqual(b64decode(one)[:16], b64decode(two)[:16])
        self.assertEqual((cryptor.decrypt(one, KEY), cryptor.decrypt(two, KEY)), (b"hello", b"hello"))

    def test_a_key_has_128_or_256_bits(self) -> None:
        self.assertEqual(raw_key(KEY), b"0123456789abcdef")
        for text in (b"", b"c2hvcnQ=", b"A"):
            self.assertRaises(ScriptError, raw_key, text)


KAMAILIO: list[tuple[bytes, bool, bytes, bytes, bytes]] = [
    (b"k8hTm4aZ", True, b"key", b"hello", b"343QdjrrUIUImfjcliCdlg=="),
    (b"", True, b"key", b"hello", b"gKQNQF2CZtlmysUT04FSrw=="),
    (b"", False, b"MDEyMzQ1Njc4OWFiY2RlZg==", b"hello", b"MDEyMzQ1Njc4OWFiY2RlZjDny7cc2dGIEuPuXD8pRWM="),
    (
        b"",
        False,
        b"MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=",
        b"hello",
        b"MDEyMzQ1Njc4OWFiY2RlZlEHcOOCQ6s7MWKZEgsFwyA=",
    ),
    (b"k8hTm4aZ", True, b"", b"", b"PNGcRHeBWIA5VlV8svmpbA=="),
    (b"another salt value, long", True, b"key", b"aaaaaaaaaaaaaaaa", b"ax42IQqWCCk76HCocriFJ2NaLrsw7uhN5k2L47oPuTY="),
    (b"\xc3\xa9\xc3\xbf\xc3\xbe\xc3\xa9~~~~~~", True, b"key", b"\xc3\xa9", b"IHeKl9UkHw2380E4dUqXOA=="),
]
"""(salt, derivation, key, text, what Kamailio 5.6.3 made of it)"""
