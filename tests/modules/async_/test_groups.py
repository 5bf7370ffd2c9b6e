from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from sipapp.modules.async_.groups import group_names
from sipapp.testing.harness import Harness


class GroupNamesTests(SynchronousTestCase):
    def test_the_default_group_is_always_there(self) -> None:
        self.assertEqual(group_names([]), {b"default"})

    def test_a_line_defines_a_name_in_any_order_and_case_of_its_keys(self) -> None:
        for line in (
            "name=g1;workers=4",
            "workers=1;NAME=g1",
            " Name=g1 ; Workers=2 ; nonblock=1; usleep=9;",
            "x=1;name=g1;workers=1",
        ):
            self.assertEqual(group_names([line]), {b"default", b"g1"}, line)

    def test_several_lines_define_several(self) -> None:
        self.assertEqual(
            group_names(["name=a;workers=1", "name=b;workers=1", "name=a;workers=2"]), {b"default", b"a", b"b"}
        )

    def test_a_line_without_name_or_workers_defines_nothing_and_is_logged(self) -> None:
        lines = ("name=g1", "workers=1", "name=g1;workers=0", "name=g1;workers=x", "name=;workers=1", "")
        sip = Harness(
            "".join(f'async_workers_group="{line}"\n' for line in lines) + 'loadmodule "async"\nrequest_route { exit; }'
        )
        self.addCleanup(sip.close)
        self.assertEqual(sip.server.modules["async"].groups, {b"default"})  # type: ignore[attr-defined]
        self.assertEqual(sum("wants name=... and workers=1 or more" in line for line in sip.lines()), len(lines))
