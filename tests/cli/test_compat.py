"""sipapp/cli/compat.py: how much of a script is supported."""

from __future__ import annotations

import json

from sipapp.cli.compat import percent
from sipapp.cli.judge import Verdict
from sipapp.errors import Position
from tests.cli.texts import CommandCase

FULL = 'loadmodule "sl"\nrequest_route { sl_send_reply(200, "OK"); }'
PART = (
    'loadmodule "acc_radius"\nmodparam("acc_radius", "radius_flag", 1)\nrequest_route {\n  acc_rad_request("$ru");\n}'
)


class CompatTests(CommandCase):
    def test_a_script_that_is_supported_is_100_percent_and_status_0(self) -> None:
        self.sipapp("compat", self.write("app.cfg", FULL))
        self.assertEqual((self.status, self.err), (0, []))
        self.assertEqual(self.out[0], "app.cfg: 100.0 % supported, 2 of 2")
        self.assertIn("  modules           sl", self.out)
        self.assertNotIn("missing:", self.out)

    def test_what_is_missing_is_listed_with_its_place_and_status_1(self) -> None:
        self.sipapp("compat", self.write("app.cfg", PART))
        self.assertEqual(self.status, 1)
        self.assertEqual(
            [" ".join(line.split()) for line in self.out if line],
            [
                "app.cfg: 25.0 % supported, 1 of 4",
                "missing:",
                "module acc_radius app.cfg:1:1",
                "parameter acc_radius.radius_flag app.cfg:2:1",
                "function acc_rad_request() app.cfg:4:3 (module acc_radius)",
                "supported:",
                "variables $ru",
            ],
        )

    def test_what_differs_is_shown_with_both_sides_and_counts(self) -> None:
        self.sipapp("compat", self.write("app.cfg", "request_route { async_sleep(1); }"))
        self.assertEqual((self.status, self.out[0]), (0, "app.cfg: 100.0 % supported, 1 of 1"))
        at = self.out.index("differs:")
        self.assertEqual(self.out[at + 2].strip(), "statement after `async_sleep()`")
        self.assertTrue(self.out[at + 3].strip().startswith("Kamailio: the rest of the innermost block runs"))
        self.assertTrue(self.out[at + 4].strip().startswith("sipapp:   the script goes on"))

    def test_the_same_as_json(self) -> None:
        self.sipapp("compat", "--json", self.write("app.cfg", PART))
        found = json.loads("\n".join(self.out))
        self.assertEqual((self.status, found["percent"], found["mistakes"]), (1, 25.0, []))
        self.assertEqual(
            found["missing"][2],
            {
                "kind": "function",
                "name": "acc_rad_request()",
                "at": f"{found['file']}:4:3",
                "uses": 1,
                "note": "module acc_radius",
            },
        )
        self.assertEqual([one["name"] for one in found["supported"]], ["$ru"])
        self.assertEqual(found["differs"], [])

    def test_wrong_syntax_is_told_and_status_1(self) -> None:
        self.sipapp("compat", self.write("app.cfg", FULL + "\nrequest_route { ) }"))
        self.assertEqual(self.status, 1)
        self.assertEqual(self.err, ['app.cfg:3:17: a statement is expected, not ")"'])
        self.assertEqual(self.out[1], "1 mistake in its syntax: what is behind may not have been seen")

    def test_a_file_that_cannot_be_read_is_status_1(self) -> None:
        self.sipapp("compat", str(self.folder / "nosuch.cfg"))
        self.assertEqual((self.status, self.err), (1, ["sipapp: cannot read nosuch.cfg: No such file or directory"]))

    def test_100_percent_is_for_all_of_it_only(self) -> None:
        one = Verdict("function", "f()", Position("app.cfg", 1, 1), 1, "supported")
        self.assertEqual(percent([]), 100.0)
        self.assertEqual(percent([one] * 9999 + [one._replace(state="missing")]), 99.9)
        self.assertEqual(percent([one, one._replace(state="differs")]), 100.0)
