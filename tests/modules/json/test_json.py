from __future__ import annotations

from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from sipapp.errors import ConfigError
from sipapp.module import ScriptError
from sipapp.modules.json import JsonModule, find
from sipapp.testing.harness import Harness
from tests.modules.stage import context, made, variable

CFG = r"""
loadmodule "sl" loadmodule "pv" loadmodule "textops" loadmodule "json"
request_route {
    %s
    append_to_reply("X-Out: %s\r\n");
    sl_send_reply(200, "OK");
}
"""
DOCUMENT = {"a": 1, "b": {"c": [1, {"d": "e"}]}, "x.y": 2, "n": None, "l": [[5]]}


class JsonTests(SynchronousTestCase):
    def evaluated(self, text: str, before: str = "") -> Any:
        sip = Harness(CFG % (before, text))
        self.addCleanup(sip.close)
        alice = sip.peer("udp:192.0.2.9:5070")
        alice.send("MESSAGE", headers=["Content-Type: application/json"], body='{"a":{"b":["x",5]},"c.d":true}')
        sip.advance(0)
        return alice.messages[0].first(b"x-out")

    def test_a_path_leads_into_a_document(self) -> None:
        for path, found in (
            ("a", 1),
            ("b.c[0]", 1),
            ("b.c[1].d", "e"),
            ("b..c[1]", {"d": "e"}),
            ("x%y", 2),
            ("b.c[x]", 1),
            ("b.c[ 1]", {"d": "e"}),
            ("", DOCUMENT),
        ):
            self.assertEqual(find(DOCUMENT, path), found, path)
        self.assertEqual(find([[1, 2]], "[0]"), [1, 2])
        self.assertEqual(find({"a.b": {"c": 3}}, "a.b/c", "/"), 3)

    def test_elsewhere_is_nothing(self) -> None:
        for path in ("x", "x.y", "a.b", "n", "b.c[2]", "b.c[-1]", "b.c.d"):
            self.assertIsNone(find(DOCUMENT, path), path)

    def test_get_field_writes_json_and_get_string_text(self) -> None:
        module, target = made(JsonModule), variable(b"old")
        document = b'{"a":"x\\"y","b":[1,"z"],"n":null}'
        self.assertEqual(module.json_get_field(context(), document, b"a", target), 1)
        self.assertEqual(target.value, b'"x\\"y"')
        self.assertEqual(module.json_get_string(context(), document, b"a", target), 1)
        self.assertEqual(target.value, b'x"y')
        module.json_get_string(context(), document, b"b", target)
        self.assertEqual(target.value, b'[ 1, "z" ]')

    def test_a_field_that_is_not_there_leaves_the_variable_alone(self) -> None:
        module, target = made(JsonModule), variable(b"old")
        for document, name in ((b'{"a":1}', b"b"), (b'{"a":null}', b"a"), (b"[1]", b"a"), (b'{"a":{"b":1}}', b"a.b")):
            self.assertEqual(module.json_get_field(context(), document, name, target), -1)
        for document in (b"", b"null", b"nonsense"):
            self.assertRaises(ScriptError, module.json_get_field, context(), document, b"a", target)
        self.assertEqual(target.value, b"old")

    def test_parse_reads_a_body(self) -> None:
        self.assertEqual(
            self.evaluated("$(rb{json.parse,a.b[0]}) $(rb{json.parse,a}) $(rb{json.parse,c%d})"),
            (b'x { "b": [ "x", 5 ] } true'),
        )

    def test_nothing_found_is_an_empty_text(self) -> None:
        self.assertEqual(
            self.evaluated("[$(rb{json.parse,x})][$(rU{json.parse,a})][$(avp(x){json.parse,a})]"), b"[][][]"
        )

    def test_the_path_may_have_variables(self) -> None:
        before = '$var(k) = "b"; $var(p) = "a.b[1]";'
        self.assertEqual(
            self.evaluated("$(rb{json.parse,a.$var(k)}) $(rb{json.parse,$var(p)})", before), b'[ "x", 5 ] 5'
        )
        self.assertEqual(self.evaluated("[$(rb{json.parse,$avp(none)})]"), b"[]")

    def test_parsex_has_a_separator_of_its_own(self) -> None:
        self.assertEqual(self.evaluated("$(rb{json.parsex,/a/b[1]}) $(rb{json.parsex,/c.d})"), b"5 true")

    def test_a_path_is_needed(self) -> None:
        self.assertRaises(ConfigError, self.evaluated, "$(rb{json.parse})")
        self.assertRaises(ConfigError, self.evaluated, "$(rb{json.parsex,})")

    def test_the_character_for_a_dot_can_be_another(self) -> None:
        text = CFG % ("", "$(rb{json.parse,c!d})")
        sip = Harness(text.replace("request_route", 'modparam("json", "json_escape_char", "!")\nrequest_route'))
        self.addCleanup(sip.close)
        alice = sip.peer("udp:192.0.2.9:5070")
        alice.send("MESSAGE", body='{"c.d":true}')
        sip.advance(0)
        answer: Any = alice.messages[0]
        self.assertEqual(answer.first(b"x-out"), b"true")

    def test_encode_makes_a_routing_key(self) -> None:
        module = made(JsonModule)
        for text, key in ((b"a-Z_0~", b"a-Z_0~"), (b"a.b c/\xff", b"a%2Eb+c%2F%FF"), (b"#", b"#"), (b"##", b"%23%23")):
            self.assertEqual(module.tr_encode(text), key)
