"""vias: the Vias of a message, and where a response goes by them."""

from collections.abc import Mapping

from twisted.trial.unittest import SynchronousTestCase

from sipapp.errors import ConfigError
from sipapp.interfaces.script import Value
from tests.modules.pv.script import Script, raw
from tests.modules.stage import response

REQUEST = """OPTIONS sip:example.com SIP/2.0
Via: SIP/2.0/UDP 192.0.2.9:5070;branch=z9hG4bKa;rport
Via: SIP/2.0/TCP [2001:db8::9];branch=z9hG4bKb;received=192.0.2.8;i=4;oc=5;oc-algo="loss,A";oc-validity=500;oc-seq=12.5
Via: SIP/2.0/TLS last.example.com;oc;branch=x
From: <sip:a@b>;tag=f
To: <sip:c@d>
Call-ID: call
CSeq: 1 OPTIONS
Content-Length: 0

"""


class ViasTests(SynchronousTestCase):
    def reads(self, script: Script, expected: Mapping[str, Value]) -> None:
        self.assertEqual({name: script.read(name) for name in expected}, expected)

    def test_the_first_second_and_last_via_have_parts(self) -> None:
        self.reads(
            Script(raw(REQUEST)),
            {
                "$via0(host)": b"192.0.2.9",
                "$via0(port)": 5070,
                "$via0(proto)": b"UDP",
                "$via0(protoid)": 1,
                "$via0(branch)": b"z9hG4bKa",
                "$via0(rport)": None,
                "$via0(params)": b"branch=z9hG4bKa;rport",
                "$via1(host)": b"[2001:db8::9]",
                "$via1(port)": 5060,
                "$via1(protoid)": 2,
                "$via1(received)": b"192.0.2.8",
                "$via1(i)": b"4",
                "$viaZ(host)": b"last.example.com",
                "$viaZ(protoid)": 3,
            },
        )

    def test_overload_control(self) -> None:
        self.reads(
            Script(raw(REQUEST)),
            {
                "$via0(oc)": 0,
                "$via1(oc)": 2,
                "$viaZ(oc)": 1,
                "$via1(ocval)": b"5",
                "$via1(oc-algo)": b"loss,A",
                "$via1(ocvalidity)": 500,
                "$via1(oc-seq)": 12,
                "$via0(ocval)": None,
                "$via0(ocalgo)": None,
                "$via0(oc-validity)": 0,
            },
        )

    def test_where_there_is_no_second_via_it_has_no_parts(self) -> None:
        self.reads(Script(), {"$via1(host)": None, "$via1(oc)": None, "$viaZ(host)": b"192.0.2.9"})

    def test_there_are_no_other_parts(self) -> None:
        self.assertRaises(ConfigError, Script().variable, "$via0(hosts)")
        self.assertRaises(ConfigError, Script().variable, "$via1")


class ReplyTests(SynchronousTestCase):
    def reads(self, via: str, expected: Mapping[str, Value]) -> None:
        script = Script(response(via=f"Via: {via}\r\n", more="Record-Route: <sip:a>, <sip:b>\r\n"))
        self.assertEqual({name: script.read(name) for name in expected}, expected)

    def test_a_response_goes_where_the_second_via_says(self) -> None:
        self.reads(
            "SIP/2.0/TCP host.example.com:5070;branch=x",
            {
                "$rpl(duri)": b"sip:host.example.com:5070;transport=tcp",
                "$rpl(dhost)": b"host.example.com",
                "$rpl(dport)": 5070,
                "$rpl(dproto)": b"tcp",
                "$rpl(dprotoid)": 2,
                "$rpl(cntvia)": 2,
                "$rpl(cntrr)": 2,
            },
        )

    def test_received_and_rport_go_first(self) -> None:
        self.reads(
            "SIP/2.0/UDP host.example.com:5070;branch=x;received=192.0.2.8;rport=6000",
            {"$rpl(duri)": b"sip:192.0.2.8:6000;transport=udp", "$rpl(dhost)": b"192.0.2.8", "$rpl(dport)": 6000},
        )

    def test_a_request_has_none_of_it(self) -> None:
        script = Script()
        self.assertEqual([script.read("$rpl(duri)"), script.read("$rpl(cntvia)")], [None, None])

    def test_a_response_to_us_goes_nowhere(self) -> None:
        script = Script(response(via=""))
        self.assertEqual([script.read("$rpl(duri)"), script.read("$rpl(cntvia)")], [None, 1])
