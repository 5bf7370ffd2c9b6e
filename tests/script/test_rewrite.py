"""rewrite: one piece of a URI changed, the others as they were."""

from twisted.trial.unittest import SynchronousTestCase

from sipapp.errors import ParseError
from sipapp.script import rewrite

FULL = b"sip:bob:pw@192.0.2.1:5070;transport=udp;x=1?H=v"


class RewriteTests(SynchronousTestCase):
    def test_the_user_changes_and_the_password_stays(self) -> None:
        self.assertEqual(rewrite.set_user(FULL, b"carol"), b"sip:carol:pw@192.0.2.1:5070;transport=udp;x=1?H=v")

    def test_an_empty_user_takes_its_password_along(self) -> None:
        self.assertEqual(rewrite.set_user(FULL, b""), b"sip:192.0.2.1:5070;transport=udp;x=1?H=v")

    def test_user_and_password_change_together(self) -> None:
        self.assertEqual(rewrite.set_user_password(FULL, b"a:b"), b"sip:a:b@192.0.2.1:5070;transport=udp;x=1?H=v")

    def test_a_user_is_added(self) -> None:
        self.assertEqual(rewrite.set_user(b"sip:example.com", b"bob"), b"sip:bob@example.com")

    def test_the_host_changes_and_the_port_stays(self) -> None:
        self.assertEqual(rewrite.set_host(FULL, b"h.example"), b"sip:bob:pw@h.example:5070;transport=udp;x=1?H=v")

    def test_host_and_port_change_together(self) -> None:
        self.assertEqual(rewrite.set_host_port(FULL, b"h:9"), b"sip:bob:pw@h:9;transport=udp;x=1?H=v")
        self.assertEqual(rewrite.set_host_port(FULL, b"h"), b"sip:bob:pw@h;transport=udp;x=1?H=v")

    def test_host_port_and_transport_change_together(self) -> None:
        self.assertEqual(
            rewrite.set_host_port_transport(FULL, b"h:9;transport=tls"), b"sip:bob:pw@h:9;transport=tls;x=1?H=v"
        )
        self.assertEqual(rewrite.set_host_port_transport(b"sip:a@b;transport=tcp", b"h"), b"sip:a@h")

    def test_nothing_stays_behind_the_host_of_set_host_all(self) -> None:
        self.assertEqual(rewrite.set_host_all(FULL, b"h;a=b"), b"sip:bob:pw@h;a=b")

    def test_the_port_changes_or_goes(self) -> None:
        self.assertEqual(rewrite.set_port(b"sip:a@b:1", b"2"), b"sip:a@b:2")
        self.assertEqual(rewrite.set_port(b"sip:a@b:1;x", b""), b"sip:a@b;x")

    def test_prefix_and_strips_change_the_user(self) -> None:
        self.assertEqual(rewrite.prefix(b"sip:bob@h", b"00"), b"sip:00bob@h")
        self.assertEqual(rewrite.prefix(b"sip:h", b"00"), b"sip:00@h")
        self.assertEqual(rewrite.strip(b"sip:bob@h", 1), b"sip:ob@h")
        self.assertEqual(rewrite.strip(b"sip:bob@h", 9), b"sip:h")
        self.assertEqual(rewrite.strip_tail(b"sip:bob@h", 1), b"sip:bo@h")
        self.assertEqual(rewrite.strip_tail(b"sip:bob@h", 9), b"sip:h")
        self.assertEqual(rewrite.strip_tail(b"sip:bob@h", 0), b"sip:bob@h")

    def test_user_phone_is_added_once(self) -> None:
        self.assertEqual(rewrite.user_phone(FULL), b"sip:bob:pw@192.0.2.1:5070;transport=udp;x=1;user=phone?H=v")
        self.assertEqual(rewrite.user_phone(b"sip:1@h;user=phone"), b"sip:1@h;user=phone")
        self.assertEqual(rewrite.user_phone(b"tel:1"), b"tel:1")

    def test_a_number_keeps_its_own_parameters(self) -> None:
        self.assertEqual(rewrite.strip(b"sip:+12;ext=5@h;user=phone", 2), b"sip:2;ext=5@h;user=phone")
        self.assertEqual(rewrite.set_user(b"tel:+12;ext=5", b"5"), b"tel:5;ext=5")

    def test_a_tel_uri_that_gets_a_host_is_a_sip_uri(self) -> None:
        self.assertEqual(rewrite.set_host(b"tel:+12;ext=5", b"h"), b"sip:+12;ext=5@h;user=phone")

    def test_schemes_come_out_in_lower_case(self) -> None:
        self.assertEqual(rewrite.set_user(b"SIPS:a@b", b"c"), b"sips:c@b")

    def test_what_cannot_be_rewritten_is_refused(self) -> None:
        for text in (b"not a uri", b"", b"http://x", b"sip:"):
            self.assertRaises(ParseError, rewrite.set_user, text, b"u")
        self.assertRaises(ParseError, rewrite.set_port, b"tel:1", b"5")
