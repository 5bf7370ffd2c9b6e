"""expressions: what operators bind, what stands between them, and where."""

from twisted.trial.unittest import SynchronousTestCase

from sipapp.script import nodes
from sipapp.script.grammar.expressions import constant_type
from sipapp.script.parser import parse_text


def expression(text: str, head: str = "#!KAMAILIO") -> nodes.Expression:
    script = parse_text(f"{head}\nrequest_route {{\n$x = {text};\n}}\n")
    [statement] = script.routes[0].body
    assert isinstance(statement, nodes.Assign)
    return statement.value


def shape(node: nodes.Expression) -> str:
    """An expression with all its parentheses."""
    match node:
        case nodes.Binary(operator=sign, left=left, right=right):
            return f"({shape(left)} {sign} {shape(right)})"
        case nodes.Unary(operator=sign, operand=operand):
            return f"[{sign} {shape(operand)}]"
        case nodes.Number(value=value):
            return str(value)
        case nodes.String(value=value):
            return repr(value.decode())
        case nodes.Variable(text=value) | nodes.Word(value=value) | nodes.Network(value=value):
            return value.decode()
        case nodes.Select(text=value):
            return f"@{value.decode()}"
        case nodes.Operand(name=name):
            return name
        case nodes.Selval(condition=condition, yes=yes, no=no):
            return f"selval({shape(condition)}, {shape(yes)}, {shape(no)})"
        case nodes.Call(name=name, arguments=arguments):
            return f"{name}({', '.join(map(shape, arguments))})"
        case nodes.RouteCall(target=target):
            return f"route({shape(target)})"
        case nodes.Sequence(body=body):
            return "{" + "; ".join(type(statement).__name__ for statement in body) + "}"
    return type(node).__name__


def shaped(text: str) -> str:
    return shape(expression(text))


class BindingTests(SynchronousTestCase):
    def test_from_loosest_to_tightest(self) -> None:
        text = "1 || 2 && 3 | 4 & 5 ^ 6 << 7 >> 8 == 9 < 10 + 11 * 12"
        self.assertEqual(shaped(text), "(1 || (2 && (3 | (4 & (5 ^ (6 << (7 >> (8 == (9 < (10 + (11 * 12)))))))))))")

    def test_operators_of_one_level_go_from_left_to_right(self) -> None:
        self.assertEqual(shaped("1 - 2 + 3 - 4"), "(((1 - 2) + 3) - 4)")
        self.assertEqual(shaped("8 / 4 mod 3 * 2"), "(((8 / 4) mod 3) * 2)")
        self.assertEqual(shaped("1 == 2 != 3"), "((1 == 2) != 3)")
        self.assertEqual(shaped("$a eq $b ieq $c =~ 'd'"), "((($a eq $b) ieq $c) =~ 'd')")

    def test_what_stands_before_an_operand_binds_tighter_than_all(self) -> None:
        self.assertEqual(shaped("!$a == 1"), "([! $a] == 1)")
        self.assertEqual(shaped("defined $a && not $b"), "([defined $a] && [! $b])")
        self.assertEqual(shaped("(int)$a + (str)$b"), "([(int) $a] + [(str) $b])")
        self.assertEqual(shaped("- $a * ~ $b"), "([- $a] * [~ $b])")
        self.assertEqual(shaped("!!$a"), "[! [! $a]]")

    def test_parentheses_group(self) -> None:
        self.assertEqual(shaped("(1 + 2) * 3"), "((1 + 2) * 3)")

    def test_words_stand_for_signs(self) -> None:
        self.assertEqual(shaped("$a and $b or not $c"), "(($a && $b) || [! $c])")

    def test_an_operation_stands_where_its_operator_does(self) -> None:
        node = expression("1 + 2")
        self.assertEqual((node.at.line, node.at.column), (3, 8))


