"""request: the first line and the next hop."""

from collections.abc import Mapping

from twisted.trial.unittest import SynchronousTestCase

from sipapp.errors import ConfigError
from sipapp.interfaces.script import Value
from sipapp.script.values import integer
from tests.modules.pv.script import Script
from tests.modules.stage import request, response

FULL = "sip:alice:pw@example.com:5070;transport=tcp?h=1"


class RequestCase(SynchronousTestCase):
    def reads(self, script: Script, expected: Mapping[str, Value]) -> None:
        self.assertEqual({name: script.read(name) for name in expected}, expected)

    def number(self, script: Script, name: str) -> int:
        """The own number of a text."""
        return integer(script.read(name))


class FirstLineTests(RequestCase):
    def test_a_request_has_a_method_and_no_status(self) -> None:
        self.reads(
            Script(request("INVITE")),
            {
                "$rm": b"INVITE",
                "$rmid": 1,
                "$rs": None,
                "$rsi": 0,
                "$rr": None,
                "$mt": 1,
                "$mts": b"rq",
                "$rv": b"SIP/2.0",
            },
        )

    def test_a_response_has_the_method_of_its_cseq(self) -> None:
        self.reads(
            Script(response("404 Not Found")),
            {
                "$rm": b"INVITE",
                "$rs": 404,
                "$rsi": 404,
                "$rr": b"Not Found",
                "$mt": 2,
                "$mts": b"rp",
                "$rv": b"SIP/2.0",
            },
        )

    def test_methods_have_numbers(self) -> None:
        for name, number in (
            ("CANCEL", 2),
            ("ACK", 4),
            ("BYE", 8),
            ("REGISTER", 32),
            ("OPTIONS", 512),
            ("FOO", 524288),
        ):
            script = Script(request(name))
            self.assertEqual([script.read("$rmid"), self.number(script, "$rm")], [number, number])


class RequestUriTests(RequestCase):
    def test_its_parts(self) -> None:
        script = Script(request(uri=FULL))
        self.reads(
            script,
            {
                "$ru": FULL.encode(),
                "$ruri": FULL.encode(),
                "$rU": b"alice",
                "$ruri.user": b"alice",
                "$rd": b"example.com",
                "$ruri.domain": b"example.com",
                "$rp": b"5070",
                "$rP": b"tcp",
                "$rz": b"sip",
                "$rul": len(FULL),
                "$rUl": 5,
            },
        )
        self.assertEqual([self.number(script, name) for name in ("$rp", "$rP", "$rz")], [5070, 2, 1])

    def test_usual_values_stand_for_parts_that_are_not_there(self) -> None:
        self.reads(Script(request(uri="sip:example.com")), {"$rU": None, "$rp": b"5060", "$rP": b"UDP", "$rUl": 0})
        self.reads(Script(request(uri="sip:example.com;transport=tls")), {"$rp": b"5061", "$rP": b"tls"})

    def test_a_telephone_number_in_a_sip_uri_is_of_scheme_tel(self) -> None:
        script = Script(request(uri="sip:+1;isub=2@example.com;user=phone"))
        self.reads(script, {"$rz": b"tel", "$rU": b"+1"})
        self.assertEqual(self.number(script, "$rz"), 3)

    def test_a_urn_has_a_user_and_no_host(self) -> None:
        self.reads(Script(request(uri="urn:service:sos")), {"$rz": b"urn", "$ru": b"urn:service:sos"})

    def test_what_is_no_uri_has_no_parts(self) -> None:
        self.reads(Script(request(uri="sip:a@b:c")), {"$ru": None, "$rU": None, "$rd": None, "$rp": None, "$rP": None})

    def test_a_response_has_none(self) -> None:
        self.reads(Script(response()), {"$ru": None, "$rU": None, "$rul": None, "$ou": None})
        script = Script(response())
        script.write("$rU", b"alice")
        self.assertIsNone(script.ctx.draft.request_uri)

    def test_a_new_one_is_read_back_and_the_old_one_stays(self) -> None:
        script = Script(request(uri=FULL))
        script.write("$ru", b"sip:bob@example.net")
        self.reads(script, {"$ru": b"sip:bob@example.net", "$rU": b"bob", "$rul": 19, "$ou": FULL.encode()})
        self.reads(
            script,
            {"$ouri": FULL.encode(), "$oU": b"alice", "$od": b"example.com", "$op": b"5070", "$oP": b"tcp", "$oUl": 5},
        )
        self.assertIn(b"INVITE sip:bob@example.net SIP/2.0\r\n", script.wire())

    def test_null_does_not_replace_it(self) -> None:
        script = Script(request(uri=FULL))
        script.write("$ru", None)
        script.write("$rd", None)
        self.reads(script, {"$ru": FULL.encode()})

    def test_pieces_of_it_can_be_written(self) -> None:
        for variable, value, uri in (
            ("$rU", b"bob", b"sip:bob:pw@example.com:5070;transport=tcp?h=1"),
            ("$rd", b"example.net", b"sip:alice:pw@example.net:5070;transport=tcp?h=1"),
            ("$rp", b"5080", b"sip:alice:pw@example.com:5080;transport=tcp?h=1"),
            ("$rp", 5080, b"sip:alice:pw@example.com:5080;transport=tcp?h=1"),
            ("$rp", None, b"sip:alice:pw@example.com;transport=tcp?h=1"),
        ):
            script = Script(request(uri=FULL))
            script.write(variable, value)
            self.assertEqual(script.read("$ru"), uri, (variable, value))

    def test_a_number_is_refused_where_a_text_belongs(self) -> None:
        script = Script(request(uri=FULL))
        for variable in ("$ru", "$rU", "$rd", "$du"):
            script.write(variable, 1234)
        self.reads(script, {"$ru": FULL.encode(), "$du": None})

    def test_null_takes_the_user_away(self) -> None:
        script = Script(request(uri="sip:alice@example.com"))
        script.write("$rU", None)
        self.reads(script, {"$ru": b"sip:example.com"})

    def test_pieces_of_what_is_no_uri_cannot(self) -> None:
        script = Script(request(uri="sip:a@b:c"))
        script.write("$rU", b"x")
        self.assertIsNone(script.ctx.draft.request_uri)


