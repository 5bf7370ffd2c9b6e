from __future__ import annotations

from tests.modules.registrar.phones import PhoneCase


class TableTests(PhoneCase):
    def test_those_that_the_script_names_are_there_from_the_start(self) -> None:
        self.serve('registered("other");')
        self.assertEqual(list(self.module("usrloc").tables), [b"location", b"other"])

    def test_each_is_apart_from_the_others(self) -> None:
        self.serve('registered("other"); xlog("$rc\\n"); registered("location"); xlog("$rc\\n");')
        self.register("<sip:a@192.0.2.1>")
        self.assertEqual(self.look(), ["-1", "1"])
