# -*- test-case-name: tests.modules.tm.test_reasons -*-
"""reasons: the reason phrase of a status when no peer has given one, and Kamailio's numbers for internal errors."""

from __future__ import annotations

UNSPECIFIED = -1
NO_SOCKET = -7
NO_TARGET = -6
BAD_VIA = -8
IN_PROCESS = -10  # it has a transaction already
TOO_MANY_BRANCHES = -12
BAD_REQUEST = -400
NOT_SENT = -477
UNRESOLVABLE = -478
CANCELLED = -487

_PHRASES = {
    100: b"Trying",
    180: b"Ringing",
    181: b"Call Is Being Forwarded",
    182: b"Queued",
    183: b"Session Progress",
    200: b"OK",
    202: b"Accepted",
    300: b"Multiple Choices",
    301: b"Moved Permanently",
    302: b"Moved Temporarily",
    305: b"Use Proxy",
    380: b"Alternative Service",
    400: b"Bad Request",
    401: b"Unauthorized",
    402: b"Payment Required",
    403: b"Forbidden",
    404: b"Not Found",
    405: b"Method Not Allowed",
    406: b"Not Acceptable",
    407: b"Proxy Authentication Required",
    408: b"Request Timeout",
    410: b"Gone",
    413: b"Request Entity Too Large",
    414: b"Request-URI Too Long",
    415: b"Unsupported Media Type",
    416: b"Unsupported URI Scheme",
    420: b"Bad Extension",
    421: b"Extension Required",
    423: b"Interval Too Brief",
    480: b"Temporarily Unavailable",
    481: b"Call/Transaction Does Not Exist",
    482: b"Loop Detected",
    483: b"Too Many Hops",
    484: b"Address Incomplete",
    485: b"Ambiguous",
    486: b"Busy Here",
    487: b"Request Terminated",
    488: b"Not Acceptable Here",
    491: b"Request Pending",
    493: b"Undecipherable",
    500: b"Server Internal Error",
    501: b"Not Implemented",
    502: b"Bad Gateway",
    503: b"Service Unavailable",
    504: b"Server Time-Out",
    505: b"Version Not Supported",
    513: b"Message Too Large",
    600: b"Busy Everywhere",
    603: b"Decline",
    604: b"Does Not Exist Anywhere",
    606: b"Not Acceptable",
}
_CLASSES = (
    b"Provisional",
    b"Successful",
    b"Redirection",
    b"Request Failure",
    b"Server Failure",
    b"Global Failure",
)


def reason_of(status: int) -> bytes:
    """RFC 3261 §21; for a status that it does not have, the name of its class."""
    return _PHRASES.get(status) or _CLASSES[min(status, 699) // 100 - 1]
