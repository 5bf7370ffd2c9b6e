"""fields: header fields by name, and those with a variable of their own."""

from collections.abc import Mapping

from twisted.trial.unittest import SynchronousTestCase

from sipapp.errors import ConfigError
from sipapp.interfaces.script import Value
from tests.modules.pv.script import Script, with_fields

CONTACTS = ('Contact: "A, b" <sip:a@192.0.2.1>;expires=60, <sip:b@192.0.2.2>', "m: <sip:c@192.0.2.3>;expires=5")


class FieldsCase(SynchronousTestCase):
    def reads(self, script: Script, expected: Mapping[str, Value]) -> None:
        self.assertEqual({name: script.read(name) for name in expected}, expected)


class HdrTests(FieldsCase):
    def setUp(self) -> None:
        self.script = Script(with_fields("X-Foo: one", "X-Bar: bar", "x-foo:  two , three ", *CONTACTS))

    def test_a_field_is_found_in_any_case_and_form(self) -> None:
        self.reads(self.script, {"$hdr(x-FOO)": b"one", "$hdr(Nope)": None, "$hdr(i)": b"call@example.com"})
        self.reads(self.script, {"$hdr(contact)": b'"A, b" <sip:a@192.0.2.1>;expires=60, <sip:b@192.0.2.2>'})

    def test_one_of_several_is_found_from_either_end(self) -> None:
        self.reads(
            self.script,
            {
                "$(hdr(X-Foo)[0])": b"one",
                "$(hdr(X-Foo)[1])": b"two , three",
                "$(hdr(X-Foo)[2])": None,
                "$(hdr(X-Foo)[-1])": b"two , three",
                "$(hdr(X-Foo)[-2])": b"one",
                "$(hdr(X-Foo)[-3])": None,
                "$(hdr(X-Foo)[*])": b"one,two , three",
                "$(hdr(Nope)[*])": None,
                "$(hdr(Nope)[-1])": None,
            },
        )

    def test_any_field_may_be_asked_for(self) -> None:
        via = b"SIP/2.0/UDP 192.0.2.9:5070;branch=z9hG4bKa"
        self.reads(self.script, {"$hdr(*)": via, "$(hdr(*)[1])": b"70", "$(hdr(*)[-1])": b"0", "$hdrc(*)": 12})

    def test_name_and_index_may_be_variables(self) -> None:
        self.script.write("$var(name)", b"X-Foo")
        self.script.write("$var(at)", 1)
        self.reads(
            self.script,
            {
                "$hdr($var(name))": b"one",
                "$(hdr($var(name))[$var(at)])": b"two , three",
                "$(hdr(X-Foo)[$var(at)])": b"two , three",
                "$hdrc($var(name))": 2,
                "$hdr($vn(nothing))": None,
                "$hdrc($vn(nothing))": 0,
            },
        )
        self.script.write("$var(name)", b"bad name")
        self.reads(self.script, {"$hdr($var(name))": None})

    def test_fields_are_counted(self) -> None:
        self.reads(self.script, {"$hdrc(X-Foo)": 2, "$hdrc(Contact)": 2, "$hdrc(Nope)": 0})

    def test_a_field_has_a_name(self) -> None:
        for wrong in ("$hdr", "$hdr()", "$hdr(a b)", "$(hdr(X)[y])", "$hdrc", "$(hdrc(X)[0])", "$hfl"):
            self.assertRaises(ConfigError, Script().variable, wrong)

    def test_none_can_be_written(self) -> None:
        for variable in ("$hdr(X)", "$hfl(Contact)", "$ua", "$ct"):
            self.assertIsNone(self.script.variable(variable).set)


class HflTests(FieldsCase):
    def test_single_values_are_counted_over_all_fields(self) -> None:
        script = Script(with_fields("Route: <sip:a;lr>, <sip:b;lr>", "Route: <sip:c>", "X-Foo: one, two"))
        self.reads(
            script,
            {
                "$hfl(Route)": b"<sip:a;lr>",
                "$(hfl(Route)[1])": b"<sip:b;lr>",
                "$(hfl(Route)[2])": b"<sip:c>",
                "$(hfl(Route)[3])": None,
                "$hflc(Route)": 3,
                "$(hfl(Route)[*])": b"<sip:a;lr>, <sip:b;lr>,<sip:c>",
                "$hfl(X-Foo)": b"one, two",
                "$hflc(X-Foo)": 1,
            },
        )

    def test_minus_two_is_the_last_as_in_kamailio(self) -> None:
        script = Script(with_fields("Route: <sip:a>, <sip:b>"))
        self.reads(
            script, {"$(hfl(Route)[-2])": b"<sip:b>", "$(hfl(Route)[-3])": b"<sip:a>", "$(hfl(Route)[-1])": None}
        )

    def test_the_values_of_one_contact_field_come_last_first_as_in_kamailio(self) -> None:
        script = Script(with_fields(*CONTACTS))
        self.reads(
            script,
            {
                "$(hfl(Contact)[0])": b"<sip:b@192.0.2.2>",
                "$(hfl(Contact)[1])": b'"A, b" <sip:a@192.0.2.1>;expires=60',
                "$(hfl(Contact)[2])": b"<sip:c@192.0.2.3>;expires=5",
                "$hflc(Contact)": 3,
            },
        )

    def test_a_star_is_no_contact(self) -> None:
        self.reads(Script(with_fields("Contact: *")), {"$hfl(Contact)": None, "$hflc(Contact)": 0})

    def test_a_via_keeps_its_comma_as_in_kamailio(self) -> None:
        script = Script(with_fields("Via: SIP/2.0/UDP a;branch=1, SIP/2.0/UDP b;branch=2"))
        self.reads(script, {"$(hfl(Via)[1])": b"SIP/2.0/UDP a;branch=1,", "$(hfl(Via)[2])": b"SIP/2.0/UDP b;branch=2"})

    def test_the_name_may_be_a_variable(self) -> None:
        script = Script(with_fields("Route: <sip:a>"))
        script.write("$var(name)", b"Route")
        self.reads(script, {"$hfl($var(name))": b"<sip:a>", "$hfl($vn(nothing))": None})


