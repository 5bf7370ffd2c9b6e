"""load_time: variables that have a value while the script is being read."""

from twisted.trial.unittest import SynchronousTestCase

from sipapp.errors import ConfigError
from sipapp.script.load_time import Binder, value_of

DEFINES = {"NAME": '"quoted"', "NUMBER": "42", "BARE": None, "WORD": "word"}


class LoadTimeTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.patch(__import__("os"), "environ", {"HOME": "/home/sip", "PORT": "5060"})

    def test_defines_in_all_their_forms(self) -> None:
        forms = [value_of(kind, "NAME", DEFINES) for kind in ("def", "defv", "defs", "defn")]
        self.assertEqual(forms, ['"quoted"', "quoted", '"quoted"', None])
        self.assertEqual(value_of("defs", "WORD", DEFINES), '"word"')
        self.assertEqual(value_of("defn", "NUMBER", DEFINES), "42")

    def test_what_is_not_defined_or_has_no_value_is_null(self) -> None:
        self.assertEqual((value_of("def", "NOPE", DEFINES), value_of("def", "BARE", DEFINES)), (None, None))

    def test_the_environment(self) -> None:
        self.assertEqual(value_of("env", "HOME", {}), "/home/sip")
        self.assertEqual((value_of("envn", "PORT", {}), value_of("envn", "HOME", {})), ("5060", None))

    def test_texts_are_evaluated_at_once(self) -> None:
        self.assertEqual(Binder(DEFINES).evaluated("$env(HOME)/x-$def(NUMBER)$$"), "/home/sip/x-42$")
        self.assertEqual(Binder({}).evaluated("<$env(NOPE)>"), "<>")

    def test_a_text_with_another_variable_stays_as_it_is(self) -> None:
        self.assertEqual(Binder({}).evaluated("$env(HOME) $rU"), "$env(HOME) $rU")

    def test_one_variable_alone(self) -> None:
        self.assertEqual(Binder(DEFINES).variable(b"$def(WORD)").get(None), b"word")  # type: ignore[arg-type]

    def test_a_variable_that_needs_a_message_is_refused(self) -> None:
        why = self.assertRaises(ConfigError, Binder({}).variable, b"$rU")
        self.assertEqual(str(why), "$rU has no value while the script is read")
