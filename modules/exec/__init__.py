# -*- test-case-name: tests.modules.exec.test_exec -*-
"""exec: commands of the shell. The script waits for them, and nothing else does.

Kamailio's functions are `exec_*()`, OpenSIPS' is `exec()`; a call by itself waits as one in async() does. Where the
caller gives up (CANCEL), or a time limit is over, the command and all that it has started are ended.
"""

from __future__ import annotations

from collections.abc import Callable

from twisted.internet.defer import Deferred

from sipapp.errors import ConfigError
from sipapp.interfaces.script import IBinder
from sipapp.log import Logger
from sipapp.message.draft import Branch
from sipapp.message.request import Request
from sipapp.module import (
    ANY,
    FAILURE,
    LOCAL,
    REQUEST,
    Context,
    IServer,
    PvRef,
    modparam,
    module,
    script_function,
    writable,
)
from sipapp.module.avps import avp_keys
from sipapp.module.children import MAX_OUTPUT, Ended, run
from sipapp.modules.exec.environment import environment
from sipapp.script.avp import AvpKey
from sipapp.script.suspended import waited

log = Logger()

_ROUTES = REQUEST | FAILURE | LOCAL
_OUTPUTS = {"stdout": writable, "stderr": writable}
_NOT_WAITED_FOR = 2
_ENDED_BY_FORCE = -256


