"""parties: From and To."""

from collections.abc import Mapping
from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from sipapp.interfaces.script import Value
from tests.modules.pv.script import Script, raw

LINES = """OPTIONS sip:example.com SIP/2.0
Via: SIP/2.0/UDP 192.0.2.9;branch=z9hG4bKa
From: {}
To: {}
Call-ID: call
CSeq: 1 OPTIONS
Content-Length: 0

"""
ALICE = '"Alice A" <sip:alice:pw@example.com:5070;x=y>;tag=ft'
BOB = "<sip:example.net>"


def script(from_: str = ALICE, to: str = BOB) -> Script:
    return Script(raw(LINES.format(from_, to)))


class ReadingTests(SynchronousTestCase):
    def reads(self, script: Script, expected: Mapping[str, Value]) -> None:
        self.assertEqual({name: script.read(name) for name in expected}, expected)

    def test_the_parts_of_from(self) -> None:
        self.reads(
            script(),
            {
                "$fu": b"sip:alice:pw@example.com:5070;x=y",
                "$from": b"sip:alice:pw@example.com:5070;x=y",
                "$fU": b"alice",
                "$from.user": b"alice",
                "$fd": b"example.com",
                "$from.domain": b"example.com",
                "$fn": b'"Alice A"',
                "$ft": b"ft",
                "$ful": 33,
                "$fUl": 5,
            },
        )

    def test_the_parts_of_to(self) -> None:
        self.reads(
            script(to="Bob <sip:bob@example.net>;tag=tt"),
            {
                "$tu": b"sip:bob@example.net",
                "$to": b"sip:bob@example.net",
                "$tU": b"bob",
                "$to.user": b"bob",
                "$td": b"example.net",
                "$to.domain": b"example.net",
                "$tn": b"Bob",
                "$tt": b"tt",
                "$tts": 1,
                "$tUl": 3,
            },
        )

    def test_parts_that_are_not_there_are_null(self) -> None:
        self.reads(script(), {"$tU": None, "$tn": None, "$tt": None, "$tts": 0, "$tUl": 0})

    def test_a_field_that_is_malformed_has_no_parts(self) -> None:
        self.reads(
            script(from_="<sip:a@b"), {"$fu": None, "$fU": None, "$fd": None, "$fn": None, "$ft": None, "$ful": None}
        )


class WritingTests(SynchronousTestCase):
    def check(self, from_: str, variable: str, value: Value, line: str) -> None:
        one: Any = script(from_=from_)
        one.write(variable, value)
        self.assertEqual(one.line("From"), b"From: " + line.encode())

    def test_the_uri(self) -> None:
        self.check(ALICE, "$fu", b"sip:x@y", '"Alice A" <sip:x@y>;tag=ft')
        self.check("sip:a@b;tag=t", "$fu", b"sip:x@y", "sip:x@y;tag=t")
        self.check(ALICE, "$fu", None, ALICE)

    def test_the_user(self) -> None:
        self.check(ALICE, "$fU", b"x", '"Alice A" <sip:x:pw@example.com:5070;x=y>;tag=ft')
        self.check("<sip:example.com>", "$fU", b"x", "<sip:x@example.com>")
        self.check("<sip:a@example.com>", "$fU", None, "<sip:example.com>")
        self.check("<sip:example.com>", "$fU", None, "<sip:example.com>")

    def test_the_host(self) -> None:
        self.check(ALICE, "$fd", b"example.org", '"Alice A" <sip:alice:pw@example.org:5070;x=y>;tag=ft')
        self.check("<sip:example.com>", "$fd", b"x", "<sip:x>")
        self.check(ALICE, "$fd", None, ALICE)

    def test_the_display_name(self) -> None:
        self.check(ALICE, "$fn", b'"New"', '"New" <sip:alice:pw@example.com:5070;x=y>;tag=ft')
        self.check("<sip:a@b>", "$fn", b"New", "New <sip:a@b>")
        self.check(ALICE, "$fn", None, "<sip:alice:pw@example.com:5070;x=y>;tag=ft")
        self.check("<sip:a@b>", "$fn", None, "<sip:a@b>")

    def test_to_is_written_the_same_way(self) -> None:
        for variable, value, line in (
            ("$tu", b"sip:x@y", b"<sip:x@y>"),
            ("$tU", b"x", b"<sip:x@example.net>"),
            ("$tUl", b"x", b"<sip:x@example.net>"),
            ("$td", b"x", b"<sip:x>"),
            ("$tn", b"X", b"X <sip:example.net>"),
        ):
            one = script()
            one.write(variable, value)
            self.assertEqual(one.line("To"), b"To: " + line)

    def test_the_variable_stays_as_received(self) -> None:
        one = script()
        one.write("$fU", b"x")
        self.assertEqual(one.read("$fU"), b"alice")

    def test_the_last_writing_counts(self) -> None:
        one = script(from_="<sip:a@b>;tag=t")
        for value in (b"sip:x@y", b"sip:z@z"):
            one.write("$fu", value)
        self.assertEqual(one.line("From"), b"From: <sip:z@z>;tag=t")
        one.write("$fn", b"N")
        one.write("$fn", b"M")
        self.assertEqual(one.line("From"), b"From: M <sip:z@z>;tag=t")

    def test_a_malformed_field_stays(self) -> None:
        self.check("<sip:a@b", "$fu", b"sip:x@y", "<sip:a@b")
