"""sipapp/workers/steering.py: the kernel's choice is ours."""

from __future__ import annotations

import socket

from twisted.trial.unittest import SkipTest, SynchronousTestCase

from sipapp.workers.ownership import worker_of
from sipapp.workers.steering import REACH, program, steer

CALLS = [b"%d-4711@192.0.2.1" % n for n in range(40)] + [b"a", b"x" * 64, b"x" * 70, b"\xc3\xa9@b"]


class ProgramTests(SynchronousTestCase):
    def test_no_filter_is_longer_than_the_kernel_takes(self) -> None:
        self.assertLessEqual(max(len(program(64, reach)) for reach in REACH), 4096)

    def test_no_jump_leaves_the_filter_and_its_last_step_answers(self) -> None:
        for reach in REACH:
            steps = program(3, reach)
            for at, step in enumerate(steps):
                if step.code & 7 == 5:
                    far = [step.k] if step.code == 5 else [step.true, step.false]
                    self.assertLess(max(at + 1 + one for one in far), len(steps))
            self.assertEqual(steps[-1].code & 7, 6)


class SteerTests(SynchronousTestCase):
    """On sockets of this machine's kernel."""

    def setUp(self) -> None:
        self.group = []
        port = 0
        for _ in range(3):
            made = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            self.addCleanup(made.close)
            made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
            made.bind(("127.0.0.1", port))
            made.setblocking(False)
            self.group.append(made)
            port = made.getsockname()[1]
        if not steer(self.group):
            raise SkipTest("this kernel takes no filter for a group of sockets")
        self.sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.addCleanup(self.sender.close)
        self.sender.connect(("127.0.0.1", port))

    def taken_by(self, data: bytes) -> int:
        """Which socket of the group gets it, from 1."""
        self.sender.send(data)
        for number, one in enumerate(self.group, 1):
            try:
                one.recv(65535)
            except BlockingIOError:
                continue
            return number
        return 0

    def test_each_message_comes_to_its_owner_wherever_the_call_id_stands(self) -> None:
        for n, call_id in enumerate(CALLS):
            for name in (b"Call-ID: ", b"Call-ID:", b"Call-ID:  "):
                message = b"BYE sip:a SIP/2.0\r\nX: %b\r\n%b%b\r\nCSeq: 1 BYE\r\n\r\n" % (b"y" * 5 * n, name, call_id)
                self.assertEqual(self.taken_by(message), worker_of(call_id, 3), message)

    def test_the_length_of_the_message_does_not_count(self) -> None:
        for length in range(120):
            message = b"BYE sip:a SIP/2.0\r\nCall-ID: a@b\r\n\r\n" + b"z" * length
            self.assertEqual(self.taken_by(message), worker_of(b"a@b", 3))

    def test_what_it_cannot_read_comes_to_somebody(self) -> None:
        for data in (
            b"x",
            b"\r\n\r\n",
            b"OPTIONS sip:a SIP/2.0\r\ni: a\r\n\r\n",
            b"To: Call Center\r\n\r\n",
            b"Call-ID",
        ):
            self.assertIn(self.taken_by(data), (1, 2, 3))
