from __future__ import annotations

from typing import Any

from sipapp.errors import ConfigError
from tests.modules.registrar.phones import PhoneCase

A, B = "<sip:a@192.0.2.1>", "<sip:b@192.0.2.1>"
CFG = 'modparam("registrar", "xavp_cfg", "cfg")\n'


class ConfiguredTests(PhoneCase):
    """$xavp in place of parameters."""

    def use(self, fields: str, body: str = "", head: str = "", **options: Any) -> None:
        self.serve(
            body, CFG + head, save=f'{fields} if (is_method("REGISTER")) {{ save("location"); exit; }}', **options
        )

    def test_expires_and_q(self) -> None:
        self.use("$xavp(cfg=>expires) = 120; $xavp(cfg[0]=>q) = 250;")
        self.assertEqual(self.listed(self.register(f"{A};expires=999;q=1")), [f"{A};q=0.25;expires=120"])

    def test_what_is_no_number_does_not_count(self) -> None:
        self.use('$xavp(cfg=>expires) = "x";')
        self.assertEqual(self.listed(self.register(f"{A};expires=999")), [f"{A};expires=999"])

    def test_max_contacts(self) -> None:
        self.use("$xavp(cfg=>max_contacts) = 1;", head='modparam("registrar", "max_contacts", 5)')
        self.assertEqual(self.register(A, B).status, 503)
        self.assertEqual(self.register(A).status, 200)

    def test_the_socket(self) -> None:
        self.use(
            '$xavp(cfg=>socket) = "tcp:192.0.2.100:5060"; setflag(3);',
            'lookup("location"); xlog("$fs\\n");',
            'modparam("registrar", "sock_flag", 3)',
        )
        self.register(A)
        self.assertEqual(self.look(), ["tcp:192.0.2.100:5060"])

    def test_what_registered_looks_for(self) -> None:
        for field, option, found in (
            ("match_callid", 1, "one"),
            ("match_received", 2, "sip:192.0.2.9"),
            ("match_contact", 4, "sip:a@192.0.2.1"),
        ):
            for value, code in ((found, "1"), ("other", "-1")):
                self.use(
                    f'$xavp(cfg=>{field}) = "{value}";',
                    f'registered("location", "$ru", "{option}"); xlog("$rc\\n"); '
                    f'registered("location", "$ru", "{7 - option}"); xlog("$rc\\n");',
                )
                self.register(A + ';received="sip:192.0.2.9"')
                self.assertEqual(self.look(), [code, "1"], (field, value))

    def test_which_branch_flags_lookup_wants(self) -> None:
        body = '$xavp(cfg=>rlf_bflags) = $var(x); lookup("location"); xlog("$rc\\n");'
        for wanted, code in ((64, "1"), (128, "-1"), (0, "1")):
            self.use("setbflag(6);", f"$var(x) = {wanted}; {body}", 'modparam("registrar", "lookup_filter_mode", 1)')
            self.register(A)
            self.assertEqual(self.look(), [code])


class ReceivedTests(PhoneCase):
    def test_an_avp_says_where_the_client_is(self) -> None:
        self.serve(
            head='modparam("registrar", "received_avp", "$avp(r)")',
            save='$avp(r) = "sip:192.0.2.9:1024"; save("location"); exit;',
        )
        self.assertEqual(self.listed(self.register(A)), [f'{A};expires=3600;received="sip:192.0.2.9:1024"'])
        answer = self.register(B + ';received="sip:192.0.2.8"')
        self.assertIn(f'{B};expires=3600;received="sip:192.0.2.8"', self.listed(answer))

    def test_nothing_else_does(self) -> None:
        self.assertRaises(ConfigError, self.serve, head='modparam("registrar", "received_avp", "$var(r)")')


class TellingTests(PhoneCase):
    """`xavp_rcd`."""

    SHOW = 'xlog("$xavp(rcd=>ruid) $xavp(rcd=>contact) $xavp(rcd=>expires) $xavp(rcd=>received) $xavp(rcd=>path)\\n");'
    FULL = (A + ';received="sip:192.0.2.9"',)
    HEAD = 'modparam("registrar", "xavp_rcd", "rcd") modparam("registrar", "use_path", 1)\n'
    LINES = ("Supported: path", "Path: <sip:192.0.2.8;lr>")

    def told(self, head: str = "", body: str = 'lookup("location");') -> list[str]:
        self.serve(body + self.SHOW, self.HEAD + head)
        self.register(*self.FULL, lines=self.LINES)
        return self.look()[0].split()

    def test_what_was_found_is_told(self) -> None:
        ruid, *rest = self.told()
        self.assertTrue(ruid.startswith("uloc-"))
        self.assertEqual(rest, ["sip:a@192.0.2.1", "3600", "sip:192.0.2.9", "<sip:192.0.2.8;lr>"])

    def test_as_far_as_it_is_wanted(self) -> None:
        self.assertEqual(self.told('modparam("registrar", "xavp_rcd_mask", 31)'), ["<null>"] * 5)

    def test_by_registered_too_unless_it_shall_not(self) -> None:
        self.assertEqual(self.told(body='registered("location");')[1], "sip:a@192.0.2.1")
        self.assertEqual(self.told(body='registered("location", "$ru", "0", "2");'), ["<null>"] * 5)

    def test_what_was_listed_is_told(self) -> None:
        self.serve(head=self.HEAD, save='save("location"); ' + self.SHOW.replace("rcd=>c", "rcd[0]=>c") + "exit;")
        self.register(A, B)
        self.assertEqual(self.said()[0].split()[1], "sip:b@192.0.2.1")


class KeptTests(PhoneCase):
    """usrloc's `xavp_contact`."""

    HEAD = 'modparam("usrloc", "xavp_contact", "ua")\n'
    SAVE = """$xavp(ua=>a) = "text"; $xavp(ua[0]=>n) = 5;
        if (is_method("REGISTER")) { save("location"); exit; }
        $xavp(ua) = $null;"""
    SHOW = 'xlog("$xavp(ua=>a) $xavp(ua=>n)\\n");'

    def test_a_contact_brings_back_what_it_was_saved_with(self) -> None:
        self.serve('lookup("location");' + self.SHOW, self.HEAD, save=self.SAVE)
        self.register(A)
        self.assertEqual(self.look(), ["text 5"])

    def test_registered_does_on_request(self) -> None:
        self.serve(
            f'registered("location", "$ru", "0", "1"); {self.SHOW} $xavp(ua) = $null;'
            f'registered("location"); {self.SHOW}',
            self.HEAD,
            save=self.SAVE,
        )
        self.register(A)
        self.assertEqual(self.look(), ["text 5", "<null> <null>"])

    def test_one_that_has_none_brings_none(self) -> None:
        self.serve('lookup("location");' + self.SHOW, self.HEAD)
        self.register(A)
        self.assertEqual(self.look(), ["<null> <null>"])
