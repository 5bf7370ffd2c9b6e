# Whole messages read, and what a proxy has to see of them. Part of _leaf.pyx.


cdef bint _judge(Head head, int length, Py_ssize_t size):
    """Whether a message of this size, and this Content-Length, is plain, and where what everybody asks for is."""
    cdef const unsigned char *text = <const unsigned char *>PyBytes_AS_STRING(head._data)
    cdef Found *found = &head._found
    cdef AddressParts address
    cdef int seen = 0
    cdef int number
    cdef int form
    cdef int a
    cdef int b
    cdef int end = 0
    cdef int below = 0
    cdef ViaParts other
    cdef ViaParts *top
    for number in range(head._count):
        form = head._spans[number].form
        if not form & JUDGED:
            continue
        if seen & form and form != VIA:
            return False
        _trim(text, &head._spans[number], &a, &b)
        if form == VIA:
            top = &other if seen & VIA else &found.top
            if not _vias(text, a, b, top, &end, &below) or _broadcast(text, a, b):
                return False
            if not seen & VIA:
                found.via = number
                found.via_at = a
                found.via_end = end
                found.below = below
                _read_top(text, found)
        elif form == CALL_ID:
            if not _call_id(text, a, b):
                return False
            found.call_id = a
            found.call_id_end = b
        elif form == CSEQ:
            if not _cseq(text, a, b):
                return False
            found.method = a
            while text[found.method] != 32:
                found.method += 1
            found.number = _digits(text, a, found.method)
            found.method += 1
            found.method_end = b
        elif form == LENGTH:
            if length != size - head.body:
                return False
        elif form == HOPS:
            if _digits(text, a, b) < 0:
                return False
        elif not _address(text, a, b, &address):
            return False
        elif form == FROM:
            found.from_tag = _value(text, address.tail, b, b"tag", 3, &found.from_tag_end)
        else:
            found.to = number
            found.to_tag = _value(text, address.tail, b, b"tag", 3, &found.to_tag_end)
        seen |= form
    return seen & NEEDED == NEEDED


cdef bint _broadcast(const unsigned char *text, int start, int end):
    """See forms.for_everybody."""
    cdef const void *found
    cdef int at = start
    cdef int piece
    while end - at >= 15:
        found = memchr(text + at, c"2", end - at - 14)
        if found == NULL:
            return False
        at = <int>(<const unsigned char *>found - text) + 1
        if memcmp(found, <const char *>b"255.255.255.255", 15) == 0:
            piece = at - 1
            while piece > start and text[piece - 1] != c";" and text[piece - 1] != c",":
                piece -= 1
            if memcmp(text + piece, <const char *>b"branch=", 7) != 0:
                return True
    return False


cdef void _read_top(const unsigned char *text, Found *found):
    """What the parameters of the top Via say."""
    cdef int at = found.top.tail
    cdef int start
    cdef bint has_branch = False
    cdef bint has_rport = False
    cdef bint has_maddr = False
    found.branch = -1
    while at < found.via_end:
        start = at
        at = _piece_end(text, at, found.via_end)
        if not has_branch and _is_named(text, start, at, b"branch", 6):
            has_branch = True
            if at > start + 6:
                found.branch = start + 7
                found.branch_end = at
        elif _is_named(text, start, at, b"rport", 5):
            has_rport = True
        elif _is_named(text, start, at, b"maddr", 5):
            has_maddr = True
        at += 1
    found.symmetric = has_rport and not has_maddr


def read(bytes data not None):
    cdef const char *text = PyBytes_AS_STRING(data)
    cdef object first = None
    cdef object second = None
    cdef tuple line
    cdef int length
    cdef bytes raw = data
    cdef Head head
    if PyBytes_GET_SIZE(data) == 0 or text[0] == 13 or text[0] == 10:
        return leaf_pure.read(data)
    head = _scan(data)
    if head is None:
        return leaf_pure.read(data)
    length = _length(head)
    if length >= 0 and head.body + length < PyBytes_GET_SIZE(data):
        head._data = raw = PyBytes_FromStringAndSize(text, head.body + length)
    line = _start_line(text, head._line_end)
    if line is not None:
        first, second = line
        head.plain = _judge(head, length, PyBytes_GET_SIZE(raw))
    return raw, head, head.body, head.plain, first, second