class OperandTests(SynchronousTestCase):
    def test_numbers(self) -> None:
        found = [expression(text) for text in ("5", "-5", "0x10", "yes", "-2147483648")]
        self.assertEqual([n.value for n in found if isinstance(n, nodes.Number)], [5, -5, 16, 1, -2147483648])

    def test_texts_are_bytes(self) -> None:
        self.assertEqual(expression('"é" "b"'), nodes.String(expression('"é" "b"').at, "éb".encode()))

    def test_variables_keep_their_text(self) -> None:
        node = expression("$(hdr(Via)[1]{s.len})")
        self.assertEqual(node, nodes.Variable(node.at, b"$(hdr(Via)[1]{s.len})", False))

    def test_a_bare_name_may_be_an_avp_outside_of_the_kamailio_dialect(self) -> None:
        node = expression("$foo", "#!MAXCOMPAT")
        self.assertEqual(node, nodes.Variable(node.at, b"$foo", True))

    def test_attributes_become_avps(self) -> None:
        found = [
            shape(expression(text, "#!MAXCOMPAT"))
            for text in ("%foo", "%foo[2]", "%foo[-1]", "%foo[]", "$fu.x", "$foo[1]")
        ]
        self.assertEqual(
            found,
            ["$avp(foo)", "$(avp(foo)[2])", "$(avp(foo)[-1])", "$(avp(foo)[*])", "$avp(fu.x)", "$(avp(foo)[1])"],
        )

    def test_selects_keep_their_path(self) -> None:
        self.assertEqual(shaped('@via[1].host + @msg["P-X"].a'), '(@via[1].host + @msg["P-X"].a)')
        self.assertEqual(shaped("@cfg_get.grp.name"), "@cfg_get.grp.name")

    def test_strlen_strempty_and_selval(self) -> None:
        self.assertEqual(shaped('strlen($a + "b") > 1'), "([strlen ($a + 'b')] > 1)")
        self.assertEqual(shaped("strempty($a)"), "[strempty $a]")
        self.assertEqual(shaped("selval($a > 1, 'x', 'y')"), "selval(($a > 1), 'x', 'y')")

    def test_calls_blocks_and_assignments_are_values(self) -> None:
        self.assertEqual(shaped("t_relay() + route(A)"), "(t_relay() + route(A))")
        self.assertEqual(shaped("{ t_relay(); exit; }"), "{Do; Exit}")
        self.assertEqual(shaped("($y = 5)"), "{Assign}")
        self.assertEqual(shaped("force_rport + 1"), "(force_rport() + 1)")

    def test_comparing_with_null_asks_whether_there_is_a_value(self) -> None:
        self.assertEqual(shaped("$a == $null"), "[notdefined $a]")
        self.assertEqual(shaped("$a != $null && 1"), "([defined $a] && 1)")
        self.assertEqual(
            [shaped(f"$a {sign} $(null)") for sign in ("eq", "ne", "=~")],
            ["[notdefined $a]", "[defined $a]", "[notdefined $a]"],
        )
        self.assertEqual(shaped("$null == $a"), "($null == $a)")
        self.assertEqual(shaped("$a < $null"), "($a < $null)")


class CoreOperandTests(SynchronousTestCase):
    def test_each_is_compared(self) -> None:
        for text in ("method == 'BYE'", "uri != 'x'", "src_port > 5060", "msg:len >= 10", "af == 2", "src_ip =~ '1.*'"):
            with self.subTest(text):
                self.assertEqual(shaped(text), f"({text})")

    def test_a_comparison_is_one_operand(self) -> None:
        self.assertEqual(shaped("! method == 'BYE' && 1"), "([! (method == 'BYE')] && 1)")
        self.assertEqual(shaped("1 + method == 'x' + 'y'"), "(1 + (method == ('x' + 'y')))")
        self.assertEqual(shaped("method == INVITE + 1"), "((method == INVITE) + 1)")
        self.assertEqual(shaped("src_port == 1 < 2"), "(src_port == (1 < 2))")
        self.assertEqual(shaped("src_port > 1 < 2"), "((src_port > 1) < 2)")

    def test_eq_and_ne_are_the_signs_for_them(self) -> None:
        self.assertEqual(shaped("method eq INVITE or uri ne 'x'"), "((method == INVITE) || (uri != 'x'))")

    def test_other_names_of_theirs(self) -> None:
        self.assertEqual(shaped("status == '200'"), "(uri == '200')")
        self.assertEqual(shaped("to_proto == TCP"), "(snd_proto == tcp)")

    def test_bare_words_on_the_right(self) -> None:
        self.assertEqual(shaped("proto == UDP"), "(proto == udp)")
        self.assertEqual(shaped("proto != wss"), "(proto != wss)")
        self.assertEqual(shaped("method == INVITE"), "(method == INVITE)")
        self.assertEqual(shaped("method == foo()"), "(method == foo())")
        self.assertEqual(shaped("src_ip == sip-a.example.com"), "(src_ip == sip-a.example.com)")

    def test_myself_goes_to_the_right(self) -> None:
        self.assertEqual(shaped("uri == myself"), "(uri == myself)")
        self.assertEqual(shaped("myself != src_ip"), "(src_ip != myself)")

    def test_addresses_and_networks(self) -> None:
        texts = ("192.0.2.1", "192.0.2.0/24", "192.0.2.0/255.255.255.0", "2001:db8::1", "2001:db8::/32")
        self.assertEqual([shaped(f"src_ip == {text}") for text in texts], [f"(src_ip == {text})" for text in texts])
        self.assertEqual(shaped("dst_ip != [2001:db8::1]/128"), "(dst_ip != 2001:db8::1/128)")

    def test_an_address_may_be_worked_out(self) -> None:
        self.assertEqual(shaped("src_ip == $avp(ip) && 1"), "((src_ip == $avp(ip)) && 1)")
        self.assertEqual(shaped("src_ip == '192.0.2.1'"), "(src_ip == '192.0.2.1')")


class ConstantTests(SynchronousTestCase):
    def test_what_is_the_same_in_every_run_has_a_type(self) -> None:
        for text in ("5", "-5", "1 + 2", "!'x'", "(int)'5'", "'a' == 'b'", "strlen('abc')", "selval(1, 2, 3)"):
            with self.subTest(text):
                self.assertIs(constant_type(expression(text)), int)
        for text in ("'x'", "'x' + 1", "(str)5", "selval(1, 'a', 'b')"):
            with self.subTest(text):
                self.assertIs(constant_type(expression(text)), bytes)

    def test_anything_else_has_none(self) -> None:
        for text in ("$x", "1 + $x", "$x + 1", "foo()", "method == 'x'", "-$x", "selval($x, 1, 2)", "@via"):
            with self.subTest(text):
                self.assertIsNone(constant_type(expression(text)))
