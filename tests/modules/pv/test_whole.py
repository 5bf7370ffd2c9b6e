"""whole: the message as a whole, the server, constants."""

import os
from collections.abc import Mapping

from twisted.trial.unittest import SynchronousTestCase

import sipapp
from sipapp.core.parameters import CoreConfig
from sipapp.errors import ConfigError
from sipapp.interfaces.script import Value
from sipapp.message.draft import Branch
from tests.modules.pv.script import Script, raw

TEXT = """MESSAGE sip:example.com SIP/2.0
Via: SIP/2.0/UDP 192.0.2.9
From: <sip:a@b>;tag=f
To: <sip:c@d>
Call-ID: call
CSeq: 1 MESSAGE
Content-Length: 5

hello"""
BYTES = TEXT.replace("\n", "\r\n").encode()


class WholeCase(SynchronousTestCase):
    def setUp(self) -> None:
        self.script = Script(raw(TEXT))

    def reads(self, expected: Mapping[str, Value]) -> None:
        self.assertEqual({name: self.script.read(name) for name in expected}, expected)


class MessageTests(WholeCase):
    def test_all_of_it(self) -> None:
        self.reads({"$mb": BYTES, "$ml": len(BYTES), "$rb": b"hello", "$bs": 5})
        self.script.ctx.message.number = 7
        self.reads({"$mi": 7})

    def test_with_the_changes_of_the_script(self) -> None:
        self.script.write("$ru", b"sip:new@example.net")
        shown = self.script.read("$mbu")
        assert isinstance(shown, bytes)
        self.assertTrue(shown.startswith(b"MESSAGE sip:new@example.net SIP/2.0\r\n"))
        self.reads({"$mb": BYTES})

    def test_its_parts(self) -> None:
        fields = BYTES.partition(b"\r\n")[2].partition(b"\r\n\r\n")[0]
        self.reads(
            {
                "$msg(len)": len(BYTES),
                "$msg(buf)": BYTES,
                "$msg(body)": b"hello",
                "$msg(body_len)": 5,
                "$msg(fline)": b"MESSAGE sip:example.com SIP/2.0",
                "$msg(hdrc)": 6,
                "$msg(hdrs)": fields,
                "$msg(hdrs_len)": len(fields),
                "$msg(fpart)": BYTES.partition(b"\r\n\r\n")[0],
                "$msg(lpart)": BYTES.partition(b"\r\n")[2],
            }
        )
        self.assertRaises(ConfigError, self.script.variable, "$msg(head)")

    def test_single_bytes(self) -> None:
        self.script.write("$var(at)", len(BYTES) - 1)
        self.reads({"$msgbuf(0)": b"M", "$msgbuf($var(at))": b"o", "$msgbuf(9999)": None, "$msgbuf($vn(x))": None})

    def test_single_bytes_can_be_replaced(self) -> None:
        at = BYTES.index(b"call")
        for place, value in ((at, b"Wide"), (at + 1, b""), (at + 2, None), (9999, b"x")):
            self.script.write(f"$msgbuf({place})", value)
        self.assertEqual(self.script.line("Call-ID"), b"Call-ID: Wall")
        self.reads({f"$msgbuf({at})": b"c"})

    def test_an_offset_is_a_number(self) -> None:
        for wrong in ("$msgbuf", "$msgbuf(x)", "$msgbuf(-1)", "$(msgbuf(1)[1])"):
            self.assertRaises(ConfigError, self.script.variable, wrong)

    def test_what_lookup_has_found(self) -> None:
        self.reads({"$ruid": None, "$location_ua": None})
        location = self.script.ctx.draft.location = Branch(b"sip:bob@192.0.2.1")
        location.ruid, location.user_agent = b"u1", b"phone"
        self.reads({"$ruid": b"u1", "$location_ua": b"phone"})


class SelectTests(WholeCase):
    def test_a_select_is_a_variable_too(self) -> None:
        self.reads({"$sel(from.uri.user)": b"a", "$sel(@to.uri)": b"sip:c@d", "$sel(contact.uri)": None})

    def test_what_is_absent_in_a_field_is_null_here(self) -> None:
        self.reads({"$sel(to.tag)": None, "$sel(from.tag)": b"f"})

    def test_an_unknown_select_is_found_at_load(self) -> None:
        for wrong in ("$sel(form.uri)", "$sel", "$(sel(from)[1])"):
            self.assertRaises(ConfigError, self.script.variable, wrong)


class ServerTests(WholeCase):
    def test_the_process(self) -> None:
        self.script.server.config.server_id = 9
        self.reads({"$pp": os.getpid(), "$sid": 9})

    def test_statistics_by_name(self) -> None:
        counter = self.script.server.statistics.counter("core", "rcv_requests")
        counter.add(3)
        self.reads({"$stat(rcv_requests)": 3, "$stat(nothing)": None})

    def test_parameters_of_the_configuration(self) -> None:
        config = self.script.server.config = CoreConfig()
        config.custom["limits", "calls"] = 10
        config.instances["limits", 3, "calls"] = 30
        self.reads({"$ccp(limits.calls)": 10, "$ccp(limits[3].calls)": 30, "$ccp(limits[4].calls)": 10})
        self.reads({"$ccp(core.debug)": config.debug, "$ccp(core.nothing)": None, "$ccp(no.thing)": None})

    def test_parameters_can_be_changed(self) -> None:
        config = self.script.server.config = CoreConfig()
        config.custom["limits", "calls"] = 10
        for value in (20, None, b"text"):
            self.script.write("$ccp(limits.calls)", value)
        self.script.write("$ccp(core.debug)", 3)
        self.reads({"$ccp(limits.calls)": 20})
        self.assertEqual(config.debug, 3)

    def test_a_parameter_has_a_group_and_a_name(self) -> None:
        for wrong in ("$ccp", "$ccp(debug)", "$ccp(core.)", "$ccp(.x)", "$ccp(a[x].b)", "$(ccp(core.debug)[1])"):
            self.assertRaises(ConfigError, self.script.variable, wrong)

    def test_the_version_is_the_one_that_scripts_are_written_for(self) -> None:
        self.reads({"$version(num)": b"5.6.3", "$ksr(ver)": b"5.6.3", "$ksr(verval)": 5_006_003})
        self.reads({"$version(hash)": sipapp.__version__.encode()})
        shown = self.script.read("$version(full)")
        assert isinstance(shown, bytes)
        self.assertTrue(shown.startswith(b"sipapp " + sipapp.__version__.encode()))


class ConstantTests(WholeCase):
    def test_characters_that_a_text_cannot_hold(self) -> None:
        self.assertEqual(self.script.text("a$(En)b$(Er)c$(Es)d$(Et)e"), b"a\nb\rc d\te")
        self.assertEqual(self.script.text("$(Ec)$(Eq)$(Ek)$(Ei)$(Ej)$(Eb)$(Ev)"), b",\"':;\\`")
        self.assertTrue(self.script.variable("$En").constant)

    def test_true_is_1_and_an_error_nothing(self) -> None:
        self.reads({"$true": 1, "$err.class": None, "$err.rreason": None})