cdef int _length(Head head):
    """The first Content-Length; -1 where there is none of at most 9 digits."""
    cdef int number, a, b
    for number in range(head._count):
        if head._spans[number].form == LENGTH:
            head.trimmed(number, &a, &b)
            return _digits(<const unsigned char *>PyBytes_AS_STRING(head._data), a, b)
    return -1


def passable(head, bytes method not None, bytes uri not None):
    if type(head) is not Head:
        return leaf_pure.passable(head, method, uri)
    cdef Head own = <Head>head
    cdef Found *found = &own._found
    cdef Py_ssize_t size = PyBytes_GET_SIZE(method)
    cdef UriParts parts
    cdef int number
    if (
        not own.plain
        or found.method_end - found.method != size
        or memcmp(PyBytes_AS_STRING(own._data) + found.method, PyBytes_AS_STRING(method), size) != 0
    ):
        return False
    for number in range(own._count):
        if own._spans[number].form == REQUIRED:
            return False
    return _uri(<const unsigned char *>PyBytes_AS_STRING(uri), 0, <int>PyBytes_GET_SIZE(uri), &parts)


def lone_route(head, bytes uri not None):
    if type(head) is not Head:
        return leaf_pure.lone_route(head, uri)
    cdef Head own = <Head>head
    cdef const unsigned char *text = <const unsigned char *>PyBytes_AS_STRING(own._data)
    cdef const unsigned char *other = <const unsigned char *>PyBytes_AS_STRING(uri)
    cdef UriParts entry
    cdef UriParts target
    cdef int route = -1
    cdef int number
    cdef int at
    cdef int end
    cdef int stop = 0
    if not own.plain or own._found.to_tag < 0 or own._found.to_tag == own._found.to_tag_end:
        return None
    for number in range(own._count):
        if own._spans[number].form == ROUTE:
            if route >= 0:
                return None
            route = number
    if route < 0:
        return None
    own.trimmed(route, &at, &end)
    if (
        end - at < 2
        or text[at] != c"<"
        or text[end - 1] != c">"
        or not _uri(text, at + 1, end - 1, &entry)
        or entry.user >= 0
        or not _uri(other, 0, <int>PyBytes_GET_SIZE(uri), &target)
    ):
        return None
    end -= 1
    for at in range(entry.tail, end):
        if CLASS[text[at]] & STOP:
            return None
    if _find(text, entry.tail, end, b"r2", 2, &stop) >= 0 or _find(text, entry.tail, end, b"gr", 2, &stop) >= 0:
        return None
    return (
        _bytes(text, entry.host, entry.host_end),
        entry.port if entry.port > 0 else 5060,
        _bytes(text, entry.tail, end),
        own._spans[route].start,
        own._spans[route].end + 2,
        _bytes(other, target.host, target.host_end),
        target.port if target.port > 0 else 5060,
    )


def routes(head):
    if type(head) is not Head:
        return leaf_pure.routes(head)
    cdef Head own = <Head>head
    cdef const unsigned char *text = <const unsigned char *>PyBytes_AS_STRING(own._data)
    cdef list entries = []
    cdef int number
    cdef int value
    cdef int start
    cdef int at
    cdef int end
    for number in range(own._count):
        if own._spans[number].form != ROUTE:
            continue
        own.trimmed(number, &value, &end)
        at = value
        while True:
            start = at
            at = _bracketed(text, start, end)
            if at < 0:
                return None
            entries.append((_bytes(text, start + 1, at - 1), number, start - value, at - value))
            if at == end:
                break
            at = _next_value(text, at, end)
            if at < 0:
                return None
    return entries


cdef int _bracketed(const unsigned char *text, int at, int end):
    """Where the <> ends that begins here, with nothing unusual in it; -1 where there is none."""
    cdef int start = at + 1
    if at >= end or text[at] != c"<":
        return -1
    at = start
    while at < end and not CLASS[text[at]] & (SPACE | STOP | ANGLE):
        at += 1
    return -1 if at == start or at == end or text[at] != c">" else at + 1


cdef int _next_value(const unsigned char *text, int at, int end):
    """What follows the comma here, and the white space on both sides of it; -1 where there is none."""
    while at < end and (text[at] == 32 or text[at] == 9):
        at += 1
    if at == end or text[at] != c",":
        return -1
    at += 1
    while at < end and (text[at] == 32 or text[at] == 9):
        at += 1
    return at
