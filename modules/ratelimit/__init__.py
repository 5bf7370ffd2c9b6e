# -*- test-case-name: tests.modules.ratelimit.test_ratelimit -*-
"""ratelimit: how many messages get through, by method: queues that lead to pipes, pipes with limits."""

from __future__ import annotations

from typing import Any

from sipapp.errors import LocalError
from sipapp.interfaces.store import IStore
from sipapp.log import Logger
from sipapp.message.request import Request
from sipapp.module import LOCAL, REQUEST, ConfigError, Context, IServer, modparam, module, rpc_command, script_function
from sipapp.module.windows import until_next
from sipapp.modules.ratelimit.load import Controller, Processors, waiting_bytes
from sipapp.modules.ratelimit.pipes import (
    MOST,
    Algorithm,
    Pipe,
    PipeSpec,
    QueueSpec,
    find_queue,
    parse_pipe,
    parse_queue,
    setpoint,
)
from sipapp.modules.ratelimit.shared import Shared

log = Logger()


@module("ratelimit")
class Ratelimit:
    """Pipes and queues."""

    timer_interval: int = modparam(
        default=10,
        unit="s",
        doc="how often the pipes look at what came; the same for all who share a store, who fill the pipes together",
    )
    pipe: list[PipeSpec] = modparam(
        default=(),
        parse=parse_pipe,
        doc="`NUMBER:ALGORITHM:LIMIT`, NUMBER from 0 to 31. TAILDROP: LIMIT messages a second, counted over the "
        "interval; RED: the same on average, by every n-th message; FEEDBACK: as many as keep the processors at LIMIT "
        "percent; NETWORK: none while more than LIMIT bytes wait to be read",
    )
    queue: list[QueueSpec] = modparam(
        default=(), parse=parse_queue, doc="`PIPE:METHOD`: messages of a method go to a pipe; * for all others"
    )

    def start(self, server: IServer) -> None:
        """Raises ConfigError: FEEDBACK pipes with different limits, or too many queues."""
        self.server = server
        self.pipes = [Pipe(number) for number in range(MOST)]
        for number, algorithm, limit in self.pipe:
            self.pipes[number].algorithm, self.pipes[number].limit = algorithm, limit
        if len(self.queue) > MOST:
            raise ConfigError(f"MAX_QUEUES reached ({MOST})")
        self.queues = list(self.queue)
        self.controller = Controller(setpoint(self.pipes) * 0.01)
        self.processors = Processors()
        self.debug = False
        self._call: Any = None
        self._interval = max(self.timer_interval, 1)
        self._shared: Shared | None = None
        store: IStore | None = server.find(IStore)
        if store is not None and store.shared:
            counts = store.table(b"ratelimit", lifetime=2 * self._interval + 1)
            self._shared = Shared(counts, self.pipes, self._interval, server.clock)
        self._wait()

    def stop(self) -> None:
        if self._call.active():
            self._call.cancel()
        if self._shared is not None:
            self._shared.stop()

    def _wait(self) -> None:
        """For the end of this interval. Where pipes are shared, it ends at the same time for everybody."""
        clock: Any = self.server.clock
        left = self._interval if self._shared is None else until_next(clock, self._interval)
        self._call = clock.callLater(left, self._tick)

    def _tick(self) -> None:
        self._wait()
        if self._shared is not None:
            self._shared.tell_all()
        if any(pipe.algorithm is Algorithm.FEEDBACK for pipe in self.pipes):
            load = self.processors.load()
            if load is not None:
                self.controller.update(load)
        waiting = 0
        if any(pipe.algorithm is Algorithm.NETWORK for pipe in self.pipes):
            waiting = waiting_bytes(self.server.transport.sockets)
        if self.debug:
            log.warn("{counters}", counters="".join(f"{pipe.counter:5}" for pipe in self.pipes))
        for pipe in self.pipes:
            pipe.tick(self._interval, waiting)
        if self._shared is not None:
            self._shared.begin()

    # -- functions

    @script_function()
    def rl_check(self, ctx: Context) -> int:
        """True when this message gets through the pipe of its method's queue."""
        return self._check(ctx, -1)

    @script_function("rl_check", routes=REQUEST | LOCAL)
    def rl_check_forced(self, ctx: Context, pvar: int) -> int:
        """True when this message gets through the pipe of this number; a negative one: as rl_check()."""
        return self._check(ctx, pvar)

    @script_function()
    def rl_check_pipe(self, ctx: Context, pipe_no: int) -> int:
        """True when this message gets through the pipe of this number; a negative one: as rl_check()."""
        return self._check(ctx, pipe_no)

    def _check(self, ctx: Context, number: int) -> int:
        if number < 0:
            message = ctx.message
            method = message.method if isinstance(message, Request) else (message.cseq and message.cseq.method) or b""
            queue = find_queue(self.queues, method.upper())
            if queue is None:
                log.info("no queue matches")
                return -1
            number = queue.pipe
            if self.pipes[number].algorithm is Algorithm.NOP:
                log.error("no algorithm defined for pipe {number}", number=number)
        elif number >= MOST or self.pipes[number].algorithm is Algorithm.NOP:
            log.error("forced pipe {number} out of range or not defined", number=number)
            return -1
        return 1 if self.pipes[number].push(self._interval, self.controller.drop_rate) else -1

    # -- RPC

    @rpc_command("rl.stats")
    def rpc_stats(self) -> list[str]:
        """Every pipe: messages of the last interval, limit and drop rate."""
        return [
            f"PIPE[{number}]: {pipe.last_counter}/{pipe.limit} (drop rate: {pipe.load})"
            for number, pipe in enumerate(self.pipes)
        ]

    @rpc_command("rl.get_pipes")
    def rpc_get_pipes(self) -> list[str]:
        """The pipes in use: algorithm, messages of the last interval, limit, drop rate, messages of this interval."""
        return [
            f"PIPE[{number}]: {pipe.algorithm.value}:{pipe.algorithm.name} {pipe.last_counter}/{pipe.limit} "
            f"(drop rate: {pipe.load}) [{pipe.counter}]"
            for number, pipe in enumerate(self.pipes)
            if pipe.algorithm is not Algorithm.NOP
        ]

    @rpc_command("rl.set_pipe")
    def rpc_set_pipe(self, pipe_id: int, pipe_algorithm: str, pipe_limit: int) -> None:
        """Change algorithm and limit of a pipe."""
        if pipe_algorithm not in Algorithm.__members__:
            raise LocalError("Unknown algorithm")
        if not 0 <= pipe_id < MOST:
            raise LocalError("Unknown pipe")
        pipe = self.pipes[pipe_id]
        old = (pipe.algorithm, pipe.limit)
        pipe.algorithm, pipe.limit = Algorithm[pipe_algorithm], pipe_limit
        try:
            self.controller.setpoint = setpoint(self.pipes) * 0.01
        except ConfigError:
            # Differs: Kamailio says so, too, but keeps the change.
            pipe.algorithm, pipe.limit = old
            raise LocalError("Feedback limits don't match") from None

    @rpc_command("rl.get_queues")
    def rpc_get_queues(self) -> list[str]:
        """The queues: pipe and method of each."""
        return [f"QUEUE[{number}]: {queue.pipe}:{queue.method.decode()}" for number, queue in enumerate(self.queues)]

    @rpc_command("rl.set_queue")
    def rpc_set_queue(self, queue_id: int, queue_method: str, pipe_id: int) -> None:
        """Change method and pipe of a queue."""
        if not 0 <= pipe_id < MOST:
            raise LocalError("Invalid pipe number")
        if not 0 <= queue_id < len(self.queues):
            raise LocalError("MAX_QUEUES reached")
        self.queues[queue_id] = QueueSpec(pipe_id, queue_method.upper().encode())

    @rpc_command("rl.get_pid")
    def rpc_get_pid(self) -> str:
        """The parameters of the PID controller behind FEEDBACK."""
        controller = self.controller
        return f"ki[{controller.ki:f}] kp[{controller.kp:f}] kd[{controller.kd:f}] "

    @rpc_command("rl.set_pid")
    def rpc_set_pid(self, ki: float, kp: float, kd: float) -> None:
        """Change the parameters of the PID controller behind FEEDBACK."""
        self.controller.ki, self.controller.kp, self.controller.kd = ki, kp, kd

    @rpc_command("rl.push_load")
    def rpc_push_load(self, load: float) -> None:
        """Have this load (0.0 to 1.0), until the next one is measured."""
        if not 0.0 <= load <= 1.0:
            raise LocalError("Value out of range")
        self.controller.update(load)

    @rpc_command("rl.set_dbg")
    def rpc_set_dbg(self, mode: int) -> None:
        """1: log the counters of all pipes at the end of each interval; 0: do not."""
        self.debug = mode != 0
