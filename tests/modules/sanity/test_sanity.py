"""sanity_check() and its answers."""

from __future__ import annotations

from sipapp.assemble import assemble_text
from sipapp.errors import ConfigErrors
from tests.modules.talk import TalkCase


class SanityTests(TalkCase):
    modules = "sanity"
    check = 'if (!sanity_check()) { say("insane"); } else say("sane");'

    def answers(self, **facts: object) -> list[tuple[int, bytes]]:
        before = len(self.alice.messages)
        self.alice.send("OPTIONS", **facts)  # type: ignore[arg-type]
        self.sip.advance(0)
        return [(m.status, m.reason) for m in self.alice.messages[before:]]  # type: ignore[union-attr]

    def test_a_sane_request_goes_on(self) -> None:
        self.assertEqual(self.run_script(self.check), ["sane"])

    def test_a_mistake_is_answered_and_ends_the_script(self) -> None:
        self.serve(self.check)
        self.assertEqual(self.answers(headers=["Expires: abc"]), [(400, b"Expires value is illegal")])

    def test_what_is_not_supported_is_named(self) -> None:
        self.serve(self.check, head='modparam("sanity", "proxy_require", " known , too")')
        self.assertEqual(
            self.answers(headers=["Proxy-Require: known, too, foo"]), [(420, b"Bad Proxy Require Extension")]
        )
        self.assertEqual(self.alice.messages[-1].values(b"unsupported"), [b"foo"])

    def test_without_autodrop_it_is_false(self) -> None:
        self.serve(
            'if (!sanity_check()) { xlog("L_ERR", "rc $rc\\n"); exit; }',
            head='loadmodule "xlog" modparam("sanity", "autodrop", 0)',
        )
        self.assertEqual(self.answers(headers=["Expires: abc"]), [(400, b"Expires value is illegal")])
        self.assertTrue(self.logged("rc -1"))

    def test_with_noreply_the_script_answers(self) -> None:
        head = 'modparam("sanity", "autodrop", 0) modparam("sanity", "noreply", 1)'
        self.serve("if (!sanity_check()) { sanity_reply(); exit; } sanity_reply(); exit;", head=head)
        self.assertEqual(self.answers(headers=["Expires: abc"]), [(400, b"Expires value is illegal")])
        self.assertEqual(self.answers(), [(500, b"Server Sanity Failure")])

    def test_without_noreply_sanity_reply_does_nothing(self) -> None:
        self.assertEqual(self.run_script('sanity_reply(); say("$rc");'), ["1"])

    def test_its_numbers_say_what_is_checked(self) -> None:
        for call, wanted in (
            ("sanity_check(128)", [(200, b"OK")]),
            ("sanity_check(256)", [(400, b"Expires value is illegal")]),
            ('sanity_check("$var(n)")', [(400, b"Expires value is illegal")]),
            ("sanity_check(1024)", [(200, b"OK")]),
            ('sanity_check("1024", "8")', [(400, b"Bad Contact URI")]),
        ):
            self.serve(f"$var(n) = 256; {call};")
            request = self.alice.send("OPTIONS", headers=["Expires: abc"], branch="z9hG4bKfirst")
            self.sip.advance(0)
            before = len(self.alice.messages)
            request = request.replace(b"Contact: <sip:", b"Contact: <foo:").replace(b"z9hG4bKfirst", b"z9hG4bKsecond")
            self.alice.send_raw(request)
            self.sip.advance(0)
            found = [(m.status, m.reason) for m in self.alice.messages[before:]]  # type: ignore[union-attr]
            self.assertEqual(found, wanted, call)

    def test_numbers_that_there_are_not_are_false(self) -> None:
        said = self.run_script("""
            sanity_check(0); say("$rc"); sanity_check(131072); say("$rc");
            sanity_check(1, 0); say("$rc"); sanity_check(1, 16); say("$rc");
        """)
        self.assertEqual(said, ["-1"] * 4)

    def test_the_defaults_are_parameters(self) -> None:
        self.serve(self.check, head='modparam("sanity", "default_checks", 128)')
        self.assertEqual(self.answers(headers=["Expires: abc"]), [(200, b"OK")])

    def test_sizes_are_checked_where_wanted_and_not_answered(self) -> None:
        self.serve(self.check, head='modparam("sanity", "size_checks", 1) modparam("sanity", "size_ruri", 30)')
        self.assertEqual(self.answers(user="bob"), [(200, b"OK")])
        self.assertEqual(self.answers(user="b" * 40), [])
        self.serve("sanity_check(65536);", head='modparam("sanity", "size_ruri", 30)')
        self.assertEqual(self.answers(user="b" * 40), [])

    def test_the_request_uri_is_that_of_the_moment(self) -> None:
        self.serve('$ru = "foo:bar"; sanity_check(2);')
        self.assertEqual(self.answers(), [(400, b"Bad Request URI")])

    def test_responses_are_checked_too_and_never_answered(self) -> None:
        self.serve("", routes='reply_route { sanity_check(320); xlog("L_ERR", "sane\\n"); }', head='loadmodule "xlog"')
        response = (
            b"SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP 192.0.2.100\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:a@b>;tag=2\r\n"
            b"Call-ID: x\r\nCSeq: 1 OPTIONS\r\n%bContent-Length: 0\r\n\r\n"
        )
        self.alice.send_raw(response % b"Expires: abc\r\n")
        self.sip.advance(0)
        self.assertFalse(self.logged("sane"))
        self.alice.send_raw(response % b"")
        self.sip.advance(0)
        self.assertTrue(self.logged("sane"))
        self.assertEqual(self.alice.messages, [])

    def test_without_sl_it_is_refused(self) -> None:
        why = self.assertRaises(ConfigErrors, assemble_text, 'loadmodule "sanity" request_route { exit; }')
        self.assertIn('loadmodule "sl" before it', str(why))
