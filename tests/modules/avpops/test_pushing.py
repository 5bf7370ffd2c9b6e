"""Values become targets."""

from __future__ import annotations

from sipapp.errors import ConfigError
from tests.modules.talk import TalkCase


class PushingTests(TalkCase):
    modules = "avpops"

    def test_the_request_uri_and_its_parts(self) -> None:
        script = '$avp(u) = "sip:a@b.example"; avp_pushto("$ru", "$avp(u)"); say("$ru");'
        script += '$avp(u) = "h.example"; avp_pushto("$ru/domain", "$avp(u)"); say("$ru");'
        script += 'avp_pushto("$ru/username", "$fU"); say("$ru");'
        self.assertEqual(self.run_script(script), ["sip:a@b.example", "sip:a@h.example", "sip:alice@h.example"])

    def test_all_values_become_targets(self) -> None:
        script = (
            '$avp(u) = "dave"; $avp(u) = "carol"; $ru = "sip:bob@b.example";avp_pushto("$ru/username", "$avp(u)/g");'
        )
        said = self.run_script(script + 'say("$ru $(branch(uri)[0]) $(branch(uri)[1])");')
        self.assertEqual(said, ["sip:dave@b.example sip:carol@b.example <null>"])

    def test_next_hop_and_targets_are_texts(self) -> None:
        script = '$var(d) = "sip:192.0.2.7"; avp_pushto("$du", "$var(d)"); avp_pushto("$br", "$var(d)");'
        script += 'say("$du $(branch(uri)[0])"); $var(d) = 5; avp_pushto("$du", "$var(d)"); say("$rc");'
        self.assertEqual(self.run_script(script), ["sip:192.0.2.7 sip:192.0.2.7", "-1"])

    def test_nothing_to_push_is_false(self) -> None:
        self.assertEqual(self.run_script('avp_pushto("$du", "$avp(no)"); say("$rc $du");'), ["-1 <null>"])

    def test_other_destinations_are_refused(self) -> None:
        for destination in ("$rU", "$ru/user", "$du/username", "$hdr(X)", "ru"):
            self.assertRaises(ConfigError, self.serve, f'avp_pushto("{destination}", "$avp(x)");')
        self.assertRaises(ConfigError, self.serve, 'avp_pushto("$ru", "abc");')
