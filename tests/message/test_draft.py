"""draft: what a script changes, and the message that goes out."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from sipapp.message.draft import Branch, Draft, Outbound
from sipapp.message.parse import parse
from sipapp.message.request import Request
from sipapp.message.response import Response
from tests.message.samples import INVITE, RESPONSE, SDP

VIA = b"Via: SIP/2.0/UDP 192.0.2.2;branch=z9hG4bKnew\r\n"
URI = b"sip:bob@192.0.2.4"


class FakeSocket:
    def __init__(self, reliable: bool) -> None:
        self.reliable = reliable


UDP = Outbound(FakeSocket(False), FakeSocket(False))
TCP = Outbound(FakeSocket(True), FakeSocket(False))


class Source:
    host = "192.0.2.101"
    port = 5060


def request(data: bytes = INVITE) -> Request:
    message = parse(data)
    assert isinstance(message, Request)
    return message


def response(data: bytes = RESPONSE) -> Response:
    message = parse(data)
    assert isinstance(message, Response)
    return message


def without(data: bytes, *lines: bytes) -> bytes:
    for line in lines:
        assert line in data
        data = data.replace(line, b"")
    return data


class RenderRequestTests(SynchronousTestCase):
    def test_only_the_start_line_and_the_via_are_new(self) -> None:
        _, rest = INVITE.split(b"\r\n", 1)
        self.assertEqual(
            Draft().render_request(request(), URI, VIA, UDP),
            b"INVITE sip:bob@192.0.2.4 SIP/2.0\r\n" + VIA + rest,
        )

    def test_the_via_goes_before_the_first_via_field_wherever_that_is(self) -> None:
        data = b"X sip:a SIP/2.0\r\nTo: x\r\nv: SIP/2.0/UDP a\r\nVia: SIP/2.0/UDP b\r\n\r\n"
        self.assertEqual(
            Draft().render_request(request(data), b"sip:a", VIA, UDP),
            b"X sip:a SIP/2.0\r\nTo: x\r\n" + VIA + b"v: SIP/2.0/UDP a\r\nVia: SIP/2.0/UDP b\r\n\r\n",
        )
        self.assertEqual(
            Draft().render_request(request(b"X sip:a SIP/2.0\r\nTo: x\r\n\r\n"), b"sip:a", VIA, UDP),
            b"X sip:a SIP/2.0\r\n" + VIA + b"To: x\r\n\r\n",
        )

    def test_surplus_white_space_of_the_start_line_is_not_passed_on(self) -> None:
        message = request(b"INVITE  sip:a@b  SIP/2.0  \r\nTo: x\r\n\r\n")
        self.assertEqual(
            Draft().render_request(message, message.uri, VIA, UDP),
            b"INVITE sip:a@b SIP/2.0\r\n" + VIA + b"To: x\r\n\r\n",
        )

    def test_the_old_top_via_says_where_the_request_came_from(self) -> None:
        message = request(INVITE.replace(b";branch=z9hG4bK74bf9", b";rport;branch=z9hG4bK74bf9"))
        message.flow = Source()
        self.assertIn(
            b"\r\nVia: SIP/2.0/UDP 192.0.2.101:5060;received=192.0.2.101;rport=5060;branch=z9hG4bK74bf9\r\n",
            Draft().render_request(message, URI, VIA, UDP),
        )

    def test_edits_come_in_the_places_that_kamailio_gives_them(self) -> None:
        """insert_hf(A), record_route() and append_hf(B), append_hf(C), in that order."""
        message = request()
        draft = Draft()
        draft.prepend_field(message, b"X-A: 1\r\n")
        draft.prepend_field(message, b"Record-Route: <sip:192.0.2.2;lr>\r\n")
        draft.append_field(message, b"X-B: 2\r\n")
        draft.append_field(message, b"X-C: 3\r\n")
        out = draft.render_request(message, URI, VIA, UDP)
        head = out.split(b"\r\n\r\n")[0].split(b"\r\n")
        self.assertEqual(head[1:3], [b"X-A: 1", b"Record-Route: <sip:192.0.2.2;lr>"])
        self.assertEqual(head[3:5], [VIA[:-2], b"Via: SIP/2.0/UDP 192.0.2.101:5060;branch=z9hG4bK74bf9"])
        self.assertEqual(head[-3:], [b"Content-Length: 96", b"X-B: 2", b"X-C: 3"])

    def test_an_insertion_may_go_first_of_those_at_its_place(self) -> None:
        message = request()
        draft = Draft()
        draft.insert(message.head_end, b"X-A: 1\r\n")
        draft.insert(message.head_end, b"X-B: 2\r\n", first=True)
        self.assertIn(b"X-B: 2\r\nX-A: 1\r\n\r\n", draft.render(message))

    def test_data_may_wait_for_the_socket(self) -> None:
        message = request()
        draft = Draft()
        draft.prepend_field(message, lambda outbound: b"X-Out: %d\r\n" % outbound.send_socket.reliable)
        self.assertIn(b"X-Out: 0\r\n", draft.render_request(message, URI, VIA, UDP))
        self.assertIn(b"X-Out: 1\r\n", draft.render_request(message, URI, VIA, TCP))

    def test_edits_of_the_start_line_are_not_made(self) -> None:
        message = request()
        draft = Draft()
        draft.replace(0, 6, b"MESSAGE")
        self.assertTrue(
            draft.render_request(message, URI, VIA, UDP).startswith(b"INVITE sip:bob@192.0.2.4 SIP/2.0\r\n")
        )


class FieldTests(SynchronousTestCase):
    def test_a_removed_field_is_gone_and_nothing_else(self) -> None:
        message = request()
        draft = Draft()
        field = message.field(b"contact")
        assert field is not None
        self.assertFalse(draft.is_removed(field))
        draft.remove_field(field)
        draft.remove_field(field)
        self.assertTrue(draft.is_removed(field))
        line = b"Contact: <sip:alice@192.0.2.101;transport=udp>\r\n"
        self.assertEqual(draft.render(message), without(INVITE, line))

    def test_a_field_changed_and_then_removed_is_gone(self) -> None:
        message = request()
        draft = Draft()
        field = message.field(b"contact")
        assert field is not None
        draft.replace(field.value_start, field.value_end, b"<sip:x@y>")
        draft.remove_field(field)
        draft.insert(field.value_end, b";more")
        line = b"Contact: <sip:alice@192.0.2.101;transport=udp>\r\n"
        self.assertEqual(draft.render(message), without(INVITE, line))

    def test_what_is_inserted_before_and_after_a_removed_field_stays(self) -> None:
        message = request()
        draft = Draft()
        field = message.field(b"max-forwards")
        assert field is not None
        draft.insert(field.end, b"X-After: 2\r\n")
        draft.remove_field(field)
        draft.insert(field.start, b"X-Before: 1\r\n")
        self.assertEqual(
            draft.render(message), INVITE.replace(b"Max-Forwards: 70\r\n", b"X-Before: 1\r\nX-After: 2\r\n")
        )


class BodyTests(SynchronousTestCase):
    def test_content_length_follows_the_body(self) -> None:
        message = request()
        draft = Draft()
        at = message.raw.index(b"192.0.2.101\r\ns=-")
        draft.replace(at, at + 11, b"10.0.0.1")
        out = draft.render(message)
        self.assertIn(b"\r\nContent-Length: 93\r\n", out)
        self.assertTrue(out.endswith(SDP.replace(b"IP4 192.0.2.101\r\ns", b"IP4 10.0.0.1\r\ns")))

    def test_an_edit_may_reach_from_the_header_fields_into_the_body(self) -> None:
        message = request()
        draft = Draft()
        field = message.field(b"content-length")
        assert field is not None
        draft.replace(field.end, message.body_at + 5, b"X-A: 1\r\n\r\n")
        out = parse(draft.render(message))
        self.assertEqual(out.body, SDP[5:])
        self.assertEqual((out.content_length, out.first(b"x-a")), (len(SDP) - 5, b"1"))

    def test_a_new_body_replaces_the_old_one_and_its_edits(self) -> None:
        message = request()
        draft = Draft()
        draft.insert(len(message.raw), b"a=x\r\n")
        draft.set_body(message, b"first", b"text/html")
        draft.set_body(message, b"hello", b"text/plain")
        expected = without(INVITE, SDP, b"Content-Type: application/sdp\r\n")
        expected = expected.replace(b"Length: 96\r\n", b"Length: 5\r\nContent-Type: text/plain\r\n") + b"hello"
        self.assertEqual(draft.render(message), expected)

    def test_the_content_type_stays_where_it_is_the_same(self) -> None:
        for content_type in (None, b"application/sdp"):
            draft = Draft()
            draft.set_body(request(), b"x", content_type)
            expected = without(INVITE, SDP).replace(b"Length: 96", b"Length: 1") + b"x"
            self.assertEqual(draft.render(request()), expected)

    def test_a_content_type_removed_before_is_written_again(self) -> None:
        message = request()
        draft = Draft()
        field = message.field(b"content-type")
        assert field is not None
        draft.remove_field(field)
        draft.set_body(message, b"x", b"text/plain")
        self.assertEqual(parse(draft.render(message)).values(b"content-type"), [b"text/plain"])

    def test_a_content_length_that_is_absent_or_removed_is_added_with_a_new_body(self) -> None:
        message = request(without(INVITE, b"Content-Length: 96\r\n"))
        draft = Draft()
        draft.set_body(message, b"x")
        self.assertEqual(parse(draft.render(message)).values(b"content-length"), [b"1"])
        message = request()
        field = message.field(b"content-length")
        assert field is not None
        draft = Draft()
        draft.set_body(message, b"xy")
        draft.remove_field(field)
        self.assertEqual(parse(draft.render(message)).values(b"content-length"), [b"2"])

    def test_what_the_script_wrote_into_content_length_counts_no_more(self) -> None:
        message = request()
        field = message.field(b"content-length")
        assert field is not None
        for start, end, data in (
            (field.value_start, field.value_end, b"7"),
            (field.start, field.value_end, b"l: 7"),
            (field.start, field.end, b"Content-Length: 7\r\nl: 8\r\n"),
            (field.value_start + 1, field.value_start + 1, b"7"),
            (field.start - 5, field.value_start + 1, b"sdp\r\nX-Length: 7"),
            (field.start - 5, field.end, b"sdp\r\n"),
        ):
            draft = Draft()
            draft.replace(start, end, data)
            draft.set_body(message, b"xyz")
            out = draft.render(message)
            self.assertEqual(parse(out).values(b"content-length"), [b"3"], data)
            self.assertEqual(parse(out).body, b"xyz")

    def test_header_fields_that_the_script_has_broken_go_out_as_it_wants_them(self) -> None:
        message = request()
        field = message.field(b"content-length")
        assert field is not None
        draft = Draft()
        draft.replace(field.start, field.end, b"broken\r\n")
        draft.set_body(message, b"xyz")
        self.assertTrue(draft.render(message).endswith(b"sdp\r\nbroken\r\n\r\nxyz"))

    def test_a_stream_always_gets_a_content_length(self) -> None:
        line = b"Content-Length: 96\r\n"
        message = request(without(INVITE, line))
        self.assertNotIn(b"Content-Length", Draft().render_request(message, URI, VIA, UDP))
        self.assertIn(b"sdp\r\n" + line + b"\r\n", Draft().render_request(message, URI, VIA, TCP))
        message = request()
        draft = Draft()
        field = message.field(b"content-length")
        assert field is not None
        draft.remove_field(field)
        self.assertNotIn(b"Content-Length", draft.render_request(message, URI, VIA, UDP))
        self.assertIn(line, draft.render_request(message, URI, VIA, TCP))
        self.assertEqual(Draft().render_request(request(), URI, VIA, TCP).count(line), 1)


class RenderResponseTests(SynchronousTestCase):
    TOP = b"Via: SIP/2.0/UDP 192.0.2.2;branch=z9hG4bKtop\r\n"

    def test_the_top_via_field_is_gone(self) -> None:
        self.assertEqual(Draft().render_response(response()), without(RESPONSE, self.TOP))

    def test_of_several_values_only_the_top_one_is_gone(self) -> None:
        data = RESPONSE.replace(b"top\r\nVia: ", b"top ,\r\n ")
        self.assertEqual(
            Draft().render_response(response(data)),
            without(RESPONSE, self.TOP).replace(b"Via: SIP", b"Via: SIP"),
        )

    def test_a_value_with_nothing_behind_its_comma_takes_the_field_along(self) -> None:
        data = RESPONSE.replace(b"top\r\n", b"top , \r\n")
        self.assertEqual(Draft().render_response(response(data)), without(RESPONSE, self.TOP))

    def test_edits_are_made(self) -> None:
        message = response()
        draft = Draft()
        draft.append_field(message, b"X-A: 1\r\n")
        draft.prepend_field(message, b"X-B: 2\r\n")
        self.assertEqual(
            draft.render_response(message, UDP),
            without(RESPONSE, self.TOP)
            .replace(b"Ringing\r\n", b"Ringing\r\nX-B: 2\r\n")
            .replace(b"Length: 0\r\n", b"Length: 0\r\nX-A: 1\r\n"),
        )

    def test_the_reason_may_be_new(self) -> None:
        draft = Draft()
        draft.reason = b"Still Ringing"
        self.assertTrue(draft.render_response(response()).startswith(b"SIP/2.0 180 Still Ringing\r\nVia: "))


class RenderTests(SynchronousTestCase):
    def test_without_edits_it_is_the_message(self) -> None:
        self.assertEqual(Draft().render(request()), INVITE)
        self.assertEqual(Draft().render(response()), RESPONSE)

    def test_a_new_request_uri_is_written(self) -> None:
        draft = Draft()
        draft.request_uri = b"sip:carol@example.com"
        _, rest = INVITE.split(b"\r\n", 1)
        self.assertEqual(draft.render(request()), b"INVITE sip:carol@example.com SIP/2.0\r\n" + rest)


class ForgetTests(SynchronousTestCase):
    def test_its_lists_are_as_they_were(self) -> None:
        message = request()
        draft = Draft()
        draft.targets.append(Branch(b"sip:c@d"))
        draft.forget()
        draft.forget()
        self.assertEqual((draft.edits, len(draft.targets), draft.reply_fields), ([], 1, []))
        draft.append_field(message, b"X-A: 1\r\n")
        draft.forget()
        self.assertEqual(len(draft.edits), 1)
        self.assertIn(b"\r\nX-A: 1\r\n\r\n", draft.render(message))

    def test_one_can_be_forked(self) -> None:
        draft = Draft()
        draft.forget()
        self.assertEqual(draft.fork().edits, [])

    def test_no_other_name_is_made_up(self) -> None:
        with self.assertRaises(AttributeError):
            Draft().edit  # type: ignore[attr-defined]  # noqa: B018


class ForkTests(SynchronousTestCase):
    def test_a_fork_has_everything_and_changes_by_itself(self) -> None:
        message = request()
        draft = Draft()
        draft.append_field(message, b"X-A: 1\r\n")
        draft.request_uri = b"sip:a@b"
        draft.next_hop = b"sip:192.0.2.9"
        draft.path = b"<sip:p>"
        draft.advertised_host = b"198.51.100.7"
        draft.advertised_port = 5999
        draft.flags = 1
        draft.xflags = 2
        draft.branch_flags = 4
        draft.reply_fields.append(b"X-R: 1\r\n")
        draft.reply_body = (b"text/plain", b"x")
        draft.reason = b"why"
        draft.targets.append(Branch(b"sip:c@d", q=500))
        other = draft.fork()
        for name in Draft.__slots__:
            if name != "targets":
                self.assertEqual(getattr(other, name), getattr(draft, name), name)
        other.append_field(message, b"X-B: 2\r\n")
        other.reply_fields.append(b"X-R: 2\r\n")
        other.targets[0].uri = b"sip:e@f"
        other.flags = 9
        self.assertEqual((len(draft.edits), len(draft.reply_fields), draft.flags), (1, 1, 1))
        self.assertEqual(draft.targets[0].uri, b"sip:c@d")

    def test_a_copied_branch_has_everything(self) -> None:
        branch = Branch(b"sip:c@d", b"sip:192.0.2.9", b"<sip:p>", 700)
        branch.flags = 3
        branch.instance = b"<urn:uuid:1>"
        branch.reg_id = 1
        branch.ruid = b"r"
        branch.user_agent = b"ua"
        branch.send_socket = UDP.send_socket
        copied = branch.copy()
        for name in Branch.__slots__:
            self.assertEqual(getattr(copied, name), getattr(branch, name), name)


class TargetTests(SynchronousTestCase):
    """Whether the Request-URI is to be relayed to."""

    def setUp(self) -> None:
        self.draft = Draft()
        self.draft.request_uri = URI
        self.draft.next_hop = b"sip:192.0.2.9"

    def test_it_is_one_at_first(self) -> None:
        self.assertTrue(self.draft.uri_is_target)

    def test_consumed_it_is_none_and_stays_what_it_was(self) -> None:
        self.draft.consume_uri()
        self.assertFalse(self.draft.uri_is_target)
        self.assertEqual((self.draft.request_uri, self.draft.next_hop), (URI, b"sip:192.0.2.9"))

    def test_setting_it_makes_it_one_again_even_to_the_same_object(self) -> None:
        self.draft.consume_uri()
        self.draft.request_uri = URI
        self.assertTrue(self.draft.uri_is_target)

    def test_setting_the_next_hop_makes_it_one_again(self) -> None:
        next_hop = self.draft.next_hop
        self.draft.consume_uri()
        self.draft.next_hop = next_hop
        self.assertTrue(self.draft.uri_is_target)

    def test_resetting_the_next_hop_does_not(self) -> None:
        self.draft.consume_uri()
        self.draft.next_hop = None
        self.assertFalse(self.draft.uri_is_target)

    def test_an_unchanged_request_uri_can_be_consumed_too(self) -> None:
        draft = Draft()
        draft.consume_uri()
        self.assertFalse(draft.uri_is_target)
        draft.request_uri = URI
        self.assertTrue(draft.uri_is_target)

    def test_a_fork_knows_of_it(self) -> None:
        self.draft.consume_uri()
        self.assertFalse(self.draft.fork().uri_is_target)
