from __future__ import annotations

from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from sipapp.module import ScriptError
from sipapp.modules.jansson import Jansson
from sipapp.script.avp import XavpList, xavps
from sipapp.testing.harness import Harness
from tests.modules.stage import context, made, variable

CFG = r"""
loadmodule "sl" loadmodule "pv" loadmodule "textops" loadmodule "jansson"
request_route {
    jansson_set("int", "calls", 2, "$var(doc)");
    jansson_set("array", "to", "[]", "$var(doc)");
    jansson_append("str", "to", "$fU", "$var(doc)");
    jansson_get("to[0]", "$var(doc)", "$var(who)");
    jansson_xdecode("$var(doc)", "call");
    append_to_reply("X-Doc: $var(doc) $var(who) $xavp(call=>calls)\r\n");
    sl_send_reply(200, "OK");
}
"""


class JanssonTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.module = made(Jansson)
        self.ctx = context()
        self.target = variable(b"old")

    def test_a_script_builds_and_reads_documents(self) -> None:
        sip = Harness(CFG)
        self.addCleanup(sip.close)
        alice = sip.peer("udp:192.0.2.9:5070")
        alice.send("OPTIONS")
        sip.advance(0)
        self.assertEqual(alice.messages[0].first(b"x-doc"), b'{"calls":2,"to":["alice"]} alice 2')

    def test_get_writes_what_it_finds(self) -> None:
        self.assertEqual(self.module.jansson_get(self.ctx, b"a.b", b'{"a":{"b":[1]}}', self.target), 1)
        self.assertEqual(self.target.value, b"[1]")
        self.module.jansson_get(self.ctx, b"a", b'{"a":null}', self.target)
        self.assertIsNone(self.target.value)

    def test_get_leaves_the_variable_alone_where_nothing_is(self) -> None:
        for path, document in ((b"x", b'{"a":1}'), (b"a", b"nonsense"), (b"\xff", b"{}")):
            self.assertRaises(ScriptError, self.module.jansson_get, self.ctx, path, document, self.target)
        self.assertEqual(self.target.value, b"old")

    def test_pv_get_reads_a_variable(self) -> None:
        self.module.jansson_pv_get(self.ctx, b"a", variable(b'{"a":5}'), self.target)
        self.assertEqual(self.target.value, 5)
        for value in (None, 5):
            self.assertRaises(ScriptError, self.module.jansson_pv_get, self.ctx, b"a", variable(value), self.target)

    def test_get_field_takes_a_name_as_it_is_or_a_path_behind_the_document(self) -> None:
        document = b'{"a.b":1,"a":{"b":2}}'
        self.module.jansson_get_field(self.ctx, b"a.b", document, self.target)
        self.assertEqual(self.target.value, 1)
        self.module.jansson_get_field(self.ctx, document, b"a.b", self.target)
        self.assertEqual(self.target.value, 2)
        self.assertRaises(ScriptError, self.module.jansson_get_field, self.ctx, b"x", document, self.target)

    def test_array_size_counts(self) -> None:
        self.module.jansson_array_size(self.ctx, b"a", b'{"a":[1,[2,3]]}', self.target)
        self.assertEqual(self.target.value, 2)
        self.assertRaises(ScriptError, self.module.jansson_array_size, self.ctx, b"a", b'{"a":{}}', self.target)

    def test_set_makes_values_of_each_type(self) -> None:
        for kind, text, result in (
            (b"int", b"-7", b'{"v":-7}'),
            (b"integer", b" 5", b'{"v":5}'),
            (b"int", b"", b'{"v":0}'),
            (b"int", b"99999999999999999999", b'{"v":9223372036854775807}'),
            (b"real", b"1.5", b'{"v":1.5}'),
            (b"real", b"0x10", b'{"v":16.0}'),
            (b"str", b'a"\xc3\xa9', b'{"v":"a\\"\xc3\xa9"}'),
            (b"string", b"", b'{"v":""}'),
            (b"obj", b'{"x": 1}', b'{"v":{"x":1}}'),
            (b"object", b"{}", b'{"v":{}}'),
            (b"array", b"[1, 2]", b'{"v":[1,2]}'),
            (b"true", b"", b'{"v":true}'),
            (b"false", b"", b'{"v":false}'),
            (b"null", b"", b'{"v":null}'),
        ):
            target = variable()
            self.assertEqual(self.module.jansson_set(self.ctx, kind, b"v", text, target), 1)
            self.assertEqual(target.value, result)

    def test_set_refuses_what_is_none_of_the_type(self) -> None:
        for kind, text in (
            (b"int", b"5x"),
            (b"int", b"1_0"),
            (b"real", b"nan"),
            (b"real", b"1_0"),
            (b"real", b"x"),
            (b"obj", b"[]"),
            (b"array", b"{}"),
            (b"str", b"\xff"),
            (b"date", b"1"),
        ):
            self.assertRaises(ScriptError, self.module.jansson_set, self.ctx, kind, b"v", text, variable())

    def test_a_variable_without_a_text_is_an_empty_object(self) -> None:
        for number in (None, 0, 7):
            target = variable(number)
            self.module.jansson_set(self.ctx, b"int", b"v", b"1", target)
            self.assertEqual(target.value, b'{"v":1}')
        for text in (b"", b"nonsense"):
            self.assertRaises(ScriptError, self.module.jansson_set, self.ctx, b"int", b"v", b"1", variable(text))

    def test_append_adds_to_what_is_there(self) -> None:
        target = variable(b'{"a":[1]}')
        self.assertEqual(self.module.jansson_append(self.ctx, b"int", b"a", b"2", target), 1)
        self.assertEqual(target.value, b'{"a":[1,2]}')

    def test_xdecode_makes_one_xavp_a_row(self) -> None:
        self.assertEqual(self.module.jansson_xdecode(self.ctx, b'[{"a":1},5,{"a":2,"b":true,"c":null}]', b"x"), 1)
        rows: list[Any] = xavps(self.ctx).all(b"x")
        self.assertEqual([row.value.find(b"a") and row.value.find(b"a").value for row in rows], [2, None, 1])
        self.assertEqual((rows[0].value.find(b"b").value, rows[0].value.find(b"c").value), (1, None))

    def test_xencode_writes_the_newest(self) -> None:
        fields = XavpList()
        fields.add(b"a", 1)
        fields.add(b"b", b"x")
        fields.add(b"c", XavpList())
        fields.add(b"d", None)
        xavps(self.ctx).add(b"x", fields)
        self.assertEqual(self.module.jansson_xencode(self.ctx, b"x", self.target), 1)
        self.assertEqual(self.target.value, b'{"d": null, "c": "<<xavp>>", "b": "x", "a": 1}')

    def test_xencode_is_false_where_there_are_no_fields(self) -> None:
        xavps(self.ctx).add(b"x", 5)
        for name in (b"x", b"y"):
            self.assertEqual(self.module.jansson_xencode(self.ctx, name, self.target), -1)
        self.assertEqual(self.target.value, b"old")
