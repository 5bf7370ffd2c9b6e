"""sipapp/core/branches.py: the further targets."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from tests.core.script import Script

ADD = "".join(f'append_branch("sip:{name}@example.com"); ' for name in "abc")


class BranchTests(SynchronousTestCase):
    def users(self, calls: str) -> tuple[list[bytes], int]:
        script = Script(ADD + f"$var(r) = {calls};", 'loadmodule "corex"')
        return [target.uri[4:5] for target in script.draft.targets], script.var("r")

    def test_the_first_goes_or_the_one_that_is_told(self) -> None:
        self.assertEqual(self.users("remove_branch()"), ([b"b", b"c"], 1))
        self.assertEqual(self.users("remove_branch(1)"), ([b"a", b"c"], 1))

    def test_one_that_is_not_there_is_not_removed(self) -> None:
        self.assertEqual(self.users("remove_branch(3)"), ([b"a", b"b", b"c"], -1))
        self.assertEqual(self.users("remove_branch(-1)"), ([b"a", b"b", b"c"], -1))

    def test_all_go_at_once(self) -> None:
        self.assertEqual(self.users("clear_branches()"), ([], 1))
