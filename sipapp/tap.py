# -*- test-case-name: tests.robust -*-
"""tap: `twistd sipapp`: options, and the service that they make."""

from __future__ import annotations

import atexit
import os
import sys
from typing import Any

from twisted.application.service import Service
from twisted.internet.defer import Deferred, ensureDeferred
from twisted.logger import Logger as TwistedLogger
from twisted.python.failure import Failure
from twisted.python.usage import Options as _Options
from twisted.python.usage import UsageError

from sipapp import collector
from sipapp.errors import ConfigErrors, SipAppError
from sipapp.log import Logger

log = Logger()
always = TwistedLogger("sipapp")


class Options(_Options):
    """The command line, with the letters that Kamailio uses."""

    synopsis = "[options]"
    longdesc = "Serve a Kamailio routing script. `sipapp check FILE` tells what is wrong with one."
    optParameters = [["config", "c", "app.cfg", "The routing script."]]
    compData: Any = None

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self["defines"] = {}
        self["mpath"] = ""
        self["listen"] = []

    def opt_define(self, text: str) -> None:
        """NAME[=VALUE]: as `#!define NAME VALUE` at the top of the script; may be repeated."""
        name, equals, value = text.partition("=")
        if not name:
            raise UsageError(f"-A {text}: NAME or NAME=VALUE")
        self["defines"][name] = value if equals else None

    opt_A = opt_define

    def opt_mpath(self, path: str) -> None:
        """Folders to look for modules in, separated by colons; before those of the script."""
        self["mpath"] = ":".join(filter(None, (self["mpath"], path)))

    opt_L = opt_mpath

    def opt_listen(self, address: str) -> None:
        """[PROTO:]HOST[:PORT]: listen here as well; may be repeated."""
        self["listen"].append(address)

    opt_l = opt_listen

    def opt_version(self) -> None:
        """Print the version and exit."""
        from sipapp.version import version

        sys.stdout.write(version() + "\n")
        raise SystemExit(0)


class SipAppService(Service):
    """The server, or what supervises its workers, as twistd's service."""

    def __init__(self, server: Any, reactor: Any) -> None:
        self.name = "sipapp"
        self.server = server
        self._reactor = reactor

    def startService(self) -> None:
        super().startService()  # type: ignore[no-untyped-call]
        ensureDeferred(self.server.start()).addCallbacks(self._started, self._not_started)

    def _started(self, _: None) -> None:
        """Whatever `debug` of the script is, say where it serves."""
        collector.settle()
        always.info("listening on {sockets}", sockets=self.server.listening())

    def _not_started(self, failure: Failure) -> None:
        """Whatever keeps the server from starting ends it with status 1, in one line where it is no bug."""
        if failure.check(SipAppError, OSError):
            always.critical("not started: {why}", why=failure.getErrorMessage())
        else:
            always.failure("not started", failure)
        atexit.register(_exit_with_1)
        self._reactor.callWhenRunning(self._reactor.stop)

    def stopService(self) -> Deferred[None]:
        super().stopService()  # type: ignore[no-untyped-call]
        return ensureDeferred(self.server.stop())


def _exit_with_1() -> None:
    """twistd itself ends with 0 whenever its reactor has been stopped."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(1)


def makeService(options: Options) -> SipAppService:
    """What twistd runs. A script with mistakes prints them all and exits with status 1."""
    from twisted.internet import reactor

    collector.hold()
    from sipapp.assemble import assemble
    from sipapp.script.show import show

    try:
        assembly = assemble(options["config"], options["defines"], options["mpath"])
        for address in options["listen"]:
            assembly.config.add_listen(address)
    except ConfigErrors as errors:
        sys.stderr.writelines(f"{show(error)}\n" for error in errors.errors)
        raise SystemExit(1) from None
    except OSError as why:
        sys.stderr.write(f"sipapp: cannot read {options['config']}: {why.strerror}\n")
        raise SystemExit(1) from None
    for warning in assembly.warnings:
        log.warn("{warning}", warning=str(warning))
    if assembly.config.children > 1:
        from sipapp.workers.supervisor import Supervisor

        # A daemon works in another folder than the one that it was started in.
        folders = [os.path.abspath(folder) for folder in options["mpath"].split(":") if folder]
        given = {**options, "config": os.path.abspath(options["config"]), "mpath": ":".join(folders)}
        return SipAppService(Supervisor(assembly, given, reactor), reactor)
    from sipapp.server import Server

    return SipAppService(Server(assembly, reactor), reactor)
