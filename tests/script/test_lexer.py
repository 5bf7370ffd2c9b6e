"""lexer: text becomes tokens, by the rules of Kamailio's scanner."""

from twisted.trial.unittest import SynchronousTestCase

from sipapp.script.lexer import number_value, unescape
from sipapp.script.preprocess import Preprocessor
from sipapp.script.source import Source


def read(text: str) -> Preprocessor:
    preprocessor = Preprocessor()
    preprocessor.read(Source("app.cfg", text.encode()))
    return preprocessor


def tokens(text: str) -> list[tuple[str, str]]:
    return [(kind, value) for kind, value, _, _ in read("#!KAMAILIO\n" + text).tokens[:-1]]


def kinds(text: str) -> list[str]:
    return [kind for kind, _ in tokens(text)]


def places(text: str) -> list[tuple[int, int]]:
    return [source.position(offset)[1:3] for _, _, source, offset in read(text).tokens[:-1]]


class WordTests(SynchronousTestCase):
    def test_the_longest_word_counts(self) -> None:
        self.assertEqual(tokens("iff if route_x"), [("ID", "iff"), ("if", "if"), ("ID", "route_x")])

    def test_keywords_keep_how_they_were_written(self) -> None:
        self.assertEqual(tokens("sethost and not"), [("rewritehost", "sethost"), ("&&", "and"), ("!", "not")])

    def test_three_operands_have_a_colon_in_them(self) -> None:
        self.assertEqual(kinds("msg:len uri:host uri:port"), ["msg:len", "uri:host", "uri:port"])
        self.assertEqual(kinds("msg :len uri:x"), ["ID", ":", "ID", "uri", ":", "ID"])

    def test_words_that_begin_with_a_digit_are_names_only_of_hosts(self) -> None:
        self.assertEqual(
            tokens("5ab 08 2b 0xg"), [("NUMID", "5ab"), ("NUMID", "08"), ("NUMID", "2b"), ("NUMID", "0xg")]
        )

    def test_an_ipv6_address_may_begin_like_a_word_or_a_number(self) -> None:
        text = "::1 2001:db8::1 abcd::ef 1:2:3:4:5:6:7:8 fe80::"
        self.assertEqual([value for kind, value in tokens(text) if kind == "IPV6"], text.split())

    def test_a_colon_behind_a_label_is_no_address(self) -> None:
        self.assertEqual(kinds("case 1: case a: default:"), ["case", "NUMBER", ":", "case", "ID", ":", "default", ":"])


class NumberTests(SynchronousTestCase):
    def test_decimal_hexadecimal_octal_and_binary(self) -> None:
        self.assertEqual(kinds("10 0x1F 017 101b"), ["NUMBER"] * 4)
        self.assertEqual([number_value(t) for t in ("10", "0x1F", "017", "101b", "0x1b")], [10, 31, 15, 5, 27])

    def test_a_capital_x_and_a_prefix_0b_are_none(self) -> None:
        self.assertEqual(kinds("0X10 0b101"), ["NUMID", "NUMID"])

    def test_too_large_ones_overflow_as_in_c(self) -> None:
        values = [
            number_value(t) for t in ("2147483647", "2147483648", "4294967296", "9999999999", "0xffffffff", "9" * 30)
        ]
        self.assertEqual(values, [2147483647, -2147483648, 0, 1410065407, -1, -1])

    def test_words_are_numbers_too(self) -> None:
        self.assertEqual([number_value(t) for t in ("yes", "off", "INET6")], [1, 0, 10])


class StringTests(SynchronousTestCase):
    def test_escapes_between_double_quotes(self) -> None:
        self.assertEqual(unescape(r"a\n\r\t\a\"\\\x41\101\07"), 'a\n\r\t\a"\\AA\7')

    def test_other_backslashes_stay(self) -> None:
        self.assertEqual(unescape(r"\d \1 \xg \8"), r"\d \1 \xg \8")

    def test_an_escaped_line_end_is_left_out(self) -> None:
        self.assertEqual(tokens('"a\\\nb"'), [("STRING", "ab")])

    def test_single_quotes_know_no_escapes(self) -> None:
        self.assertEqual(tokens(r"'a\n\'"), [("STRING", r"a\n" + "\\")])

    def test_texts_in_double_quotes_join_over_white_space(self) -> None:
        self.assertEqual(tokens('"a" "b"\n\t"c"'), [("STRING", "abc")])

    def test_comments_and_single_quotes_part_them(self) -> None:
        self.assertEqual(kinds('"a"/**/"b"'), ["STRING", "STRING"])
        self.assertEqual(kinds("'a' 'b'"), ["STRING", "STRING"])
        self.assertEqual(kinds("\"a\" 'b'"), ["STRING", "STRING"])

    def test_a_null_byte_ends_the_text(self) -> None:
        self.assertEqual(tokens(r'"ab\x00cd" "ef"'), [("STRING", "ab")])

    def test_strings_may_go_over_lines(self) -> None:
        self.assertEqual(tokens("\"a\nb\" 'c\nd'"), [("STRING", "a\nb"), ("STRING", "c\nd")])

    def test_an_open_string_is_marked_at_its_quote(self) -> None:
        self.assertEqual(str(read('exit; "abc').unclosed), "app.cfg:1:7: this string is never closed")
        self.assertEqual(str(read("'abc").unclosed), "app.cfg:1:1: this string is never closed")


