"""sipapp/script/operands.py: method, uri, src_ip and their kin."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from sipapp.interfaces.transport import Flow, Socket
from sipapp.script.operands import SENDING
from tests.script.engine import REQUEST_TEXT, Engine, mistakes, request, warnings


class Transport:
    """Knows 192.0.2.10 as its own."""

    def is_myself(self, host: bytes, port: int = 0, proto: str | None = None) -> bool:
        return host == b"192.0.2.10" and port in (0, 5070)


class OperandTests(SynchronousTestCase):
    def truths(self, expected: dict[str, bool], text: bytes = REQUEST_TEXT) -> None:
        for condition, result in expected.items():
            engine = Engine(f'if ({condition}) say("T"); else say("F");')
            engine.server.transport = Transport()  # type: ignore[attr-defined]
            ctx = engine.context()
            ctx.message = request(text)
            engine.start(ctx)
            self.assertEqual(engine.said, ["T" if result else "F"], condition)

    def test_texts_compare_without_case(self) -> None:
        self.truths(
            {
                'method == "options"': True,
                "method == OPTIONS": True,
                'method != "BYE"': True,
                'method =~ "^OPT"': True,
                "method == INVITE || method == OPTIONS": True,
                'uri == "SIP:bob@192.0.2.10:5070"': True,
                'uri =~ "bob@.*"': True,
                'from_uri =~ "atlanta"': True,
                'to_uri == "sip:bob@biloxi.example"': True,
                "method == $rm": True,
                "method =~ $rU": False,
                "method =~ $avp(no) || uri =~ $avp(no)": False,
            }
        )

    def test_addresses_compare_by_network(self) -> None:
        self.truths(
            {
                "src_ip == 192.0.2.1": True,
                "src_ip == 192.0.2.0/24": True,
                "src_ip == 192.0.2.0/255.255.255.0": True,
                "src_ip != 198.51.100.0/24": True,
                'src_ip == "192.0.2.1"': True,
                'src_ip =~ "^192"': True,
                'src_ip =~ "^10"': False,
                "dst_ip == 192.0.2.10": True,
                "src_ip == [2001:db8::1]": False,
            }
        )

    def test_an_address_is_compared_with_a_variable_when_it_runs(self) -> None:
        engine = Engine(
            '$var(a) = "192.0.2.0/24"; if (src_ip == $var(a)) say("T"); $var(a) = "x"; if (src_ip != $var(a)) say("T");'
        )
        engine.start()
        self.assertEqual(engine.said, ["T", "T"])

    def test_a_name_without_an_address_is_warned_about_and_equals_none(self) -> None:
        self.assertEqual(
            warnings("if (src_ip == nobody.invalid) good();"),
            ["app.cfg:3:12: no address is known for nobody.invalid: none will be equal to it"],
        )
        self.truths({"src_ip == nobody.invalid": False, "src_ip != nobody.invalid": True})

    def test_numbers_compare_as_numbers(self) -> None:
        self.truths(
            {
                "src_port == 5060": True,
                "dst_port > 5060": True,
                "dst_port != 5060": True,
                "msg:len > 100 && msg:len < 5000": True,
                "msg:len == 5": False,
                "proto == UDP": True,
                "proto == tcp": False,
                "proto != TLS": True,
                "af == INET": True,
                "af == INET6": False,
            }
        )

    def test_myself_is_any_of_our_addresses(self) -> None:
        self.truths(
            {
                "uri == myself": True,
                "myself == uri": True,
                "uri != myself": False,
                "from_uri == myself": False,
                "to_uri != myself": True,
                "src_ip == myself": False,
                "dst_ip == myself": True,
            }
        )

    def test_what_cannot_be_told_is_neither_true_nor_false(self) -> None:
        text = REQUEST_TEXT.replace(b"From: <sip:alice@atlanta.example>;tag=a1\r\n", b"")
        self.truths({'from_uri == "x"': False, '!(from_uri == "x")': False, "!(from_uri == myself)": False}, text)

    def test_an_onsend_route_compares_where_it_sends(self) -> None:
        engine = Engine('if (to_ip == 198.51.100.1 && to_port == 5080 && snd_port == 5070 && msg:len == 3) say("T");')
        ctx = engine.context()
        ctx.extra[SENDING] = (b"abc", Flow(Socket("udp", "192.0.2.10", 5070), "198.51.100.1", 5080))
        engine.start(ctx)
        self.assertEqual(engine.said, ["T"])
        engine.start()
        self.assertEqual(engine.said, ["T"])

    def test_wrong_comparisons_are_mistakes(self) -> None:
        for condition in ("src_ip == 5", "src_ip == $rU + 1", "uri =~ myself", "src_ip =~ myself"):
            self.assertNotEqual(mistakes(f"if ({condition}) good();"), [], condition)
