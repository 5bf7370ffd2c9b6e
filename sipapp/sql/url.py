# -*- test-case-name: tests.sql.test_url -*-
"""url: where a database is, in Kamailio's form: `scheme://[user[:password]@]host[:port]/database`."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import unquote

from sipapp.errors import ConfigError

# The password goes to the last `@`, for it may have some itself.
_url = re.compile(
    r"""(?P<scheme>[a-z0-9_]+)://
    (?:(?P<user>[^:/]*?)(?::(?P<password>.*))?@)?
    (?P<host>\[[0-9A-Fa-f:.]+\]|[^:/@]*)
    (?::(?P<port>[0-9]{1,5}))?
    /(?P<database>[^?]*)(?:\?.*)?""",
    re.VERBOSE,
).fullmatch


@dataclass(frozen=True, slots=True)
class Url:
    """The parts of a URL; what is not there is empty, port 0."""

    scheme: str
    user: str
    password: str = field(repr=False)
    host: str  # without brackets; a path, of a UNIX socket, may be written with %2F for its slashes
    port: int
    database: str

    def __str__(self) -> str:
        """Without the credentials."""
        port = f":{self.port}" if self.port else ""
        return f"{self.scheme}://{self.host}{port}/{self.database}"


def parse(text: str) -> Url:
    """Raises ConfigError: no such URL. What stands behind a `?` is passed over."""
    match = _url(text.strip())
    if match is None:
        scheme = text.partition(":")[0]
        raise ConfigError(f"not {scheme}://[user[:password]@]host[:port]/database")
    return Url(
        match["scheme"],
        match["user"] or "",
        match["password"] or "",
        unquote(match["host"].strip("[]")),
        int(match["port"] or 0),
        match["database"],
    )
