"""Locks of items."""

from __future__ import annotations

from tests.modules.talk import TalkCase


class LockingTests(TalkCase):
    modules = "htable cfgutils"
    head = 'modparam("htable", "htable", "a=>size=4;")'

    def answered(self) -> list[float]:
        return [when for when, _ in self.alice.received]

    def test_one_route_at_a_time_has_the_lock_of_a_key(self) -> None:
        self.serve('sht_lock("a=>$fU"); sleep(2); sht_unlock("a=>$fU");')
        for _ in range(3):
            self.alice.send("OPTIONS")
        self.sip.advance(10)
        self.assertEqual(self.answered(), [2.0, 4.0, 6.0])

    def test_other_keys_do_not_wait(self) -> None:
        self.serve('sht_lock("a=>$ci"); sleep(2); sht_unlock("a=>$ci");')
        for _ in range(3):
            self.alice.send("OPTIONS")
        self.sip.advance(10)
        self.assertEqual(self.answered(), [2.0, 2.0, 2.0])

    def test_a_route_may_take_it_twice_and_lets_it_go_twice(self) -> None:
        self.serve("""
            sht_lock("a=>k"); sht_lock("a=>k"); sleep(1); sht_unlock("a=>k"); sleep(1); sht_unlock("a=>k");
            say("$rc");
        """)
        for _ in range(2):
            self.alice.send("OPTIONS")
        self.sip.advance(10)
        self.assertEqual(self.answered(), [2.0, 4.0])

    def test_who_waited_too_long_leaves_the_queue_and_who_held_it_lets_it_go(self) -> None:
        self.serve('sht_lock("a=>k"); sleep(20); sht_unlock("a=>k");', head="suspend_timeout=5")
        for _ in range(3):
            self.alice.send("OPTIONS")
            self.sip.advance(2)
        self.sip.advance(100)
        # the first is ended in its sleep at 5 s; the second has the lock then, and sleeps
        self.assertEqual([(5.0, 408), (9.0, 408), (10.0, 408)], sorted(self.alice.received))

    def test_a_table_that_there_is_not_has_no_locks(self) -> None:
        said = self.run_script('sht_lock("nosuch=>k"); say("$rc"); sht_unlock("nosuch=>k"); say("$rc");')
        self.assertEqual(said, ["-11", "-11"])
