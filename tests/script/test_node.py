"""node: what all nodes have in common."""

from twisted.trial.unittest import SynchronousTestCase

from sipapp.errors import Position
from sipapp.script.node import Node

AT = Position("app.cfg", 3, 7)


class Leaf(Node):
    value: int
    note: str = "none"


class Branch(Leaf):
    leaves: list[Leaf] = []


class NodeTests(SynchronousTestCase):
    def test_fields_are_given_in_the_order_of_the_class_base_first(self) -> None:
        branch = Branch(AT, 5, "x", [Leaf(AT, 6)])
        self.assertEqual((branch.at, branch.value, branch.note), (AT, 5, "x"))
        self.assertEqual(branch.leaves[0].value, 6)

    def test_what_is_left_out_has_its_default(self) -> None:
        self.assertEqual(Leaf(AT, 5).note, "none")

    def test_nothing_but_the_fields_can_be_set(self) -> None:
        with self.assertRaises(AttributeError):
            Leaf(AT, 5).other = 1  # type: ignore[attr-defined]

    def test_a_list_is_no_one_elses(self) -> None:
        one, other = Branch(AT, 1), Branch(AT, 2)
        one.leaves.append(Leaf(AT, 3))
        self.assertEqual(other.leaves, [])

    def test_nodes_are_equal_when_kind_and_fields_are(self) -> None:
        self.assertEqual(Leaf(AT, 5), Leaf(AT, 5, "none"))
        self.assertNotEqual(Leaf(AT, 5), Leaf(AT, 6))
        self.assertNotEqual(Leaf(AT, 5), Branch(AT, 5))

    def test_repr_has_everything_but_the_place(self) -> None:
        self.assertEqual(repr(Leaf(AT, 5)), "Leaf(value=5, note='none')")

    def test_match_takes_fields_by_place_and_by_name(self) -> None:
        match Branch(AT, 5, "x"):
            case Branch(at, 5, note=note):
                self.assertEqual((at, note), (AT, "x"))
            case _:
                self.fail("no match")
