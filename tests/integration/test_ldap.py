"""ldap with a real server: what scripts get, whatever happens to it."""

from __future__ import annotations

import time
from pathlib import Path

from tests.integration.slapd import BASE, PASSWORD, ROOT, Slapd
from tests.saying import SayingCase
from tests.served import Caller, Served, Standin, free_ports

SCRIPT = """
listen=udp:127.0.0.1:@PORT@
loadmodule "tm" loadmodule "sl" loadmodule "pv" loadmodule "textops" loadmodule "ldap"
modparam("ldap", "config_file", "@CONFIG@")

request_route {
    if (is_method("ACK")) { t_check_trans(); exit; }
    if (is_method("CANCEL")) { t_relay(); exit; }
    if (is_method("OPTIONS")) { sl_send_reply("200", "OK"); exit; }
    t_newtran();
    switch ($rU) {
    case "alice":
        $var(rc) = ldap_search("ldap://main/@BASE@?telephoneNumber,mail?one?(cn=$rU)");
        ldap_result("telephonenumber/$avp(tel)");
        ldap_result("telephoneNumber/$avp(n)/int");
        ldap_result("mail/$avp(user)", "/^sip:([^@]+)@.*$/\\1/");
        $var(out) = $(avp(tel)[*]) + "/" + $(avp(n)[*]) + "/" + $avp(user);
        break;
    case "next":
        $var(rc) = ldap_search("ldap://main/@BASE@??sub?(sn=Smith)");
        $var(a) = ldap_result_check("sn/Smi$var(x)", "/th/0/");
        $var(b) = ldap_result_check("sn/Jones");
        $var(c) = ldap_result_next();
        $var(d) = ldap_result_next();
        $var(e) = ldap_result("none/$avp(x)");
        $var(out) = (str)$var(a) + "," + $var(b) + "," + $var(c) + "," + $var(d) + "," + $var(e);
        break;
    case "filter":
        ldap_filter_url_encode("Bob (2)", "$avp(f)");
        $var(rc) = ldap_search("ldap://main/@BASE@?cn?sub?(cn=$avp(f))");
        ldap_result("cn/$avp(cn)");
        $var(out) = $avp(f) + "/" + $avp(cn);
        break;
    case "nobody":  $var(rc) = ldap_search("ldap://main/@BASE@??sub?(cn=nobody)"); $var(out) = "-"; break;
    case "nowhere": $var(rc) = ldap_search("ldap://main/dc=nowhere??sub?(cn=a)"); $var(out) = "-"; break;
    case "broken":  $var(rc) = ldap_search("ldap://main/@BASE@??sub?(cn="); $var(out) = "-"; break;
    case "unknown": $var(rc) = ldap_search("ldap://man/@BASE@"); $var(out) = "-"; break;
    case "wrong":   $var(rc) = ldap_search("ldap://wrong/@BASE@"); $var(out) = "-"; break;
    case "async":   async(ldap_search("ldap://main/@BASE@??sub?(cn=alice)"), DONE);
    case "early":   $var(rc) = ldap_result("cn/$avp(x)"); $var(out) = "-"; break;
    }
    route(ANSWER);
}
route[DONE] { $var(rc) = $rc; ldap_result("cn/$avp(cn)"); $var(out) = $avp(cn); route(ANSWER); }
route[ANSWER] {
    append_to_reply("X-Out: $var(rc) $var(out)\\r\\n");
    t_reply("480", "Done");
    exit;
}
"""

CONFIG = """
[main]
ldap_server_url = "ldap://127.0.0.1:{dead}, ldap://127.0.0.1:{port}"
ldap_bind_dn = "{root}"
ldap_bind_password = {password}
ldap_network_timeout = 500
ldap_client_bind_timeout = 500
ldap_client_search_timeout = 500
[wrong]
ldap_server_url = "ldap://127.0.0.1:{port}"
ldap_bind_dn = "{root}"
ldap_bind_password = wrong
"""


class LdapTests(SayingCase):
    slapd: Slapd | None = None
    served: Served

    def setUp(self) -> None:
        cls = type(self)
        if cls.slapd is None:
            holder = Standin.until_exit()
            slapd = Slapd(holder)
            path = Path(holder.mktemp())
            path.write_text(CONFIG.format(dead=free_ports()[0], port=slapd.port, root=ROOT, password=PASSWORD))
            cls.served = Served(holder, SCRIPT, CONFIG=str(path), BASE=BASE)
            cls.slapd = slapd
        self.call(cls.served)

    def test_values_numbers_and_substitutions(self) -> None:
        self.assertEqual(self.say("alice"), "1 +49 4712, 4711/4711/alice")

    def test_entries_one_after_the_other(self) -> None:
        self.assertEqual(self.say("next"), "2 1,-1,1,-1,-1")

    def test_a_text_that_means_something_in_a_filter(self) -> None:
        self.assertEqual(self.say("filter"), "1 Bob \\282\\29/Bob (2)")

    def test_no_entry_and_no_such_place(self) -> None:
        self.assertEqual([self.say("nobody"), self.say("nowhere")], ["-1 -", "-1 -"])

    def test_mistakes(self) -> None:
        self.assertEqual([self.say(user) for user in ("broken", "unknown", "early", "wrong")], ["-2 -"] * 4)
        self.assertIn('did you mean "main"', self.served.log)
        self.assertIn("not let in as", self.served.log)

    def test_async(self) -> None:
        self.assertEqual(self.say("async"), "1 Alice")

    def test_many_at_once(self) -> None:
        callers = [Caller(self, self.served.port) for _ in range(20)]
        for caller in callers:
            caller.send("INVITE", "alice")
        for caller in callers:
            self.assertIn("/4711/alice", caller.final()[1])

    def test_a_server_that_hangs_holds_nobody_up(self) -> None:
        assert self.slapd is not None
        self.assertEqual(self.say("nobody"), "-1 -")
        with self.slapd.frozen():
            began = time.monotonic()
            self.invite("nobody")
            took, status = Caller(self, self.served.port).ask("OPTIONS")
            self.assertEqual(status, 200)
            self.assertLess(took, 0.3)
            self.assertEqual(self.said(), "-2 -")
            self.assertLess(time.monotonic() - began, 3)
        self.assertEqual(self.say("nobody"), "-1 -")

    def test_a_caller_who_gives_up(self) -> None:
        assert self.slapd is not None
        self.say("nobody")
        with self.slapd.frozen():
            self.alice.send("INVITE", "nobody")
            self.alice.receive()
            self.alice.cancel()
            self.assertEqual(sorted(self.alice.final()[1].split()[1] for _ in range(2)), ["200", "487"])
        self.assertEqual(Caller(self, self.served.port).ask("OPTIONS")[1], 200)

    def test_a_server_that_dies_and_comes_back(self) -> None:
        assert self.slapd is not None
        self.assertEqual(self.say("nobody"), "-1 -")
        self.slapd.stop()
        self.assertEqual(self.say("nobody"), "-2 -")
        self.slapd.start()
        self.assertEqual(self.say("nobody"), "-1 -")
        self.assertNotIn("Traceback", self.served.log)