@module("exec")
class Exec:
    """Both peers' module of this name."""

    server: IServer
    time_to_kill: int = modparam(
        default=0, minimum=0, unit="s", doc="the longest time that a command may take; 0: any. Then it is ended"
    )
    setvars: int = modparam(default=1, doc="0: exec_dset(), exec_msg() and exec_avp() give no SIP_* variables")
    bash_safety: int = modparam(default=1, doc="values that an old bash would run as a function are cut")
    max_output: int = modparam(
        default=MAX_OUTPUT, minimum=1, unit="bytes", doc="of sipapp: a command that writes more is ended"
    )
    exit_status: int = modparam(
        default=0, doc="of sipapp: 1: exec() answers 1 for exit status 0, else the status made negative"
    )

    def start(self, server: IServer) -> None:
        self.server = server

    def _run(self, ctx: Context, command: bytes, stdin: bytes = b"", variables: bool = False) -> Deferred[Ended]:
        env = environment(ctx, bool(self.bash_safety)) if variables and self.setvars else None
        running = run(self.server.reactor, command, stdin, env, float(self.time_to_kill), self.max_output)
        return running.addCallback(_logged, command, ctx)

    # -- Kamailio

    @script_function(routes=_ROUTES, parse={"avplist": avp_keys})
    def exec_avp(self, ctx: Context, command: bytes, avplist: list[AvpKey] | None = None) -> Deferred[int]:
        """Run a command; each line that it writes becomes an AVP: those of `avplist`, `$avp(i:N)` beyond them.

        Returns 1; -1 where its exit status is not 0, with the AVPs all the same. Empty lines do not count.
        """
        keys = avplist or []

        def ended(how: Ended) -> int:
            for number, line in enumerate(_lines(how.out)):
                key = keys[number] if number < len(keys) else number + 1
                ctx.avps.setdefault(key, []).append(line)
            return 1 if how.good else -1

        return self._run(ctx, command, variables=True).addCallback(ended)

    @script_function(routes=_ROUTES)
    def exec_msg(self, ctx: Context, command: bytes) -> Deferred[int]:
        """Run a command that gets the message, as it was received, on its standard input; its output is ignored."""
        return self._run(ctx, command, ctx.message.raw, True).addCallback(_code)

    @script_function(routes=REQUEST | FAILURE)
    def exec_dset(self, ctx: Context, command: bytes) -> Deferred[int]:
        """Run a command with the Request-URI as its last argument; each line that it writes becomes a target, the
        first of them the Request-URI. False where it writes none."""
        request = ctx.message
        assert isinstance(request, Request)
        uri = ctx.draft.request_uri or request.uri

        def ended(how: Ended) -> int:
            uris = _lines(how.out)
            if not uris:
                log.error("no URI from {command}", command=command.decode(errors="replace"), waited=waited(ctx))
                return -1
            ctx.draft.request_uri = uris[0]
            ctx.draft.targets += [Branch(other) for other in uris[1:]]
            return 1 if how.good else -1

        quoted = uri.replace(b"'", b"'\\''")
        return self._run(ctx, b"%b '%b'" % (command, quoted), variables=True).addCallback(ended)

    @script_function(routes=ANY)
    def exec_cmd(self, ctx: Context, command: bytes) -> Deferred[int]:
        """Run a command without variables of the message; its output is ignored."""
        return self._run(ctx, command).addCallback(_code)

    # -- OpenSIPS

    @script_function("exec", routes=ANY, asynchronous=True)
    def exec_beside(self, ctx: Context, command: bytes) -> int | Deferred[int]:
        """Run a command and do not wait for it: 2, as OpenSIPS has it, and the route goes on at once. With the
        parameter `exit_status` it is waited for, as below. Only within async() and launch(): elsewhere the core has an
        exec() of one argument, which waits."""
        started = self.exec_(ctx, command)
        return started if self.exit_status else _NOT_WAITED_FOR

    @script_function("exec", routes=ANY, parse={**_OUTPUTS, "envavp": "_env"})
    def exec_(
        self,
        ctx: Context,
        command: bytes,
        stdin: bytes | None = None,
        stdout: PvRef | None = None,
        stderr: PvRef | None = None,
        envavp: Callable[[Context], dict[bytes, bytes]] | None = None,
    ) -> int | Deferred[int]:
        """Run a command, as OpenSIPS does: `stdin` is what it reads, `stdout` and `stderr` get what it writes.

        A variable gets the last line, an AVP all lines, the last one on top. `envavp` is an AVP of `NAME=VALUE` texts.
        Without a variable for its output nothing is waited for. Returns 1 whatever its exit status is, but see the
        parameter `exit_status`; -1 where it was ended by force.
        """
        env = envavp(ctx) if envavp is not None else None
        running = run(self.server.reactor, command, stdin or b"", env, float(self.time_to_kill), self.max_output)
        if stdout is None and stderr is None and not self.exit_status:
            running.addCallback(_logged, command)
            return 1
        running.addCallback(_logged, command, ctx)

        def ended(how: Ended) -> int:
            for variable, text in ((stdout, how.out), (stderr, how.err)):
                if variable is not None and variable.set is not None:
                    for line in _lines(text):
                        variable.set(ctx, line)
            if self.exit_status:
                return _ENDED_BY_FORCE if how.status is None else -how.status or 1
            return -1 if how.status is None else 1

        return running.addCallback(ended)

    def _env(self, text: bytes, binder: IBinder) -> Callable[[Context], dict[bytes, bytes]]:
        keys = avp_keys(text)
        if len(keys) != 1:
            raise ConfigError("one AVP of NAME=VALUE texts is expected")
        key = keys[0]

        def read(ctx: Context) -> dict[bytes, bytes]:
            pairs = (b"%d" % value if isinstance(value, int) else value for value in ctx.avps.get(key, ()))
            return {name: value for name, equals, value in (pair.partition(b"=") for pair in pairs) if name and equals}

        return read


def _lines(output: bytes) -> list[bytes]:
    return [line for raw in output.split(b"\n") if (line := raw.rstrip())]


def _code(how: Ended) -> int:
    return 1 if how.good else -1


def _logged(how: Ended, command: bytes, ctx: Context | None = None) -> Ended:
    """ctx: whose script waits for it."""
    if how.reason:
        place = "" if ctx is None else waited(ctx)
        text = command.decode(errors="replace")
        log.error("command {command} was ended: {why}", command=text, why=how.reason, waited=place)
    elif not how.good:
        log.debug(
            "command {command}: exit status {status}", command=command.decode(errors="replace"), status=how.status
        )
    return how
