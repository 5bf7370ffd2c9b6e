"""The next hop, our own addresses, variables, the log level, unique ids."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from sipapp.modules.kex import Kex
from tests.modules.stage import Server, context, variable
from tests.modules.texts import made


class CoreTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.server = Server()
        self.module = made(Kex)
        self.module.start(self.server)
        self.ctx = context(server=self.server)

    def test_the_next_hop(self) -> None:
        self.assertFalse(self.module.isdsturiset(self.ctx))
        self.module.setdsturi(self.ctx, b"sip:192.0.2.7")
        self.assertEqual(self.ctx.draft.next_hop, b"sip:192.0.2.7")
        self.assertTrue(self.module.isdsturiset(self.ctx))
        self.module.resetdsturi(self.ctx)
        self.assertIsNone(self.ctx.draft.next_hop)
        self.assertTrue(self.module.setdsturi(self.ctx, b""))
        self.assertFalse(self.module.isdsturiset(self.ctx))

    def test_our_own_addresses_by_host_port_and_transport(self) -> None:
        for text, mine in (
            (b"192.0.2.1", True),
            (b"sip:bob@192.0.2.1:5080", True),
            (b"sip:192.0.2.1:9", False),
            (b"sip:192.0.2.1:5080;transport=tcp", False),
            (b"sip:192.0.2.1;transport=TCP", True),
            (b"192.0.2.2", False),
            (b"sip:bad uri", False),
            (b"", False),
        ):
            self.assertIs(self.module.is_myself(text), mine, text)

    def test_our_own_hosts_with_any_port(self) -> None:
        for text, mine in ((b"sip:192.0.2.1:9;transport=tls", True), (b"192.0.2.1", True), (b"sip:192.0.2.2", False)):
            self.assertIs(self.module.is_myhost(text), mine)
        self.assertFalse(self.module.is_myhost(b""))
        self.assertFalse(self.module.is_myhost(b"sip:bad uri"))

    def test_a_text_goes_into_a_variable(self) -> None:
        target = variable()
        self.assertTrue(self.module.pv_printf(self.ctx, target, b"text"))
        self.assertEqual(target.value, b"text")

    def test_the_log_level_can_be_changed_and_restored(self) -> None:
        self.assertTrue(self.module.setdebug(3))
        self.assertEqual(self.server.config.debug, 3)
        self.module.setdebug(-1)
        self.assertTrue(self.module.resetdebug())
        self.assertEqual(self.server.config.debug, 2)

    def test_every_read_gives_another_id(self) -> None:
        ids = {self.module.pv_sruid(self.ctx) for _ in range(3)}
        self.assertEqual(len(ids), 3)
        self.assertTrue(all(one.startswith(b"srid-") for one in ids))