class NextHopTests(RequestCase):
    def test_there_is_none_at_first(self) -> None:
        self.reads(Script(), {"$du": None, "$duri": None, "$dd": None, "$dp": None, "$dP": None})

    def test_it_is_written_and_taken_away(self) -> None:
        script = Script()
        script.write("$du", b"sip:192.0.2.7:5080;transport=tcp")
        self.reads(
            script, {"$du": b"sip:192.0.2.7:5080;transport=tcp", "$dd": b"192.0.2.7", "$dp": b"5080", "$dP": b"tcp"}
        )
        script.write("$du", b"")
        self.reads(script, {"$dd": b"192.0.2.7"})
        script.write("$du", None)
        self.reads(script, {"$du": None})

    def test_where_the_request_goes(self) -> None:
        script = Script(request(uri="sip:alice@example.com;transport=tcp"))
        self.reads(
            script,
            {
                "$nh(u)": b"sip:alice@example.com;transport=tcp",
                "$nh(U)": b"alice",
                "$nh(d)": b"example.com",
                "$nh(p)": b"5060",
            }
            | {"$nh(P)": b"tcp", "$nh(i)": 0},
        )
        script.write("$du", b"sip:[2001:db8::1]:5080")
        self.reads(
            script, {"$nh(U)": None, "$nh(d)": b"[2001:db8::1]", "$nh(p)": b"5080", "$nh(P)": b"UDP", "$nh(i)": 6}
        )

    def test_where_the_response_goes(self) -> None:
        self.reads(
            Script(response()),
            {
                "$nh(u)": b"sip:192.0.2.9:5070;transport=udp",
                "$nh(U)": None,
                "$nh(d)": b"192.0.2.9",
                "$nh(p)": 5070,
                "$nh(P)": b"udp",
                "$nh(i)": 4,
            },
        )
        self.reads(Script(response(via="")), {"$nh(u)": None})

    def test_there_is_nothing_else_of_it(self) -> None:
        self.assertRaises(ConfigError, Script().variable, "$nh(x)")
        self.assertRaises(ConfigError, Script().variable, "$nh")
