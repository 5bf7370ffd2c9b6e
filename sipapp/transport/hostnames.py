# -*- test-case-name: tests.transport.test_hostnames -*-
"""hostnames: what the system calls our addresses, which is ours as well."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from socket import gethostbyaddr
from threading import Thread

from sipapp.transport.addresses import numeric

Found = Callable[[str, list[str]], None]
"""Told of an address and its names."""


def learn(addresses: Iterable[str], found: Found, later: Found) -> None:
    """Tell at once what the hosts file knows. Name servers are asked behind the server's back: `later` is called in
    another thread."""
    unknown = []
    for address in addresses:
        names = names_in_hosts(address)
        if names:
            found(address, names)
        else:
            unknown.append(address)
    if unknown:
        # Not of the reactor's pool: that one waits for its threads when the server stops.
        Thread(target=look_up_names, args=(unknown, later), daemon=True).start()


def names_in_hosts(address: str, path: Path = Path("/etc/hosts")) -> list[str]:
    """What hosts(5) calls an address."""
    try:
        lines = path.read_text(errors="replace").splitlines()
    except OSError:
        return []
    return [
        name
        for words in (line.partition("#")[0].split() for line in lines)
        if words and numeric(words[0]) == address
        for name in words[1:]
    ]


def look_up_names(addresses: Iterable[str], found: Found) -> None:
    """Ask the system what these addresses are called and report each answer by `found(address, names)`.

    Blocks for as long as the name servers take.
    """
    for address in addresses:
        try:
            name, more, _ = gethostbyaddr(address)
        except OSError:
            continue
        found(address, [name, *more])