class VariableTests(SynchronousTestCase):
    def test_a_name_ends_where_no_letter_digit_or_underscore_is(self) -> None:
        self.assertEqual(
            tokens("$rU; $T_reply_code+$avp.x"),
            [
                ("VARIABLE", "$rU"),
                (";", ";"),
                ("VARIABLE", "$T_reply_code"),
                ("+", "+"),
                ("VARIABLE", "$avp"),
                (".", "."),
                ("ID", "x"),
            ],
        )

    def test_parentheses_are_counted(self) -> None:
        for text in ("$avp(s:x)", "$(hdr(X-Y)[1]{s.len})", "$sht(a=>$var(b))", "$(ru{re.subst,/(a b)/c;/})"):
            self.assertEqual(tokens(text + ";"), [("VARIABLE", text), (";", ";")])

    def test_the_return_code_ends_early(self) -> None:
        self.assertEqual(tokens("$rcv(x)")[:2], [("VARIABLE", "$rc"), ("ID", "v")])
        self.assertEqual(tokens("$? $retcode"), [("VARIABLE", "$?"), ("VARIABLE", "$retcode")])

    def test_an_open_parenthesis_is_a_mistake(self) -> None:
        errors = read("$(rU;\nexit;").errors
        self.assertEqual(
            [str(e) for e in errors], ["app.cfg:1:1: this variable's parenthesis is not closed on its line"]
        )

    def test_a_dollar_alone_is_a_mistake(self) -> None:
        errors = read("#!KAMAILIO\n$x = $ 5;").errors
        self.assertEqual([str(e) for e in errors], ["app.cfg:2:6: a variable's name is expected behind the $"])

    def test_outside_of_the_kamailio_dialect_a_bare_name_is_doubtful(self) -> None:
        found = [t[:2] for t in read("$foo $var(x) $f.x $foo[1] %fu.y").tokens[:-1]]
        bare, plain, classed, indexed = found[:4]
        self.assertEqual((bare, plain), (("PLAIN", "$foo"), ("VARIABLE", "$var(x)")))
        self.assertEqual((classed, indexed, found[-1]), (("AVP", "f.x"), ("AVP", "foo"), ("AVP", "fu.y")))

    def test_in_the_ser_dialect_every_dollar_is_an_avp(self) -> None:
        self.assertEqual([t[:2] for t in read("#!SER\n$foo").tokens[:-1]], [("AVP", "foo")])

    def test_selects_know_no_keywords(self) -> None:
        found = " ".join(kinds('@via[1].port["x"] == 5'))
        self.assertEqual(found, "@ ID [ NUMBER ] . ID [ STRING ] == NUMBER")


class OtherTests(SynchronousTestCase):
    def test_operators_are_as_long_as_can_be(self) -> None:
        text = "== =~ = >= >> > <= << < != ! && & || | += + ~ ^"
        self.assertEqual(" ".join(kinds(text)), text)
        self.assertEqual(kinds("!!x !=!x"), ["!", "!", "ID", "!=", "!", "ID"])

    def test_casts_are_one_token(self) -> None:
        self.assertEqual(kinds("(int)x (str)x ( int )"), ["(int)", "ID", "(str)", "ID", "(", "ID", ")"])

    def test_comments(self) -> None:
        self.assertEqual(kinds("a # b\nc // d\ne /* f\n /* g */ h */ i"), ["ID", "ID", "ID", "ID"])

    def test_an_open_comment_is_marked_at_its_start(self) -> None:
        self.assertEqual(str(read("a /* b /* c */").unclosed), "app.cfg:1:3: this comment is never closed")

    def test_what_means_nothing_is_left_out_with_a_warning(self) -> None:
        preprocessor = read("exit ?;é")
        self.assertEqual([t[0] for t in preprocessor.tokens], ["exit", ";", "END"])
        self.assertEqual(
            [str(w) for w in preprocessor.warnings],
            [
                'app.cfg:1:6: "?" means nothing here and is left out',
                'app.cfg:1:8: "é" means nothing here and is left out',
            ],
        )

    def test_a_byte_order_mark_means_nothing(self) -> None:
        preprocessor = read("\ufeffexit")
        self.assertEqual(([t[0] for t in preprocessor.tokens], preprocessor.warnings), (["exit", "END"], []))

    def test_a_backslash_before_a_line_end_joins_lines(self) -> None:
        self.assertEqual(kinds("exit \\\n;"), ["exit", ";"])

    def test_an_events_name_stands_between_brackets(self) -> None:
        self.assertEqual(
            tokens("event_route[tm:local-request:x]")[1:], [("[", "["), ("EVENT", "tm:local-request:x"), ("]", "]")]
        )
        self.assertEqual(tokens('event_route [ "tm:x" ]')[2], ("EVENT", "tm:x"))
        self.assertEqual(tokens("event_route[tm]")[2], ("NUMID", "tm"))

    def test_every_token_knows_its_place(self) -> None:
        self.assertEqual(places('exit;\n\tif ("a"\n  "b")'), [(1, 1), (1, 5), (2, 2), (2, 5), (2, 6), (3, 6)])

    def test_the_end_is_where_the_last_token_is(self) -> None:
        _, _, source, offset = read("exit;\n\n").tokens[-1]
        self.assertEqual(source.position(offset)[1:3], (1, 5))