class SingleFieldTests(FieldsCase):
    def test_call_id_and_cseq(self) -> None:
        self.reads(Script(), {"$ci": b"call@example.com", "$cs": b"1", "$csb": b"1 INVITE", "$cl": 0})

    def test_content_and_agent(self) -> None:
        self.reads(Script(), {"$cT": None, "$ua": None, "$rt": None, "$re": None})
        self.reads(
            Script(with_fields("Content-Type: text/plain;charset=utf-8", "User-Agent: a/1", "Refer-To: <sip:r@x>;a=b")),
            {"$cT": b"text/plain;charset=utf-8", "$ua": b"a/1", "$rt": b"sip:r@x"},
        )

    def test_contact(self) -> None:
        self.reads(
            Script(with_fields(*CONTACTS)),
            {
                "$ct": b'"A, b" <sip:a@192.0.2.1>;expires=60, <sip:b@192.0.2.2>',
                "$ctu": b"sip:a@192.0.2.1",
                "$cts": 0,
                "$expires(min)": 5,
                "$expires(max)": 60,
            },
        )
        self.reads(Script(with_fields("Contact: *")), {"$ct": b"*", "$ctu": None, "$cts": 1})
        self.reads(Script(), {"$ct": None, "$ctu": None, "$cts": None, "$expires(min)": None})

    def test_expires_counts_for_contacts_without_a_time(self) -> None:
        self.reads(Script(with_fields("Expires: 9", *CONTACTS)), {"$expires(min)": 5, "$expires(max)": 60})
        self.reads(Script(with_fields("Expires: 99", *CONTACTS)), {"$expires(max)": 99})
        self.reads(Script(with_fields("Expires: 99")), {"$expires(min)": 99, "$expires(max)": 99})
        self.reads(Script(with_fields("Expires: soon", CONTACTS[1])), {"$expires(min)": 5})
        self.reads(Script(with_fields("Contact: <sip:a@b>;expires=x")), {"$expires(min)": None})

    def test_identities_may_be_several(self) -> None:
        script = Script(
            with_fields(
                'P-Asserted-Identity: "A" <sip:a@example.com>, <tel:+1>',
                'P-Preferred-Identity: "P" <sip:p@example.org>',
                "P-Preferred-Identity: <sip:example.net>",
                "Remote-Party-ID: <sip:rp@example.com>;party=calling",
            )
        )
        self.reads(
            script,
            {
                "$ai": b"sip:a@example.com",
                "$(ai[1])": b"tel:+1",
                "$(ai[2])": None,
                "$(ai[-1])": b"sip:a@example.com",
                "$(ai[*])": None,
                "$pu": b"sip:p@example.org",
                "$pn": b'"P"',
                "$pU": b"p",
                "$pd": b"example.org",
                "$(pu[1])": b"sip:example.net",
                "$(pn[1])": None,
                "$(pU[1])": None,
                "$re": b"sip:rp@example.com",
            },
        )
        self.reads(Script(), {"$ai": None, "$pu": None, "$pn": None, "$pU": None, "$pd": None})

    def test_diversion(self) -> None:
        script = Script(with_fields('Diversion: "D" <sip:d@x>;reason="no-answer";privacy=full;counter=2, <sip:e@x>'))
        self.reads(script, {"$di": b"sip:d@x", "$dir": b"no-answer", "$dip": b"full", "$dic": b"2"})
        self.reads(
            Script(with_fields("Diversion: <sip:d@x>")), {"$di": b"sip:d@x", "$dir": None, "$dip": None, "$dic": None}
        )
        self.reads(Script(), {"$di": None, "$dir": None})

    def test_malformed_fields_have_no_parts(self) -> None:
        script = Script(with_fields("Contact: <sip:a@b", "P-Asserted-Identity: <", "Refer-To: <x", "Diversion: <x"))
        self.reads(script, {"$ctu": None, "$ai": None, "$rt": None, "$di": None, "$dir": None})
