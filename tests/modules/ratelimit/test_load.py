from __future__ import annotations

from pathlib import Path

from twisted.trial.unittest import SynchronousTestCase

from sipapp.interfaces.transport import Socket
from sipapp.modules.ratelimit.load import Controller, Processors, waiting_bytes
from tests.modules.stage import new_path

HEAD = "   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n"
ROW = "  21: {local} 00000000:0000 07 00000000:{waiting:08X} 00:00000000 00000000     0        0 1 2 0 0\n"


class LoadTests(SynchronousTestCase):
    def test_the_load_is_what_was_not_idle_since_last_time(self) -> None:
        path = Path(new_path(self))
        processors = Processors(path)
        path.write_text("cpu  100 0 100 800 0 0 0 0 0 0\ncpu0 1 2 3 4\n")
        self.assertEqual(processors.load(), 0.0)
        path.write_text("cpu  160 0 120 820 0 0 0 0 0 0\n")
        self.assertEqual(processors.load(), 0.8)
        self.assertEqual(processors.load(), 0.0)

    def test_it_may_be_unknown(self) -> None:
        path = Path(new_path(self))
        self.assertIsNone(Processors(path).load())
        path.write_text("cpu  1 2 3\n")
        self.assertIsNone(Processors(path).load())

    def test_the_controller_drops_more_while_the_load_is_too_high(self) -> None:
        controller = Controller(0.5)
        rates = []
        for load in (0.4, 0.9, 0.9, 0.9, 0.5, 0.1, 0.1, 0.1, 0.1):
            controller.update(load)
            rates.append(controller.drop_rate)
        self.assertEqual(rates, [0, 10, 20, 30, 30, 20, 10, 0, 0])
        self.assertEqual(controller.value, 0.1)

    def test_its_parameters_count(self) -> None:
        controller = Controller(0.5)
        controller.ki, controller.kp, controller.kd = 0.0, -10.0, -20.0
        controller.update(1.0)
        self.assertEqual(controller.drop_rate, 15)
        controller.update(1.0)
        self.assertEqual(controller.drop_rate, 5)

    def test_bytes_that_wait_are_summed_over_our_sockets(self) -> None:
        folder = Path(new_path(self))
        folder.mkdir()
        (folder / "udp").write_text(
            HEAD
            + ROW.format(local="010200C0:13C4", waiting=1000)  # 192.0.2.1:5060
            + ROW.format(local="010200C0:13C5", waiting=1)
            + ROW.format(local="020200C0:13C4", waiting=2)
        )
        (folder / "tcp6").write_text(HEAD + ROW.format(local="B80D0120000000000000000001000000:13C4", waiting=300))
        sockets = [
            Socket("udp", "192.0.2.1", 5060),
            Socket("tls", "2001:db8::1", 5060),
            Socket("ws", "192.0.2.1", 80),
        ]
        self.assertEqual(waiting_bytes(sockets, folder), 1300)

    def test_without_the_files_nothing_waits(self) -> None:
        self.assertEqual(waiting_bytes([Socket("udp", "192.0.2.1", 5060)], Path(new_path(self))), 0)
