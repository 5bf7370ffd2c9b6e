# Forms that need not be parsed to know that they can be. Part of _leaf.pyx.


cdef bint _parameters(const unsigned char *text, int at, int end, unsigned char never):
    """`;` and what follows it, or nothing."""
    if at == end:
        return True
    if text[at] != c";":
        return False
    for at in range(at + 1, end):
        if CLASS[text[at]] & never:
            return False
    return True


cdef struct AddressParts:
    int display
    int display_end
    int uri
    int uri_end
    int tail  # what follows the first `;`


cdef bint _address(const unsigned char *text, int at, int end, AddressParts *parts):
    parts.display = at
    if at < end and text[at] == c'"':
        at += 1
        while at < end and text[at] != c'"':
            if text[at] == c"\\" or text[at] == 13 or text[at] == 10:
                return False
            at += 1
        at += 1
        parts.display_end = at
        if at < end and text[at] == c" ":
            at += 1
    else:
        while at < end and CLASS[text[at]] & NAME:
            at += 1
        parts.display_end = at
        while parts.display < parts.display_end and text[parts.display] == 32:
            parts.display += 1
        while parts.display < parts.display_end and text[parts.display_end - 1] == 32:
            parts.display_end -= 1
    if at >= end or text[at] != c"<":
        return False
    at += 1
    parts.uri = at
    while at < end and text[at] != c'"' and not CLASS[text[at]] & (SPACE | ANGLE):
        at += 1
    parts.uri_end = at
    if at == parts.uri or at >= end or text[at] != c">":
        return False
    parts.tail = at + 2 if at + 1 < end else end
    return _parameters(text, at + 1, end, SPACE | STOP | ANGLE)


cdef int _find(const unsigned char *text, int at, int end, const char *name, int size, int *stop):
    """Where the first parameter of this name (lower case) begins, and where it stops; -1 where it is absent."""
    cdef int start
    while at < end:
        start = at
        at = _piece_end(text, at, end)
        if _is_named(text, start, at, <const unsigned char *>name, size):
            stop[0] = at
            return start
        at += 1
    return -1


cdef int _value(const unsigned char *text, int at, int end, const char *name, int size, int *stop):
    """Where its value begins; -1 where it is absent or has none."""
    at = _find(text, at, end, name, size, stop)
    return -1 if at < 0 or at + size >= stop[0] else at + size + 1


cdef object _parameter(const unsigned char *text, int at, int end, const char *name, int size):
    """The value of the first parameter of this name (lower case); None where it is absent or has none."""
    cdef int stop = 0
    at = _value(text, at, end, name, size, &stop)
    return None if at < 0 else PyBytes_FromStringAndSize(<const char *>text + at, stop - at)


cdef bint _is_named(const unsigned char *text, int start, int stop, const unsigned char *wanted, int size):
    """Whether the parameter from `start` to `stop` has this name (lower case letters and digits)."""
    cdef int number
    if stop - start < size or (stop - start > size and text[start + size] != c"="):
        return False
    for number in range(size):
        if (text[start + number] | 32) != wanted[number] or text[start + number] < 48:
            return False
    return True


cdef bint _cseq(const unsigned char *text, int at, int end):
    cdef int start = at
    while at < end and CLASS[text[at]] & DIGIT:
        at += 1
    if at == start or at - start > 9 or at >= end or text[at] != c" ":
        return False
    at += 1
    start = at
    while at < end and CLASS[text[at]] & UPPER:
        at += 1
    return at == end and at > start


cdef bint _call_id(const unsigned char *text, int at, int end):
    if at == end:
        return False
    for at in range(at, end):
        if CLASS[text[at]] & SPACE:
            return False
    return True


cdef int _digits(const unsigned char *text, int at, int end):
    """The number that is there; -1 where there is none of at most 9 digits."""
    cdef int value = 0
    if at == end or end - at > 9:
        return -1
    for at in range(at, end):
        if not CLASS[text[at]] & DIGIT:
            return -1
        value = value * 10 + (text[at] - 48)
    return value


cdef tuple TRANSPORTS = (b"UDP", b"TCP", b"TLS", b"WSS", b"WS", b"SCTP", b"TLS-SCTP",
                         b"udp", b"tcp", b"tls", b"wss", b"ws", b"sctp", b"tls-sctp")  # fmt: skip


