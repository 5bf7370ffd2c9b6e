"""selects: parts of a message by path."""

import os
from types import SimpleNamespace
from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from sipapp.errors import ConfigError
from sipapp.interfaces.script import Value
from sipapp.interfaces.transport import Flow, Socket
from sipapp.message.draft import Branch, Draft
from sipapp.message.parse import parse
from sipapp.script.configured import INSTANCES
from sipapp.script.selects import ABSENT, UnknownSelect, parse_select

SOCKET = Socket("udp", "192.0.2.1", 5060)
REQUEST = b"""INVITE sip:bob@example.com:5070;x=y SIP/2.0
Via: SIP/2.0/UDP 192.0.2.9:5070;branch=z9hG4bKa
From: "Alice" <sip:alice@example.com>;tag=f
To: <sip:bob@example.com>
Contact: <sip:a@192.0.2.9>
Call-ID: call
CSeq: 7 INVITE
Max-Forwards: 70
User-Agent: phone/1
Event: presence;id=3
Subject: lunch
Content-Type: application/sdp
Content-Length: 15

v=0
c=IN IP4 x
""".replace(b"\n", b"\r\n").replace(b"15", b"17")
RESPONSE = b"""SIP/2.0 486 Busy Here
Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKours
From: <sip:alice@example.com>;tag=f
To: <sip:bob@example.com>;tag=t
Call-ID: call
CSeq: 7 INVITE
Content-Length: 0

""".replace(b"\n", b"\r\n")


class SelectsTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.custom = {("limits", "calls"): 10, ("limits", "name"): b"text"}
        config = SimpleNamespace(server_id=5, value=lambda group, name: self.custom.get((group, name)))
        config.instances = {("limits", 3, "calls"): 30}
        module = SimpleNamespace(parameters={"fr_timer": None, "table": None}, fr_timer=30000, table="t", other=1)
        ids = SimpleNamespace(call_id=lambda: b"unique")
        self.server = SimpleNamespace(config=config, ids=ids, modules={"tm": module})
        self.ctx = self.context(REQUEST)

    def context(self, data: bytes) -> Any:
        message = parse(data)
        message.flow = Flow(SOCKET, "192.0.2.9", 5070)
        return SimpleNamespace(message=message, draft=Draft(), server=self.server, extra={})

    def reads(self, expected: dict[bytes, Value], data: bytes | None = None) -> None:
        ctx = self.ctx if data is None else self.context(data)
        self.assertEqual({source: parse_select(source)(ctx) for source in expected}, expected)

    def refused(self, source: bytes) -> str:
        reason: str = self.assertRaises(ConfigError, parse_select, source).reason
        return reason

    def test_a_request_uri_and_its_parts(self) -> None:
        self.reads({b"@ruri": b"sip:bob@example.com:5070;x=y", b"ruri.user": b"bob", b"@request_uri.params.x": b"y"})
        self.ctx.draft.request_uri = b"sip:new@example.net"
        self.reads({b"@ruri": b"sip:new@example.net", b"@msg.request.uri": b"sip:bob@example.com:5070;x=y"})

    def test_where_the_request_goes(self) -> None:
        self.assertIs(parse_select(b"dst_uri")(self.ctx), ABSENT)
        self.reads({b"next_hop": b"sip:bob@example.com:5070;x=y", b"next_hop.host": b"example.com"})
        self.ctx.draft.next_hop = b"sip:192.0.2.7"
        self.reads({b"dst_uri": b"sip:192.0.2.7", b"dst_uri.host": b"192.0.2.7", b"next_hop": b"sip:192.0.2.7"})
        self.reads({b"next_hop.src_ip": b"192.0.2.1"})

    def test_header_fields_have_selects_of_their_own(self) -> None:
        self.reads(
            {
                b"from": b'"Alice" <sip:alice@example.com>;tag=f',
                b"f.uri.user": b"alice",
                b"to.uri": b"sip:bob@example.com",
                b"contact.uri.host": b"192.0.2.9",
                b"call_id": b"call",
                b"cseq": b"7 INVITE",
                b"cseq.num": b"7",
                b"cseq.method": b"INVITE",
                b"user_agent": b"phone/1",
                b"max_forwards": b"70",
                b"event": b"presence",
                b"subject": b"lunch",
                b"content_type": b"application/sdp",
                b"v.branch": b"z9hG4bKa",
            }
        )

    def test_a_field_that_is_not_there_is_undefined(self) -> None:
        self.reads(
            {b"refer_to.uri": None, b"expires": None, b"rr": None, b"via[2].host": None, b"event": None}, RESPONSE
        )

    def test_a_part_that_a_field_lacks_is_absent(self) -> None:
        self.assertIs(parse_select(b"to.tag")(self.ctx), ABSENT)
        self.assertEqual(ABSENT, b"")

    def test_names_may_be_in_any_case(self) -> None:
        self.reads({b"FROM.Uri.USER": b"alice", b"Cseq.Num": b"7"})

    def test_the_first_line_of_a_request(self) -> None:
        self.reads(
            {
                b"method": b"INVITE",
                b"version": b"SIP/2.0",
                b"status": None,
                b"reason": None,
                b"msg.first_line": b"INVITE sip:bob@example.com:5070;x=y SIP/2.0",
                b"msg.type": b"1",
                b"msg.req.method": b"INVITE",
                b"msg.response": None,
            }
        )

    def test_the_first_line_of_a_response(self) -> None:
        self.reads(
            {
                b"status": b"486",
                b"code": b"486",
                b"reason": b"Busy Here",
                b"method": None,
                b"ruri": None,
                b"msg.type": b"2",
                b"msg.res.status": b"486",
                b"msg.response.reason": b"Busy Here",
                b"msg.request": None,
            },
            RESPONSE,
        )

    def test_the_message_as_a_whole(self) -> None:
        self.ctx.message.number = 258
        self.ctx.draft.flags = 5
        self.reads(
            {
                b"msg": REQUEST,
                b"message": REQUEST,
                b"msg.request": REQUEST,
                b"msg.len": b"%d" % len(REQUEST),
                b"msg.id": b"258",
                b"msg.id.hex": b"00000102",
                b"msg.flags": b"5",
                b"msg.body": b"v=0\r\nc=IN IP4 x\r\n",
                b"msg.header.subject": b"lunch",
                b"msg.h.contact.nameaddr.uri.user": b"a",
            }
        )
        self.reads({b"msg.header": REQUEST.partition(b"\r\n")[2].partition(b"v=0")[0]})

    def test_lines_of_a_session_description(self) -> None:
        self.reads({b"msg.body.sdp.line.c": b"IN IP4 x", b"msg.content.sdp.line.z": None})
        self.reads({b"msg.body.sdp": None}, RESPONSE)

    def test_addresses(self) -> None:
        self.reads(
            {
                b"src.ip": b"192.0.2.9",
                b"src.port": b"5070",
                b"src.ip_port": b"192.0.2.9:5070",
                b"dst.ip_port": b"192.0.2.1:5060",
                b"received.proto": b"udp",
                b"received.proto_ip_port": b"udp:192.0.2.1:5060",
            }
        )

    def test_the_server(self) -> None:
        self.reads({b"sys.pid": b"%d" % os.getpid(), b"sys.unique": b"unique", b"sys.server_id": b"5"})
        for source, form in (
            (b"sys.now", rb"^\d{10}$"),
            (b"sys.now.utc", rb"^\w{3} \w{3} [ \d]\d \d\d:\d\d:\d\d \d{4}$"),
            (b'sys.now.gmt["%Y"]', rb"^\d{4}$"),
        ):
            shown: Any = parse_select(source)(self.ctx)
            self.assertRegex(shown, form)

    def test_branches(self) -> None:
        self.reads({b"branch.count": b"0", b"branch.uri": None})
        one, two = Branch(b"sip:one@x", b"sip:hop", None, 500), Branch(b"sip:two@x")
        self.ctx.draft.targets = [one]
        self.reads({b"branch.uri": b"sip:one@x", b"branch.q": b"0.5", b"branch.uriq": b"<sip:one@x>;q=0.5"})
        self.ctx.draft.targets = [one, two]
        self.reads(
            {
                b"branch.count": b"2",
                b"branch.uri": b"sip:one@x,sip:two@x",
                b"branch.uri[1]": b"sip:two@x",
                b"branch.uri[1].user": b"two",
                b"branch.uri[2]": None,
                b"branch.uri[-1]": None,
                b"branch.dst_uri[0]": b"sip:hop",
                b"branch.q": b"0.5,",
                b"branch.uriq[1]": b"sip:two@x",
            }
        )

    def test_parameters_of_the_script(self) -> None:
        self.reads({b"cfg_get.limits.calls": b"10", b"cfg_get.limits.name": b"text", b"cfg_get.limits.none": None})

    def test_parameters_of_an_instance_that_was_chosen(self) -> None:
        self.ctx.extra[INSTANCES] = {"limits": 3}
        self.reads({b"cfg_get.limits.calls": b"30", b"cfg_get.limits.name": b"text"})

    def test_parameters_of_modules(self) -> None:
        self.reads({b"cfg_get.tm.fr_timer": b"30000", b"cfg_get.tm.table": b"t", b"cfg_get.tm.other": None})

    def test_malformed_fields_are_undefined(self) -> None:
        data = RESPONSE.replace(b"<sip:alice@example.com>;tag=f", b"<sip:alice").replace(b"7 INVITE", b"7")
        self.reads({b"from.uri": None, b"from.tag": None, b"cseq.method": None, b"cseq.num": b"7"}, data)

    def test_an_unknown_select_has_a_nearest_one(self) -> None:
        self.assertIn('did you mean "from"?', self.refused(b"@form.uri"))
        self.assertEqual(self.refused(b"@from.host"), "@from.host: from has no such part")
        self.assertRaises(UnknownSelect, parse_select, b"@from.host")

    def test_paths_that_lead_nowhere_are_refused(self) -> None:
        for source in (
            b"method.x",
            b"authorization",
            b"src",
            b"sys.x",
            b"branch",
            b"msg.x",
            b"cfg_get.x",
            b"subject.x",
        ):
            self.refused(source)
        for source in (b"msg.body.sdp.line.cc", b"sys.now.mars", b"branch.q.x", b"msg.header[1]", b"cseq.x"):
            self.refused(source)

    def test_what_is_no_path_is_refused(self) -> None:
        for source in (b"", b"@", b"from.", b"from uri", b"via[x]", b"1.2", b"from..uri"):
            self.refused(source)
