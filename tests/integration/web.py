"""web: an HTTP server that behaves as badly as it is asked to, in a process of its own.

`python -m tests.integration.web FOLDER [PORT [PORT]]` writes its ports to standard output, as JSON in one line: `http`
and `https`, with a certificate of its own making, FOLDER/ca.pem. It ends when its standard input does. What a path does
is said by the methods of `Web`: /delay/300/ok waits 300 ms.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import re
import sys
from datetime import datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any

from twisted.internet.protocol import Factory, Protocol

GREETING = b"hello body\nline2"


class Web(Protocol):
    """One connection. Each path's first word names a method; the rest are its arguments."""

    factory: Any
    transport: Any = None

    def connectionMade(self) -> None:
        self.data = b""
        self.alarm: Any = None
        self.busy = False
        self.factory.connections += 1

    def dataReceived(self, data: bytes) -> None:
        self.data += data
        self.serve()

    def serve(self) -> None:
        """The next whole request, once the one before is answered."""
        head, end, rest = self.data.partition(b"\r\n\r\n")
        if self.busy or not end:
            return
        lines = head.split(b"\r\n")
        words = lines[0].decode().split(" ", 2)
        if len(words) < 3:  # HTTP/2 says SM
            self.transport.abortConnection()
            return
        self.method, self.path, _ = words
        self.fields = {}
        for line in lines[1:]:
            name, _, value = line.partition(b":")
            self.fields[name.decode().lower()] = value.strip().decode()
        length = int(self.fields.get("content-length", 0))
        if len(rest) < length:
            return
        self.body, self.data = rest[:length], rest[length:]
        self.busy = True
        self.factory.seen.append(f"{self.method} {self.path}")
        self.do(re.sub("^http://[^/]*", "", self.path).partition("?")[0].strip("/").split("/"))

    def do(self, words: list[str]) -> None:
        self.alarm = None
        getattr(self, f"on_{words[0] or 'ok'}", self.on_missing)(*words[1:])

    def answer(self, status: int, body: bytes = b"", *fields: str, length: int | None = None) -> None:
        lines = [
            f"HTTP/1.1 {status} Reason {status}",
            f"Content-Length: {len(body) if length is None else length}",
            *([] if any(f.startswith("Content-Type") for f in fields) else ["Content-Type: text/plain"]),
            *fields,
        ]
        self.transport.write("\r\n".join([*lines, "", ""]).encode() + (b"" if self.method == "HEAD" else body))
        self.busy = False
        if self.fields.get("connection") == "close":
            self.transport.loseConnection()
        else:
            self.serve()

    def later(self, milliseconds: str, *words: str) -> None:
        self.alarm = self.factory.reactor.callLater(int(milliseconds) / 1000, self.do, list(words))

    def connectionLost(self, reason: Any = None) -> None:
        self.factory.connections -= 1
        if self.busy:
            self.factory.given_up.append(self.path)
        if self.alarm is not None:
            self.alarm.cancel()

    # -- paths

    def on_ok(self, *rest: str) -> None:
        self.answer(200, GREETING)

    def on_missing(self, *rest: str) -> None:
        self.answer(404, b"missing\n")

    def on_status(self, status: str, body: str = "text") -> None:
        self.answer(int(status), body.encode(), "Location: /ok")

    def on_empty(self, status: str = "200") -> None:
        self.answer(int(status))

    def on_say(self, text: str) -> None:
        self.answer(200, text.encode())

    def on_echo(self, *rest: str) -> None:
        told = {"method": self.method, "path": self.path, "body": self.body.decode(), **self.fields}
        self.answer(200, json.dumps(told).encode(), "Content-Type: application/json", "X-Echo: one", "X-Echo: two")

    def on_delay(self, milliseconds: str, *words: str) -> None:
        self.later(milliseconds, *(words or ("ok",)))

    def on_hang(self) -> None:
        """Never an answer."""

    def on_head(self) -> None:
        """The head, never the body."""
        self.transport.write(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n12")

    def on_drip(self) -> None:
        """One byte each 50 ms, for ever."""
        if not self.transport.connected:
            return
        if self.alarm is None:
            self.transport.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
        self.transport.write(b".")
        self.alarm = self.factory.reactor.callLater(0.05, self.on_drip)

    def on_reset(self) -> None:
        self.transport.abortConnection()

    def on_close(self) -> None:
        self.transport.loseConnection()

    def on_garbage(self) -> None:
        self.transport.write(b"SSH-2.0-nothing to see here\r\n")
        self.transport.loseConnection()

    def on_short(self) -> None:
        self.transport.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")
        self.transport.loseConnection()

    def on_stream(self) -> None:
        """A body that ends with the connection."""
        self.transport.write(b"HTTP/1.0 200 OK\r\n\r\nto the end")
        self.transport.loseConnection()

    def on_chunked(self) -> None:
        self.transport.write(
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n6\r\nfirst \r\n6\r\nsecond\r\n0\r\n\r\n"
        )
        self.busy = False

    def on_gzip(self) -> None:
        packed = "gzip" in self.fields.get("accept-encoding", "")
        self.answer(200, gzip.compress(GREETING) if packed else GREETING, *(["Content-Encoding: gzip"] * packed))

    def on_big(self, size: str) -> None:
        self.answer(200, b"x" * int(size))

    def on_redirect(self, count: str, status: str = "302") -> None:
        if int(count):
            self.answer(int(status), b"moved", f"Location: /redirect/{int(count) - 1}/{status}")
        else:
            self.on_echo()

    def on_elsewhere(self, scheme: str) -> None:
        self.answer(302, b"", f"Location: {scheme}://192.0.2.1/")

    def on_basic(self) -> None:
        if self.fields.get("authorization") == "Basic YWxpY2U6c2VjcmV0":  # alice:secret
            return self.answer(200, b"welcome")
        return self.answer(401, b"who?", 'WWW-Authenticate: Basic realm="test"')

    def on_digest(self) -> None:
        given = dict(re.findall(r'(\w+)="?([^",]*)', self.fields.get("authorization", "")))
        if not given:
            challenge = 'WWW-Authenticate: Digest realm="test", nonce="abc", qop="auth", opaque="o"'
            return self.answer(401, b"who?", challenge)

        def md5(text: str) -> str:
            return hashlib.md5(text.encode()).hexdigest()

        first, second = md5("alice:test:secret"), md5(f"{self.method}:{given['uri']}")
        right = md5(f"{first}:{given['nonce']}:{given['nc']}:{given['cnonce']}:auth:{second}")
        return self.answer(200, b"welcome") if given["response"] == right else self.answer(403, b"no")

    def on_lnp(self, number: str) -> None:
        """Numbers that end in 6 were ported."""
        if number.endswith("6"):
            self.answer(200, b"+49301999\n")
        else:
            self.answer(404, b"never\n")

    def on_calls(self, *rest: str) -> None:
        """Reports of calls: who calls a number that ends in 666 shall be blocked."""
        self.answer(200, b"block\n" if json.loads(self.body)["to"].endswith("666") else b"fine\n")

    def on_add(self, *rest: str) -> None:
        """A leaky bucket: the third call of a key and those after it shall wait, each 200 ms more."""
        key = self.path.partition("key=")[2]
        count = self.factory.buckets[key] = self.factory.buckets.get(key, 0) + 1
        self.answer(200, b"%d" % (max(0, count - 2) * 200))

    def on_seen(self) -> None:
        """What was asked so far, and which requests were given up by those who made them."""
        self.answer(200, json.dumps({"seen": self.factory.seen, "given_up": self.factory.given_up}).encode())


class WebFactory(Factory):
    protocol = Web

    def __init__(self, reactor: Any) -> None:
        self.reactor = reactor
        self.connections = 0
        self.seen: list[str] = []
        self.given_up: list[str] = []
        self.buckets: dict[str, int] = {}


def make_certificate(folder: Path) -> None:
    """FOLDER/ca.pem and key.pem: for 127.0.0.1 and localhost, signed by itself."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "test")])
    now = datetime(2020, 1, 1)
    names = x509.SubjectAlternativeName([x509.DNSName("localhost"), x509.IPAddress(IPv4Address("127.0.0.1"))])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now)
        .not_valid_after(now + timedelta(days=36500))
        .add_extension(names, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    (folder / "ca.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )


def main(folder: Path, http: int = 0, https: int = 0) -> None:
    from twisted.internet import reactor as installed  # noqa: TID251  (a process of its own)
    from twisted.internet.ssl import DefaultOpenSSLContextFactory
    from twisted.internet.stdio import StandardIO

    reactor: Any = installed
    factory = WebFactory(reactor)
    if not (folder / "ca.pem").exists():
        make_certificate(folder)
    tls = DefaultOpenSSLContextFactory(str(folder / "key.pem"), str(folder / "ca.pem"))
    plain = reactor.listenTCP(http, factory, interface="127.0.0.1")
    secure = reactor.listenSSL(https, factory, tls, interface="127.0.0.1")

    class Watch(Protocol):
        def connectionLost(self, reason: Any = None) -> None:
            reactor.stop()

    StandardIO(Watch())
    ports = {"http": plain.getHost().port, "https": secure.getHost().port}
    sys.stdout.write(json.dumps(ports) + "\n")
    sys.stdout.flush()
    reactor.run()


if __name__ == "__main__":
    main(Path(sys.argv[1]), *map(int, sys.argv[2:]))