cdef int _host_port(const unsigned char *text, int at, int end, int *host_end, int *port):
    """Where it ends; -1 where there is none. The port is -1 where it is not written."""
    cdef int start = at
    while at < end and CLASS[text[at]] & HOST:
        at += 1
    if at == start or at > end or text[start] == c"." or text[start] == c"-":
        return -1
    host_end[0] = at
    port[0] = -1
    if at < end and text[at] == c":":
        start = at + 1
        at = start
        while at < end and CLASS[text[at]] & DIGIT:
            at += 1
        if at - start > 5:
            return -1
        port[0] = _digits(text, start, at)
        if port[0] < 0 or port[0] > 65535:
            return -1
    return at


cdef bint _via(const unsigned char *text, int at, int end, ViaParts *parts):
    cdef int size
    cdef int number
    cdef bytes name
    if end - at < 12 or memcmp(text + at, <const char *>b"SIP/2.0/", 8) != 0:
        return False
    at += 8
    number = at
    while number < end and text[number] != 32:
        number += 1
    size = number - at
    parts.transport = -1
    for number in range(14):
        name = <bytes>TRANSPORTS[number]
        if PyBytes_GET_SIZE(name) == size and memcmp(PyBytes_AS_STRING(name), text + at, size) == 0:
            parts.transport = number
            break
    if parts.transport < 0:
        return False
    at += size + 1
    parts.host = at
    at = _host_port(text, at, end, &parts.host_end, &parts.port)
    if at < 0:
        return False
    parts.tail = at + 1 if at < end else at
    return _parameters(text, at, end, SPACE | STOP)


cdef bint _vias(const unsigned char *text, int at, int end, ViaParts *first, int *first_end, int *below):
    """One or more, separated by commas; the first one, where it ends and where the next one begins (-1: none)."""
    cdef ViaParts others
    cdef ViaParts *parts = first
    cdef const void *found
    cdef int comma
    cdef int last
    below[0] = -1
    while True:
        found = memchr(text + at, c",", end - at)
        comma = end if found == NULL else <int>(<const unsigned char *>found - text)
        last = comma
        while at < last and (text[at] == 32 or text[at] == 9):
            at += 1
        while at < last and (text[last - 1] == 32 or text[last - 1] == 9):
            last -= 1
        if parts == first:
            first_end[0] = last
        elif below[0] < 0:
            below[0] = at
        if not _via(text, at, last, parts):
            return False
        if comma == end:
            return True
        parts = &others
        at = comma + 1


def via_parts(bytes value not None):
    cdef const unsigned char *text = <const unsigned char *>PyBytes_AS_STRING(value)
    cdef int size = <int>PyBytes_GET_SIZE(value)
    cdef ViaParts parts
    if not _via(text, 0, size, &parts):
        return None
    return (
        TRANSPORTS[parts.transport],
        PyBytes_FromStringAndSize(<const char *>text + parts.host, parts.host_end - parts.host),
        None if parts.port < 0 else parts.port,
        PyBytes_FromStringAndSize(<const char *>text + parts.tail, size - parts.tail),
        _parameter(text, parts.tail, size, b"branch", 6),
    )


cdef struct UriParts:
    int user  # -1: none
    int user_end
    int host
    int host_end
    int port  # -1: none
    int tail  # what follows the first `;`


cdef bint _uri(const unsigned char *text, int at, int end, UriParts *parts):
    if end - at < 5 or memcmp(text + at, <const char *>b"sip", 3) != 0:
        return False
    at += 4 if text[at + 3] == c"s" else 3
    if text[at] != c":":
        return False
    at += 1
    parts.user = -1
    parts.host = at
    while at < end and (CLASS[text[at]] & HOST or text[at] == c"+"):
        at += 1
    if at < end and text[at] == c"@":
        if at == parts.host:
            return False
        parts.user = parts.host
        parts.user_end = at
        parts.host = at + 1
    at = _host_port(text, parts.host, end, &parts.host_end, &parts.port)
    if at < 0 or (at < end and text[at] != c";"):
        return False
    parts.tail = at + 1 if at < end else at
    for at in range(at, end):
        if CLASS[text[at]] & (SPACE | ANGLE | MARK):
            return False
    return True


