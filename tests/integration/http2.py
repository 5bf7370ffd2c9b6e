"""http2: an HTTP/2 server for tests, hypercorn, in a process of its own.

`python -m tests.integration.http2 FOLDER [PORT [PORT]]` writes its ports to standard output, as JSON in one line:
`plain`, for who knows beforehand that it speaks HTTP/2, and `tls`, which offers it. It ends when its standard input
does. Each answer says by which version and from which port it was asked: `2 40123`.
"""

from __future__ import annotations

import asyncio
import json
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any
from unittest import SkipTest

from tests.integration.web import make_certificate
from tests.served import TOP, environment

SLOW = 0.5  # s that /slow takes
GIVEN_UP: list[str] = []  # paths whose caller went away


async def app(scope: Any, receive: Any, send: Any) -> None:
    """/ok, /slow, /hang, /big, /404; /gone/PATH: whether somebody has stopped waiting for it."""
    if scope["type"] != "http":
        return
    word = scope["path"].strip("/")
    status, body = 200, f"{scope['http_version']} {scope['client'][1]}"
    if word == "slow":
        await asyncio.sleep(SLOW)
    elif word.startswith("hang"):
        while (await receive())["type"] != "http.disconnect":
            pass
        GIVEN_UP.append(word)
        return
    elif word == "big":
        body = "x" * 300000
    elif word.startswith("gone/"):
        body = "yes" if word[5:] in GIVEN_UP else "no"
    elif word != "ok":
        status, body = 404, "lost"
    await send({"type": "http.response.start", "status": status, "headers": [(b"content-type", b"text/x")]})
    await send({"type": "http.response.body", "body": body.encode()})


async def serve(folder: Path, plain: int = 0, tls: int = 0) -> None:
    from hypercorn.asyncio import serve as hypercorn
    from hypercorn.config import Config

    config = Config()
    ports = {}
    for name, port in (("plain", plain), ("tls", tls)):
        one = socket.socket()
        one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        one.bind(("127.0.0.1", port))
        one.listen()
        ports[name] = one.getsockname()[1]
        place = [f"fd://{one.detach()}"]
        if name == "plain":
            config.insecure_bind = place
        else:
            config.bind = place
    config.certfile, config.keyfile = str(folder / "ca.pem"), str(folder / "key.pem")
    config.graceful_timeout = 0.1
    ended = asyncio.Event()
    asyncio.get_running_loop().add_reader(0, ended.set)
    sys.stdout.write(json.dumps(ports) + "\n")
    sys.stdout.flush()
    served: Any = app
    await hypercorn(served, config, shutdown_trigger=ended.wait)


class Http2Server:
    """That process. `ca` is the file with its certificate."""

    def __init__(self, holder: Any) -> None:
        try:
            import hypercorn  # noqa: F401
        except ImportError:
            raise SkipTest("hypercorn is not installed: pip install 'sipapp[test]'") from None
        self.folder = Path(holder.mktemp()).absolute()
        self.folder.mkdir(parents=True)
        make_certificate(self.folder)
        self.ca = str(self.folder / "ca.pem")
        self.ports = {"plain": 0, "tls": 0}
        self.start()
        holder.addCleanup(self.stop)

    def start(self) -> None:
        ports = [str(port) for port in self.ports.values()]
        command = [sys.executable, "-m", "tests.integration.http2", str(self.folder), *ports]
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                command, cwd=TOP, env=environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log
            )
        assert self._process.stdout is not None
        started = self._process.stdout.readline()
        assert started, (self.folder / "log").read_text()
        self.ports.update(json.loads(started))

    def stop(self) -> None:
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                stream.close()

    def url(self, path: str, port: str = "plain") -> str:
        return f"{'https' if port == 'tls' else 'http'}://127.0.0.1:{self.ports[port]}/{path}"


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1]), *map(int, sys.argv[2:])))
