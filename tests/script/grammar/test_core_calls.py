"""core_calls: how the core's own functions take their arguments."""

from twisted.trial.unittest import SynchronousTestCase

from sipapp.script import nodes
from sipapp.script.grammar.core_calls import BARE, CORE_FUNCTIONS, IN_ONSEND
from sipapp.script.parser import parse_text


def call(text: str, head: str = "") -> nodes.Call:
    [statement] = parse_text(f"{head}\nrequest_route {{\n{text};\n}}\n").routes[0].body
    assert isinstance(statement, nodes.Do)
    assert isinstance(statement.expression, nodes.Call)
    return statement.expression


def arguments(text: str, head: str = "") -> list[object]:
    """The kind and value of each argument."""
    found: list[object] = []
    for argument in call(text, head).arguments:
        match argument:
            case nodes.Operand(name=name):
                found.append(("Operand", name))
            case nodes.Number(value=value) | nodes.String(value=value) | nodes.Word(value=value):
                found.append((type(argument).__name__, value))
            case nodes.Network(value=text_value):
                found.append(("Network", text_value))
            case nodes.Variable(text=text_value):
                found.append(("Variable", text_value))
            case _:
                found.append(type(argument).__name__)
    return found


class CoreCallTests(SynchronousTestCase):
    def test_a_call_goes_by_the_main_name(self) -> None:
        found = [
            call(text).name for text in ('sethost("x")', 'setu("x")', "add_rport()", 'seturi("sip:x")', 'setp("5")')
        ]
        self.assertEqual(found, ["rewritehost", "rewriteuser", "force_rport", "rewriteuri", "rewriteport"])

    def test_texts_and_numbers(self) -> None:
        self.assertEqual(arguments('prefix("00")'), [("String", b"00")])
        self.assertEqual(arguments("strip(2)"), [("Number", 2)])
        self.assertEqual(arguments("remove_branch(-1)"), [("Number", -1)])
        self.assertEqual(arguments("remove_branch()"), [])
        self.assertEqual(arguments("set_advertised_port(5070)"), [("Number", 5070)])

    def test_some_do_without_parentheses(self) -> None:
        for name in BARE:
            self.assertEqual((arguments(name), arguments(f"{name}()")), ([], []))
        self.assertEqual(arguments("force_tcp_alias(5060)"), [("Number", 5060)])

    def test_log_may_name_a_level(self) -> None:
        self.assertEqual(arguments('log("x")'), [("String", b"x")])
        self.assertEqual(arguments('log(1, "x")'), [("Number", 1), ("String", b"x")])

    def test_forward_takes_hosts_without_quotes(self) -> None:
        self.assertEqual(arguments("forward()"), [])
        self.assertEqual(arguments("forward(a-b.example.com, 5070)"), [("Word", b"a-b.example.com"), ("Number", 5070)])
        self.assertEqual(arguments("forward_tcp(192.0.2.1)"), [("Network", b"192.0.2.1")])
        self.assertEqual(arguments("forward_udp([2001:db8::1], 5060)"), [("Network", b"2001:db8::1"), ("Number", 5060)])
        self.assertEqual(arguments('forward("x")'), [("String", b"x")])
        self.assertEqual(arguments("forward(uri:host, uri:port)"), [("Operand", "uri:host"), ("Operand", "uri:port")])
        self.assertEqual(arguments("forward(uri:host, 5060)"), [("Operand", "uri:host"), ("Number", 5060)])

    def test_sockets_and_hosts_become_words(self) -> None:
        self.assertEqual(arguments("force_send_socket(udp:192.0.2.1:5060)"), [("Word", b"udp:192.0.2.1:5060")])
        self.assertEqual(arguments("force_send_socket(UDP:[2001:db8::1])"), [("Word", b"udp:[2001:db8::1]")])
        self.assertEqual(arguments("force_send_socket(*:eth0:*)"), [("Word", b"eth0")])
        self.assertEqual(arguments("set_advertised_address(sip.example.com)"), [("Word", b"sip.example.com")])
        self.assertEqual(arguments("udp_mtu_try_proto(TCP)"), [("Word", b"tcp")])

    def test_flags_become_numbers(self) -> None:
        head = 'flags A, B:7, "C"'
        found = [arguments(f"{text}", head) for text in ("setflag(A)", "resetflag(B)", 'isflagset("C")', "setflag(9)")]
        self.assertEqual(found, [[("Number", 0)], [("Number", 7)], [("Number", 1)], [("Number", 9)]])

    def test_flags_of_avps_become_numbers(self) -> None:
        head = "avpflags seen, Done"
        self.assertEqual(arguments('setavpflag("$avp(x)", seen)', head), [("String", b"$avp(x)"), ("Number", 0)])
        self.assertEqual(arguments("isavpflagset(%x, DONE)", head), [("Variable", b"$avp(x)"), ("Number", 1)])
        self.assertEqual(arguments("resetavpflag($x, done)", head), [("Variable", b"$x"), ("Number", 1)])

    def test_cfg_select_works_its_number_out(self) -> None:
        self.assertEqual(arguments('cfg_select("grp", 1 + 2)'), [("String", b"grp"), "Binary"])
        self.assertEqual(arguments('cfg_reset("grp")'), [("String", b"grp")])

    def test_other_texts(self) -> None:
        self.assertEqual(arguments('error("a", "b")'), [("String", b"a"), ("String", b"b")])
        self.assertEqual(arguments('exec("id")'), [("String", b"id")])

    def test_what_onsend_routes_may_call_is_among_them(self) -> None:
        self.assertEqual(IN_ONSEND - CORE_FUNCTIONS, {"route"})
