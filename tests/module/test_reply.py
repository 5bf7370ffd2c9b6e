from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from sipapp.errors import TooManySuspended, ValidationError
from sipapp.message.draft import Branch, Draft
from sipapp.message.parse import parse
from sipapp.module.reply import (
    ERROR,
    WITH_FLAGS,
    WITH_PATH,
    compose,
    error_reply,
    last_error,
    owed,
    q_value,
    redirection,
    refused,
)
from tests.modules.stage import Server, context, request


class ReplyTests(SynchronousTestCase):
    def test_the_tag_is_for_a_to_without_one_from_180_on(self) -> None:
        for to, status, tag in (("", 100, None), ("", 180, b"new"), ("", 404, b"new"), (";tag=old", 200, b"old")):
            ctx = context(request(to=to))
            answer = parse(compose(ctx, status, b"x", b"new"))
            assert answer.to is not None
            self.assertEqual(answer.to.tag, tag, (to, status))

    def test_server_and_warning_are_as_configured(self) -> None:
        for config, server, warned in (
            ({}, b"sipapp", False),
            ({"server_signature": 0}, None, False),
            ({"server_header": b"My Server", "sip_warning": 1}, b"My Server", True),
        ):
            answer = parse(compose(context(server=Server(**config)), 200, b"OK", b"t"))
            self.assertEqual((answer.first(b"server"), answer.first(b"warning") is not None), (server, warned))

    def test_only_a_redirection_has_a_contact_by_itself(self) -> None:
        for status, contact in ((302, b"<sip:new@h>"), (299, None), (404, None)):
            ctx = context()
            ctx.draft.request_uri = b"sip:new@h"
            answer = parse(compose(ctx, status, b"x", None))
            self.assertEqual(answer.first(b"contact"), contact)
            self.assertEqual(ctx.draft.reply_fields, [])

    def test_a_body_has_its_type_and_length(self) -> None:
        ctx = context()
        ctx.draft.reply_body = (b"text/plain", b"hello")
        answer = parse(compose(ctx, 200, b"OK", b"t"))
        self.assertEqual((answer.content_type, answer.content_length, answer.body), (b"text/plain", 5, b"hello"))

    def test_all_branches_are_named_with_their_q(self) -> None:
        draft = Draft()
        draft.targets = [Branch(b"sip:a@h", q=1000), Branch(b"sip:b@h", q=125), Branch(b"sip:c@h")]
        self.assertEqual(redirection(draft), b"Contact: <sip:a@h>;q=1, <sip:b@h>;q=0.125, <sip:c@h>\r\n")
        self.assertEqual(redirection(Draft()), b"")

    def test_flags_and_path_are_told_on_request(self) -> None:
        draft = Draft()
        draft.request_uri, draft.path, draft.branch_flags = b"sip:a@h", b"<sip:p;lr>", 3
        self.assertEqual(redirection(draft, WITH_FLAGS), b"Contact: <sip:a@h>;flags=3\r\n")
        self.assertEqual(redirection(draft, WITH_PATH), b"Contact: <sip:a@h?Route=%3Csip:p%3Blr%3E>\r\n")

    def test_q_is_written_short(self) -> None:
        self.assertEqual(
            [q_value(q) for q in (0, 5, 50, 500, 999, 1000)], [b"0", b"0.005", b"0.05", b"0.5", b"0.999", b"1"]
        )

    def test_a_refusal_is_told_in_its_own_words_until_another_error_comes(self) -> None:
        ctx = context(request(more="Proxy-Require: foo, bar\r\n"))
        self.assertEqual(refused(ctx), -420)
        self.assertEqual(last_error(ctx, "SL"), (420, b"Bad Extension (420/SL)", [b"Unsupported: foo, bar\r\n"]))
        ctx.extra[ERROR] = -478
        self.assertEqual(last_error(ctx, "TM"), (478, b"Unresolvable destination (478/TM)", []))

    def test_what_may_be_sent_on_leaves_no_error(self) -> None:
        ctx = context(request())
        self.assertEqual((refused(ctx), ctx.extra), (0, {}))
        self.assertEqual(last_error(ctx, "TM", -7)[0], 500)

    def test_errors_have_kamailios_words(self) -> None:
        self.assertEqual(error_reply(-477, "TM")[1], b"Unfortunately error on sending to next hop occurred (477/TM)")
        self.assertEqual(error_reply(-16, "SL"), (400, b"Empty q parameter (16/SL)"))
        self.assertEqual(error_reply(-99, "SL"), (500, b"I'm terribly sorry, server error occurred (99/SL)"))

    def test_a_request_whose_script_broke_is_owed_what_the_exception_says(self) -> None:
        for error, status, reason, fields in (
            (ValueError("a secret"), 500, b"Server Internal Error", []),
            (TooManySuspended(5), 503, b"Service Unavailable", [b"Retry-After: 10\r\n"]),
            (
                ValidationError("Bad Extension", 420, [b"Unsupported: x\r\n"]),
                420,
                b"Bad Extension",
                [b"Unsupported: x\r\n"],
            ),
        ):
            self.assertEqual(owed(error), (status, reason, fields))
