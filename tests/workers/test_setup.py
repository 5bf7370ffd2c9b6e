"""sipapp/workers/setup.py: what a worker is told."""

from __future__ import annotations

import json

from twisted.trial.unittest import SynchronousTestCase

from sipapp.errors import Position
from sipapp.transport.listen import Endpoint
from sipapp.workers.setup import Role, Setup, endpoint, line, plain

PLACE = Endpoint("udp", "192.0.2.1", 5060, "sip.example.com", 5070, "main", True, ("a", "b"), Position("app.cfg", 1, 1))


class SetupTests(SynchronousTestCase):
    def test_an_endpoint_is_the_same_at_the_other_end_but_for_its_line_in_the_script(self) -> None:
        told = json.loads(json.dumps(plain(PLACE)))
        self.assertEqual(endpoint(told), PLACE._replace(at=None))

    def test_it_is_the_same_at_the_other_end(self) -> None:
        setup = Setup(
            "/app.cfg", {"A": None, "B": "1"}, "/m", ["udp:192.0.2.1"], 2, "feed", "lmdb:/a/b", [plain(PLACE)]
        )
        self.assertEqual(Setup(**json.loads(line(setup))), setup)
        self.assertEqual(Role(**json.loads(line(Role(2, True, [0, 1, 2])))), Role(2, True, [0, 1, 2]))

    def test_each_worker_has_its_own_socket_where_there_is_one_for_each(self) -> None:
        stream = PLACE._replace(proto="tcp", at=None)
        setup = Setup("", {}, "", [], 2, "", "", [plain(PLACE), plain(stream)], [[3, 4], [5]])
        self.assertEqual([number for _, number in setup.places(1)], [3, 5])
        self.assertEqual([number for _, number in setup.places(2)], [4, 5])
