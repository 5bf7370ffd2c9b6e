# -*- test-case-name: tests.http.test_codes -*-
"""codes: curl's numbers for what can go wrong, which scripts compare with, and their texts."""

from __future__ import annotations

UNSUPPORTED_PROTOCOL = 1
URL_MALFORMED = 3
NOT_BUILT_IN = 4
NO_PROXY_HOST = 5
NO_HOST = 6
NO_CONNECTION = 7
WEIRD_REPLY = 8
PARTIAL_FILE = 18
WRITE_ERROR = 23
TIMED_OUT = 28
TLS_HANDSHAKE = 35
ABORTED = 42
INTERFACE_FAILED = 45
TOO_MANY_REDIRECTS = 47
NO_ANSWER = 52
SEND_ERROR = 55
RECEIVE_ERROR = 56
OWN_CERTIFICATE = 58
CIPHER = 59
PEER_CERTIFICATE = 60
CONTENT_ENCODING = 61
CA_FILE = 77
PROXY_HANDSHAKE = 97

_TEXTS = {
    0: "No error",
    1: "Unsupported protocol",
    2: "Failed initialization",
    3: "URL using bad/illegal format or missing URL",
    4: "A requested feature, protocol or option was not found built-in in this libcurl due to a build-time decision.",
    5: "Couldn't resolve proxy name",
    6: "Couldn't resolve host name",
    7: "Couldn't connect to server",
    8: "Weird server reply",
    9: "Access denied to remote resource",
    16: "Error in the HTTP2 framing layer",
    18: "Transferred a partial file",
    22: "HTTP response code said error",
    23: "Failed writing received data to disk/application",
    26: "Failed to open/read local data from file/application",
    27: "Out of memory",
    28: "Timeout was reached",
    33: "Requested range was not delivered by the server",
    34: "Internal problem setting up the POST",
    35: "SSL connect error",
    41: "A required function in the library was not found",
    42: "Operation was aborted by an application callback",
    43: "A libcurl function was given a bad argument",
    45: "Failed binding local connection end",
    47: "Number of redirects hit maximum amount",
    48: "An unknown option was passed in to libcurl",
    52: "Server returned nothing (no headers, no data)",
    53: "SSL crypto engine not found",
    54: "Can not set SSL crypto engine as default",
    55: "Failed sending data to the peer",
    56: "Failure when receiving data from the peer",
    58: "Problem with the local SSL certificate",
    59: "Couldn't use specified SSL cipher",
    60: "SSL peer certificate or SSH remote key was not OK",
    61: "Unrecognized or bad HTTP Content or Transfer-Encoding",
    63: "Maximum file size exceeded",
    64: "Requested SSL level failed",
    65: "Send failed since rewinding of the data stream failed",
    66: "Failed to initialise SSL crypto engine",
    67: "Login denied",
    77: "Problem with the SSL CA cert (path? access rights?)",
    80: "Failed to shut down the SSL connection",
    81: "Socket not ready for send/recv",
    82: "Failed to load CRL file (path? access rights?, format?)",
    83: "Issuer check against peer certificate failed",
    89: "The max connection limit is reached",
    90: "SSL public key does not match pinned public key",
    91: "SSL server certificate status verification FAILED",
    92: "Stream error in the HTTP/2 framing layer",
    94: "An authentication function returned an error",
    97: "proxy handshake error",
    98: "SSL Client Certificate required",
    99: "Unrecoverable error in select/poll",
}


def text_of(code: int) -> str:
    """What a number means: one of curl's, or an HTTP status."""
    if not 0 <= code <= 999:
        return "Bad CURL error code"
    return "HTTP result code" if code > 99 else _TEXTS.get(code, "Unknown error")
