"""flags: of the message, its main branch and the run."""

from twisted.trial.unittest import SynchronousTestCase

from sipapp.errors import ConfigError
from sipapp.script.values import TextWithNumber, integer
from tests.modules.pv.script import Script


class FlagsTests(SynchronousTestCase):
    kinds = (("$mf", "$mF", "$Mf"), ("$bf", "$bF", "$Bf"), ("$sf", "$sF", "$Sf"))

    def setUp(self) -> None:
        self.script = Script()
        self.script.server.config.flags = {"NAT": 5}

    def test_all_flags_are_one_number(self) -> None:
        for number, digits, _ in self.kinds:
            self.script.write(number, 5)
            self.assertEqual([self.script.read(number), self.script.read(digits)], [5, b"00000005"])
            self.assertEqual(integer(self.script.read(digits)), 5)

    def test_the_three_kinds_are_apart(self) -> None:
        for value, (number, _, _) in enumerate(self.kinds, 1):
            self.script.write(number, value)
        self.assertEqual([self.script.read(number) for number, _, _ in self.kinds], [1, 2, 3])
        self.assertEqual([self.script.ctx.draft.flags, self.script.ctx.draft.branch_flags], [1, 2])

    def test_null_clears_them(self) -> None:
        self.script.write("$mf", 5)
        self.script.write("$mF", None)
        self.assertEqual(self.script.read("$mf"), 0)

    def test_only_numbers_are_taken(self) -> None:
        self.script.write("$mf", 5)
        for value in (b"7", b"x", b""):
            self.script.write("$mf", value)
        self.assertEqual(self.script.read("$mf"), 5)
        self.script.write("$mf", TextWithNumber(b"00000006", 6))
        self.assertEqual(self.script.read("$mf"), 6)

    def test_the_highest_flag_is_the_sign(self) -> None:
        self.script.write("$mf", -(2**31))
        self.assertEqual(self.script.ctx.draft.flags, 0x80000000)
        self.assertEqual([self.script.read("$mf"), self.script.read("$mF")], [-(2**31), b"80000000"])

    def test_in_a_text_there_is_no_sign(self) -> None:
        self.script.write("$mf", -(2**31) + 1)
        self.assertEqual(self.script.text("[$mf]"), b"[2147483649]")

    def test_one_flag_by_number_or_name(self) -> None:
        for number, _, one in self.kinds:
            self.script.write(number, 0)
            self.script.write(f"{one}(5)", 1)
            self.assertEqual([self.script.read(number), self.script.read(f"{one}(NAT)")], [32, 1])
            self.script.write(f"{one}(NAT)", 0)
            self.assertEqual([self.script.read(number), self.script.read(f"{one}(5)")], [0, 0])

    def test_null_to_one_clears_all_as_in_kamailio(self) -> None:
        self.script.write("$mf", 7)
        self.script.write("$Mf(1)", None)
        self.assertEqual(self.script.read("$mf"), 0)

    def test_a_name_that_no_flag_has_is_never_set(self) -> None:
        self.script.write("$Mf(OTHER)", 1)
        self.assertEqual([self.script.read("$mf"), self.script.read("$Mf(OTHER)")], [0, 0])

    def test_flags_go_to_31(self) -> None:
        for wrong in ("$Mf(32)", "$Mf", "$mf(1)", "$(mf[1])", "$(Bf(1)[1])"):
            self.assertRaises(ConfigError, self.script.variable, wrong)
