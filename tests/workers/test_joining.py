"""sipapp/workers/joining.py: answers of several workers as one."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from sipapp.workers.joining import Join, join, total, way_of


class TotalTests(SynchronousTestCase):
    def test_numbers_are_added_up_by_name(self) -> None:
        answers = [{"current": 1, "codes": {"2xx": 5}}, {"current": 2, "codes": {"2xx": 1, "4xx": 2}}]
        self.assertEqual(total(answers), {"current": 3, "codes": {"2xx": 6, "4xx": 2}})

    def test_so_are_those_at_the_end_of_texts(self) -> None:
        answers = [["core:rcv_requests = 5", "tm:x = 1"], ["core:rcv_requests = 7", "tm:x = 0"]]
        self.assertEqual(total(answers), ["core:rcv_requests = 12", "tm:x = 1"])
        self.assertEqual(total([["a:b = 0 (5)"], ["a:b = 0 (6)"]]), ["a:b = 0 (11)"])
        self.assertEqual(total([{"core.a": "5"}, {"core.a": "6"}]), {"core.a": "11"})

    def test_of_what_is_no_number_the_first_counts(self) -> None:
        self.assertEqual(total([{"state": "closed", "on": True}, {"state": "open", "on": True}])["state"], "closed")
        self.assertIs(total([True, True]), True)

    def test_of_times_the_longest_counts(self) -> None:
        self.assertEqual(total([{"p95": 5.0, "count": 1}, {"p95": 7.0, "count": 2}]), {"p95": 7.0, "count": 3})

    def test_a_circuit_is_as_open_as_that_of_the_worst(self) -> None:
        self.assertEqual(total([{"http.a_circuit": 2}, {"http.a_circuit": 2}]), {"http.a_circuit": 2})
        self.assertEqual(total([["http:a_circuit = 0"], ["http:a_circuit = 1"]]), ["http:a_circuit = 1"])

    def test_lists_of_different_length_are_put_together(self) -> None:
        self.assertEqual(total([[1], [2, 3]]), [1, 2, 3])


class JoinTests(SynchronousTestCase):
    def test_rows_have_the_number_of_their_worker(self) -> None:
        rows = join(Join.ROWS, [(1, [{"id": 4}]), (3, [{"id": 5}, {"id": 6}])])
        self.assertEqual(rows, [{"id": 4, "worker": 1}, {"id": 5, "worker": 3}, {"id": 6, "worker": 3}])

    def test_a_worker_without_rows_adds_none(self) -> None:
        self.assertEqual(join(Join.ROWS, [(1, []), (2, {})]), [])

    def test_lists_stand_one_behind_the_other(self) -> None:
        self.assertEqual(join(Join.LISTS, [(1, [10, "a"]), (2, [11, "b"])]), [10, "a", 11, "b"])

    def test_what_all_do_is_answered_by_the_first(self) -> None:
        self.assertEqual(join(Join.EACH, [(1, "done"), (2, "too")]), "done")

    def test_what_is_shared_is_asked_of_one(self) -> None:
        self.assertIs(way_of("htable.get"), Join.ONE)
        self.assertIs(way_of("tm.stats"), Join.SUM)
