from __future__ import annotations

from socket import AF_INET, AF_INET6, inet_pton

from twisted.trial.unittest import SynchronousTestCase

from sipapp.modules.pike.tree import Tree, Verdict

ALICE = inet_pton(AF_INET, "192.0.2.9")
NEIGHBOUR = inet_pton(AF_INET, "192.0.2.10")
FAR = inet_pton(AF_INET, "198.51.100.1")

SIGNS = {Verdict.FINE: "+", Verdict.BLOCKED: "-", Verdict.NEWLY_BLOCKED: "!"}


class TreeTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.tree = Tree(limit=8, latency=120.0)

    def hits(self, address: bytes, times: int, now: float = 0.0) -> str:
        return "".join(SIGNS[self.tree.hit(address, now)] for _ in range(times))

    def test_an_address_is_blocked_once_it_has_a_node_and_the_limit(self) -> None:
        # as Kamailio 5.6.3 with reqs_density_per_unit 8, the neighbours included
        self.assertEqual(self.hits(ALICE, 15), "+++++++++++!---")
        self.assertEqual([node.address for node in self.tree.addresses()], [ALICE])

    def test_neighbours_have_less_to_go(self) -> None:
        self.hits(ALICE, 90)
        self.assertEqual(self.hits(NEIGHBOUR, 12), "++++++++!---")
        self.assertEqual(self.hits(inet_pton(AF_INET, "192.0.3.1"), 12), "+++++++++!--")

    def test_those_elsewhere_have_not(self) -> None:
        self.hits(ALICE, 15)
        self.assertEqual(self.hits(FAR, 15), "+++++++++++!---")

    def test_quiet_addresses_share_a_prefix(self) -> None:
        for last in range(3):
            self.hits(bytes((10, last, 0, 1)), 1)
            self.tree.turn()
        self.assertEqual(list(self.tree.addresses()), [])

    def test_it_is_blocked_until_two_windows_are_quiet_enough(self) -> None:
        self.hits(ALICE, 15)
        self.assertEqual(self.tree.turn(), [])
        self.assertEqual(self.hits(ALICE, 1), "-")
        self.assertEqual([node.address for node in self.tree.turn()], [ALICE])
        self.assertEqual(self.hits(ALICE, 2), "++")

    def test_the_average_of_two_windows_counts(self) -> None:
        self.hits(ALICE, 11)  # 7 of its own: below the limit
        self.tree.turn()
        self.assertEqual(self.hits(ALICE, 8), "+++++++!")
        self.tree.turn()
        self.tree.turn()
        self.hits(ALICE, 7)
        self.tree.turn()
        self.assertEqual(self.hits(ALICE, 9), "+++++++!-")

    def test_quiet_windows_are_forgotten(self) -> None:
        self.hits(ALICE, 11)
        self.tree.turn()
        self.tree.turn()
        self.assertEqual(self.hits(ALICE, 7), "+++++++")

    def test_nodes_are_dropped_after_their_time_prefix_by_prefix(self) -> None:
        self.hits(ALICE, 15)
        self.tree.forget(119.0)
        self.assertEqual(len(list(self.tree.addresses())), 1)
        self.tree.forget(120.0)
        self.assertEqual((list(self.tree.addresses()), self.tree.red), ([], set()))
        for time in (240.0, 360.0, 480.0):
            self.tree.forget(time)
        self.assertEqual(self.hits(ALICE, 12, 480.0), "+++++++++++!")

    def test_a_hit_keeps_it(self) -> None:
        self.hits(ALICE, 15)
        self.hits(ALICE, 1, 100.0)
        self.tree.forget(219.0)
        self.assertEqual(len(list(self.tree.addresses())), 1)

    def test_ipv6_addresses_have_sixteen_bytes(self) -> None:
        address = inet_pton(AF_INET6, "2001:db8::9")
        self.assertEqual(self.hits(address, 40).find("!"), 23)
        self.assertEqual([node.address for node in self.tree.addresses()], [address])

    def test_an_ipv4_address_may_begin_an_ipv6_one(self) -> None:
        both = ALICE + bytes(12)
        self.hits(ALICE, 13)
        self.hits(both, 40)
        self.assertEqual({node.address for node in self.tree.addresses()}, {ALICE, both})
        self.tree.forget(120.0)
        self.tree.forget(120.0)
        self.assertEqual(list(self.tree.addresses()), [])

    def test_counting_stops_at_some_point(self) -> None:
        self.tree = Tree(limit=0x7FFFFFFF, latency=1.0)
        self.hits(ALICE, 3)
        node = next(iter(self.tree._roots.values()))
        node.hits = 0xFFFD
        self.hits(ALICE, 3)
        self.assertEqual(node.hits, 0xFFFE)
