"""codes: the transformations {s.*} that encode, escape and hash."""

from tests.modules.pv.script import TransformationCase


class HashTests(TransformationCase):
    def test_digests_are_hexadecimal(self) -> None:
        self.check(
            b"abc",
            {
                "{s.md5}": b"900150983cd24fb0d6963f7d28e17f72",
                "{s.sha1}": b"a9993e364706816aba3e25717850c26c9cd0d89d",
                "{s.sha256}": b"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
                "{s.sha3}": b"3a985da74fe225b2045c172d6bd390bd855f086e3e9d525b46bfe24511431532",
                "{s.keccak}": b"4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45",
                "{s.sha384}{s.substr,0,8}": b"cb00753f",
                "{s.sha512}{s.substr,0,8}": b"ddaf35a1",
                "{s.sha3,512}{s.substr,0,8}": b"b751850b",
                "{s.keccak,512}{s.substr,0,8}": b"18587dc2",
            },
        )

    def test_there_are_digests_of_some_lengths_only(self) -> None:
        self.check(b"abc", {"{s.sha3,224}": None, "{s.keccak,1}": None, "{s.sha3,x}": None})

    def test_kamailio_knows_sha1_as_s(self) -> None:
        self.check(b"abc", {"{s.s}": b"a9993e364706816aba3e25717850c26c9cd0d89d"})

    def test_a_crc_is_a_number_of_32_bits_with_a_sign(self) -> None:
        self.check(b"123456789", {"{s.crc32}": 0xCBF43926 - 2**32})

    def test_corehash_is_kamailios_own(self) -> None:
        self.check(b"abc", {"{s.corehash}": b"7167810", "{s.corehash,16}": b"2"})
        self.check(b"sip:alice@example.com", {"{s.corehash}": b"721547707"})


class EncodingTests(TransformationCase):
    def test_hexadecimal_digits(self) -> None:
        self.check(b"a\xff\x00", {"{s.encode.hexa}": b"61ff00"})
        self.check(b"61FF0", {"{s.decode.hexa}": b"a\xff"})
        self.check(b"6x", {"{s.decode.hexa}": None})

    def test_seven_bits_are_packed_as_in_short_messages(self) -> None:
        self.check(b"hellohello", {"{s.encode.7bit}": b"E8329BFD4697D9EC37"})
        self.check(b"E8329BFD4697D9EC37", {"{s.decode.7bit}": b"hellohello"})
        self.check(b"E83", {"{s.decode.7bit}": None})

    def test_eight_septets_fill_seven_octets(self) -> None:
        self.check(b"abcdefgh", {"{s.encode.7bit}{s.len}": 14, "{s.encode.7bit}{s.decode.7bit}": b"abcdefgh"})
        self.check(b"abcdefg", {"{s.encode.7bit}{s.decode.7bit}": b"abcdefg"})

    def test_base58(self) -> None:
        self.check(b"Hello World!", {"{s.encode.base58}": b"2NEpo7TZRRrLZSi2U"})
        self.check(b"\0\0\x01", {"{s.encode.base58}": b"112"})
        self.check(b"2NEpo7TZRRrLZSi2U", {"{s.decode.base58}": b"Hello World!"})
        self.check(b"112", {"{s.decode.base58}": b"\0\0\x01"})
        self.check(b"0OIl", {"{s.decode.base58}": None})

    def test_base64_in_its_four_forms(self) -> None:
        self.check(
            b"\xfb\xff?",
            {"{s.encode.base64}": b"+/8/", "{s.encode.base64t}": b"+/8/", "{s.encode.base64url}": b"-_8_"},
        )
        self.check(
            b"a",
            {
                "{s.encode.base64}": b"YQ==",
                "{s.encode.base64t}": b"YQ",
                "{s.encode.base64url}": b"YQ==",
                "{s.encode.base64urlt}": b"YQ",
            },
        )

    def test_base64_is_read_with_padding_or_without(self) -> None:
        self.check(b"YWI=", {"{s.decode.base64}": b"ab", "{s.decode.base64t}": b"ab", "{s.decode.base64url}": b"ab"})
        self.check(b"YWI", {"{s.decode.base64}": None, "{s.decode.base64t}": b"ab", "{s.decode.base64urlt}": b"ab"})
        self.check(b"", {"{s.decode.base64}": b"", "{s.decode.base64url}": None})
        self.check(b"12abc", {"{s.decode.base64url}": b"\xd7f\x9b"})

    def test_strange_characters_do_not_stop_base64_but_its_url_form(self) -> None:
        self.check(b"Y*I=", {"{s.decode.base64}{s.len}": 2, "{s.decode.base64url}": None})
        self.check(b"YW=I", {"{s.decode.base64}": None})


class EscapeTests(TransformationCase):
    def test_quotes_and_backslashes_get_a_backslash(self) -> None:
        self.check(b"a'\"\\\0", {"{s.escape.common}": b"a\\'\\\"\\\\\\0"})
        self.check(b"a\\'\\\"\\\\\\0\\n", {"{s.unescape.common}": b"a'\"\\\0\\n"})

    def test_line_ends_become_letters(self) -> None:
        self.check(b"a\r\nb", {"{s.escape.crlf}": b"a\\r\\nb"})
        self.check(b"a\\r\\nb\\t", {"{s.unescape.crlf}": b"a\r\nb\\t"})
        self.check(b"", {"{s.escape.crlf}": None, "{s.unescape.crlf}": None})

    def test_the_user_part_of_a_uri_may_hold_less_than_a_parameter(self) -> None:
        self.check(b"a b@c;d:e", {"{s.escape.user}": b"a%20b%40c;d%3ae", "{s.escape.param}": b"a%20b%40c%3bd:e"})
        self.check(b"\x07", {"{s.escape.user}": None, "{s.escape.param}": None})

    def test_percent_escapes_are_resolved(self) -> None:
        self.check(b"a%20b%40", {"{s.unescape.user}": b"a b@", "{s.unescape.param}": b"a b@"})
        for wrong in (b"a%2", b"%zz", b"%07"):
            self.check(wrong, {"{s.unescape.user}": None})

    def test_a_csv_field_doubles_its_quotes(self) -> None:
        self.check(b'a "b"', {"{s.escape.csv}": b'"a ""b"""'})

    def test_query_strings(self) -> None:
        self.check(b"a b&c=~", {"{s.urlencode.param}": b"a%20b%26c%3d~"})
        self.check(b"a+b%26c%3D", {"{s.urldecode.param}": b"a b&c="})
