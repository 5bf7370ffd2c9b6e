"""shared: what all runs share."""

from twisted.trial.unittest import SynchronousTestCase

from sipapp.errors import ScriptError
from tests.modules.pv.script import Script


class SharedTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.script = Script(shvset="n=i:5")

    def test_another_run_sees_what_one_has_written(self) -> None:
        self.script.write("$shv(x)", b"text")
        self.assertEqual(self.script.again().read("$shv(x)"), b"text")

    def test_a_shv_is_0_or_what_shvset_says(self) -> None:
        self.assertEqual([self.script.read("$shv(x)"), self.script.read("$shv(n)")], [0, 5])

    def test_null_makes_a_shv_an_empty_text(self) -> None:
        self.script.write("$shv(n)", None)
        self.assertEqual(self.script.read("$shv(n)"), b"")

    def test_shvinc_adds_one_and_is_the_sum(self) -> None:
        self.assertEqual([self.script.read("$shvinc(n)"), self.script.read("$shvinc(n)")], [6, 7])
        self.assertEqual(self.script.read("$shv(n)"), 7)

    def test_shvinc_starts_again_below_zero_and_leaves_texts_alone(self) -> None:
        self.script.write("$shv(n)", 2**31 - 1)
        self.assertEqual(self.script.read("$shvinc(n)"), -(2**31))
        self.script.write("$shv(n)", b"text")
        self.assertEqual([self.script.read("$shvinc(n)"), self.script.read("$shv(n)")], [0, b"text"])

    def test_another_server_has_its_own(self) -> None:
        self.script.write("$shv(x)", 1)
        self.assertEqual(Script().read("$shv(x)"), 0)

    def test_one_can_be_asked_for_from_outside(self) -> None:
        self.script.write("$shv(t)", b"a text")
        self.assertEqual(self.script.pv.rpc_shv_get("n"), {"name": "n", "type": "int", "value": 5})
        self.assertEqual(self.script.pv.rpc_shv_get("t"), {"name": "t", "type": "string", "value": "a text"})

    def test_all_can_be_asked_for(self) -> None:
        self.script.read("$shv(x)")
        self.assertEqual(
            self.script.pv.rpc_shv_get(),
            {
                "items": [
                    {"shv": {"name": "n", "type": "int", "value": 5}},
                    {"shv": {"name": "x", "type": "int", "value": 0}},
                ]
            },
        )

    def test_one_can_be_set_from_outside(self) -> None:
        self.script.read("$shv(x)")
        self.assertEqual(self.script.pv.rpc_shv_set("x", "int", "7"), "Ok. Variable set to new value.")
        self.assertEqual(self.script.read("$shv(x)"), 7)
        self.script.pv.rpc_shv_set("x", "str", 7)
        self.assertEqual(self.script.read("$shv(x)"), b"7")

    def test_what_the_script_does_not_name_cannot_be_set(self) -> None:
        for arguments, code in ((("y", "int", 1), 404), (("n", "int", "x"), 500), (("n", "float", 1), 500)):
            self.assertEqual(self.assertRaises(ScriptError, self.script.pv.rpc_shv_set, *arguments).code, code)
        self.assertEqual(self.assertRaises(ScriptError, self.script.pv.rpc_shv_get, "y").code, 404)