def uri_parts(bytes value not None):
    cdef const unsigned char *text = <const unsigned char *>PyBytes_AS_STRING(value)
    cdef int size = <int>PyBytes_GET_SIZE(value)
    cdef UriParts parts
    if not _uri(text, 0, size, &parts):
        return None
    return (
        b"sips" if text[3] == c"s" else b"sip",
        None if parts.user < 0 else _bytes(text, parts.user, parts.user_end),
        _bytes(text, parts.host, parts.host_end),
        None if parts.port < 0 else parts.port,
        _bytes(text, parts.tail, size),
    )


def place(bytes uri not None):
    cdef const unsigned char *text = <const unsigned char *>PyBytes_AS_STRING(uri)
    cdef int size = <int>PyBytes_GET_SIZE(uri)
    cdef UriParts parts
    if not _uri(text, 0, size, &parts) or text[3] == c"s" or parts.tail < size or text[size - 1] == c";":
        return None
    return _bytes(text, parts.host, size)


cdef bytes _bytes(const unsigned char *text, int at, int end):
    return PyBytes_FromStringAndSize(<const char *>text + at, end - at)


def address_parts(bytes value not None):
    cdef const unsigned char *text = <const unsigned char *>PyBytes_AS_STRING(value)
    cdef int size = <int>PyBytes_GET_SIZE(value)
    cdef AddressParts parts
    if not _address(text, 0, size, &parts):
        return None
    return (
        PyBytes_FromStringAndSize(<const char *>text + parts.display, parts.display_end - parts.display),
        PyBytes_FromStringAndSize(<const char *>text + parts.uri, parts.uri_end - parts.uri),
        PyBytes_FromStringAndSize(<const char *>text + parts.tail, size - parts.tail),
        _parameter(text, parts.tail, size, b"tag", 3),
    )


def parameters(bytes value not None):
    cdef const unsigned char *text = <const unsigned char *>PyBytes_AS_STRING(value)
    cdef int size = <int>PyBytes_GET_SIZE(value)
    cdef int at
    cdef int start
    cdef int equals
    cdef int number
    cdef dict items = {}
    cdef bytes name
    cdef bytes text_of
    for at in range(size):
        if CLASS[text[at]] & (SPACE | STOP | ANGLE) and text[at] != 11 and text[at] != 12:
            return None
    start = 0
    while start < size:
        at = _piece_end(text, start, size)
        equals = start
        while equals < at and text[equals] != c"=":
            equals += 1
        if equals > start:
            name = PyBytes_FromStringAndSize(<const char *>text + start, equals - start)
            for number in range(start, equals):
                if CLASS[text[number]] & UPPER:
                    name = name.lower()
                    break
            if equals == at:
                items.setdefault(name, None)
            else:
                text_of = PyBytes_FromStringAndSize(<const char *>text + equals + 1, at - equals - 1)
                items.setdefault(name, text_of)
        start = at + 1
    return items


def cseq_parts(bytes value not None):
    cdef const unsigned char *text = <const unsigned char *>PyBytes_AS_STRING(value)
    cdef int size = <int>PyBytes_GET_SIZE(value)
    cdef int at = 0
    if not _cseq(text, 0, size):
        return None
    while text[at] != 32:
        at += 1
    return _digits(text, 0, at), PyBytes_FromStringAndSize(<const char *>text + at + 1, size - at - 1)


def start_line(bytes line not None):
    return _start_line(PyBytes_AS_STRING(line), <int>PyBytes_GET_SIZE(line))


cdef tuple _start_line(const char *text, int size):
    cdef int at = 0
    cdef int end = size - 8
    cdef int status
    cdef bytes method
    if end > 0 and memcmp(text, <const char *>b"SIP/2.0 ", 8) == 0:
        status = _digits(<const unsigned char *>text, 8, 11) if size > 11 and text[11] == 32 else 0
        if not 100 <= status < 700:
            return None
        return status, PyBytes_FromStringAndSize(text + 12, size - 12)
    if end < 3 or memcmp(text + end, <const char *>b" SIP/2.0", 8) != 0:
        return None
    while at < end and text[at] != 32:
        at += 1
    if at + 1 >= end or memchr(text + at + 1, 32, end - at - 1) != NULL:
        return None
    method = _known_method(text, at)
    return None if method is None else (method, PyBytes_FromStringAndSize(text + at + 1, end - at - 1))
