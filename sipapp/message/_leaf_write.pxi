# Whole messages out of plain ones. Part of _leaf.pyx.


def splice(bytes raw not None, int at, int end, edits):
    cdef const char *text = PyBytes_AS_STRING(raw)
    cdef Py_ssize_t size = PyBytes_GET_SIZE(raw)
    cdef Py_ssize_t total = 0
    cdef int done = at
    cdef int start
    cdef int stop
    cdef bytes data
    cdef bytes made
    cdef char *to
    cdef list made_of = edits if type(edits) is list else list(edits)

    if at < 0 or end > size or at > end:
        return leaf_pure.splice(raw, at, end, made_of)
    for start, stop, data in made_of:
        if start < done or stop < start or stop > size:
            return leaf_pure.splice(raw, at, end, made_of)
        total += start - done + PyBytes_GET_SIZE(data)
        done = stop
    if done < end:
        total += end - done
    made = PyBytes_FromStringAndSize(NULL, total)
    to = PyBytes_AS_STRING(made)
    done = at
    for start, stop, data in made_of:
        memcpy(to, text + done, start - done)
        to += start - done
        memcpy(to, PyBytes_AS_STRING(data), PyBytes_GET_SIZE(data))
        to += PyBytes_GET_SIZE(data)
        done = stop
    if done < end:
        memcpy(to, text + done, end - done)
    return made


def mark_via(bytes text not None, int port, bytes source not None, bint differs, bint forced, bint response):
    cdef char written[MARKED]
    cdef int cut = 0
    cdef int size = <int>PyBytes_GET_SIZE(text)
    if size + PyBytes_GET_SIZE(source) > MARKED - 100:
        return leaf_pure.mark_via(text, port, source, differs, forced, response)
    size = _mark(
        PyBytes_AS_STRING(text), 0, size, port, PyBytes_AS_STRING(source), <int>PyBytes_GET_SIZE(source),
        differs, forced, response, written, &cut,
    )  # fmt: skip
    return None if size == 0 else (cut, PyBytes_FromStringAndSize(written, size))


cdef int _mark(
    const char *raw, int at, int size, int port, const char *source, int source_size,
    bint differs, bint forced, bint response, char *written, int *cut,
):  # fmt: skip
    """Write the parameters of the Via from `at` to `size` as they have to be: how many bytes, 0 for no change; `cut` is
    where they begin."""
    cdef const unsigned char *letters = <const unsigned char *>raw
    cdef int start = _piece_end(letters, at, size)
    cdef int stop = 0
    cdef int rport = _find(letters, start + 1, size, b"rport", 5, &stop)
    cdef bint received = rport >= 0 or differs
    cdef char digits[24]
    cdef int count
    if not received and not forced:
        return 0
    if not received:
        source_size = 0
    cut[0] = start
    count = _numbered(digits, b";rport=", 7, port, b"", 0)
    at = 0
    if not response:
        at = _new_marks(written, at, digits, count if rport < 0 and forced else 0, source, source_size)
    start += 1
    while start <= size:
        stop = _piece_end(letters, start, size)
        if start == rport:
            memcpy(written + at, digits, count)
            at += count
        elif not received or not _is_named(letters, start, stop, b"received", 8):
            written[at] = c";"
            memcpy(written + at + 1, raw + start, stop - start)
            at += 1 + stop - start
        start = stop + 1
    if response:
        at = _new_marks(written, at, digits, count if rport < 0 and forced else 0, source, source_size)
    return at


cdef int _written(char *text, unsigned int number):
    """Write a number there; how many digits it has."""
    cdef char digits[12]
    cdef int count = 0
    cdef int at
    while True:
        digits[count] = 48 + number % 10
        number //= 10
        count += 1
        if number == 0:
            break
    for at in range(count):
        text[at] = digits[count - 1 - at]
    return count


cdef int _new_marks(char *written, int at, const char *rport, int count, const char *source, int size):
    """Write `rport` (of this length, 0 for none) and `received` (size 0 for none) there; where they end."""
    memcpy(written + at, rport, count)
    at += count
    if size:
        memcpy(written + at, <const char *>b";received=", 10)
        memcpy(written + at + 10, source, size)
        at += 10 + size
    return at


cdef int _piece_end(const unsigned char *text, int at, int end):
    while at < end and text[at] != c";":
        at += 1
    return at


cdef struct Piece:
    int start  # what it stands for, where it is an edit
    int end
    const char *text
    Py_ssize_t size


cdef void _put(Piece *pieces, int count, int start, int end, const char *text, Py_ssize_t size):
    """One more edit, behind those that start at the same place."""
    while count and pieces[count - 1].start > start:
        pieces[count] = pieces[count - 1]
        count -= 1
    pieces[count] = Piece(start, end, text, size)


cdef int _marks_of(Head head, str host, int port, bint forced, bint response, char *written, int *cut) except -1:
    """The marks of its top Via: how many bytes, 0 for no change, -2 where there is no room for them."""
    cdef Found *found = &head._found
    cdef const char *text = PyBytes_AS_STRING(head._data)
    cdef Py_ssize_t size
    cdef const char *source = PyUnicode_AsUTF8AndSize(host, &size)
    cdef bint differs = (
        found.top.host_end - found.top.host != size or memcmp(text + found.top.host, source, size) != 0
    )
    if found.via_end - found.via_at + size > MARKED - 100:
        return -2
    return _mark(
        text, found.via_at, found.via_end, port, source, <int>size, differs, forced, response, written, cut
    )


def relay(
    head, bytes method not None, uri, bytes version not None, bytes via not None, list edits not None,
    str host not None, int port, bint forced, outbound,
):  # fmt: skip
    if not isinstance(uri, bytes):  # the script may have it of a kind of its own
        return None
    if type(head) is not Head or not (<Head>head).plain or len(edits) > MAX_EDITS:
        return None
    cdef Head own = <Head>head
    cdef const char *text = PyBytes_AS_STRING(own._data)
    cdef Piece pieces[MAX_EDITS + 2]
    cdef char written[MARKED]
    cdef list bound = None  # what holds the texts that are made here
    cdef int count = 0
    cdef int cut = 0
    cdef int done = own._spans[0].start
    cdef int start
    cdef int end
    cdef int number
    cdef Py_ssize_t total
    cdef bytes made
    cdef char *to
    for start, end, data in edits:
        if type(data) is not bytes:
            data = data(outbound)
            if bound is None:
                bound = []
            bound.append(data)
        if type(data) is not bytes or count == MAX_EDITS or start < done or end < start or end > own.body or start == own.body:
            return None
        _put(pieces, count, start, end, PyBytes_AS_STRING(<bytes>data), PyBytes_GET_SIZE(<bytes>data))
        count += 1
    start = own._spans[own._found.via].start
    _put(pieces, count, start, start, PyBytes_AS_STRING(via), PyBytes_GET_SIZE(via))
    count += 1
    number = _marks_of(own, host, port, forced, False, written, &cut)
    if number < 0:
        return None
    if number:
        _put(pieces, count, cut, own._found.via_end, written, number)
        count += 1
    total = PyBytes_GET_SIZE(method) + PyBytes_GET_SIZE(<bytes>uri) + PyBytes_GET_SIZE(version) + 4
    total += PyBytes_GET_SIZE(own._data) - done
    for number in range(count):
        if pieces[number].start < done:
            return None
        done = pieces[number].end
        total += pieces[number].size - (done - pieces[number].start)
    made = PyBytes_FromStringAndSize(NULL, total)
    to = PyBytes_AS_STRING(made)
    to = _copied(to, PyBytes_AS_STRING(method), PyBytes_GET_SIZE(method))
    to = _copied(to, b" ", 1)
    to = _copied(to, PyBytes_AS_STRING(<bytes>uri), PyBytes_GET_SIZE(<bytes>uri))
    to = _copied(to, b" ", 1)
    to = _copied(to, PyBytes_AS_STRING(version), PyBytes_GET_SIZE(version))
    to = _copied(to, b"\r\n", 2)
    done = own._spans[0].start
    for number in range(count):
        memcpy(to, text + done, pieces[number].start - done)
        to += pieces[number].start - done
        memcpy(to, pieces[number].text, pieces[number].size)
        to += pieces[number].size
        done = pieces[number].end
    memcpy(to, text + done, PyBytes_GET_SIZE(own._data) - done)
    return made


def unwrap(head):
    if type(head) is not Head or not (<Head>head).plain:
        return None
    cdef Head own = <Head>head
    cdef const char *text = PyBytes_AS_STRING(own._data)
    cdef Py_ssize_t size = PyBytes_GET_SIZE(own._data)
    cdef Span span = own._spans[own._found.via]
    cdef int start = span.start
    cdef int end = span.end + 2
    if own._found.below >= 0:
        start = own._found.via_at
        end = own._found.below
    cdef bytes made = PyBytes_FromStringAndSize(NULL, size - (end - start))
    memcpy(PyBytes_AS_STRING(made), text, start)
    memcpy(PyBytes_AS_STRING(made) + start, text + end, size - end)
    return made


cdef int _add(Piece *pieces, int count, const char *text, Py_ssize_t size):
    pieces[count].text = text
    pieces[count].size = size
    return count + 1


cdef bytes _joined(Piece *pieces, int count):
    cdef Py_ssize_t total = 0
    cdef int number
    for number in range(count):
        total += pieces[number].size
    cdef bytes made = PyBytes_FromStringAndSize(NULL, total)
    cdef char *to = PyBytes_AS_STRING(made)
    for number in range(count):
        to = _copied(to, pieces[number].text, pieces[number].size)
    return made


cdef int _numbered(char *to, const char *before, int size, int number, const char *after, int more):
    """Write a number there, between two texts; how long that is."""
    memcpy(to, before, size)
    size += _written(to + size, number)
    memcpy(to + size, after, more)
    return size + more


def answer(
    head, int status, reason, bytes to_tag, str host not None, int port, bint forced,
    bytes fields not None, server, body,
):  # fmt: skip
    # What comes from the script may be of a kind of its own.
    if not isinstance(reason, bytes) or not isinstance(body, bytes) or not (server is None or isinstance(server, bytes)):
        return None
    if type(head) is not Head or not (<Head>head).plain or status < 0:
        return None
    cdef Head own = <Head>head
    cdef Found *found = &own._found
    cdef const char *text = PyBytes_AS_STRING(own._data)
    cdef Piece pieces[MAX_FIELDS + 16]
    cdef char written[MARKED]
    cdef char line[24]
    cdef char length[40]
    cdef int wanted = NEEDED | RECORDED if 180 <= status < 300 else NEEDED
    cdef int count = 0
    cdef int cut = 0
    cdef int number
    cdef int at
    cdef int a
    cdef int b
    cdef Span span
    cdef int marked = _marks_of(own, host, port, forced, True, written, &cut)
    if marked < 0:
        return None
    count = _add(pieces, count, line, _numbered(line, b"SIP/2.0 ", 8, status, b" ", 1))
    count = _add(pieces, count, PyBytes_AS_STRING(<bytes>reason), PyBytes_GET_SIZE(<bytes>reason))
    count = _add(pieces, count, b"\r\n", 2)
    for number in range(own._count):
        span = own._spans[number]
        if not span.form & wanted:
            continue
        at = span.start
        if number == found.via and marked:
            count = _add(pieces, count, text + at, cut - at)
            count = _add(pieces, count, written, marked)
            at = found.via_end
        elif number == found.to and to_tag is not None and found.to_tag < 0:
            own.trimmed(number, &a, &b)
            count = _add(pieces, count, text + at, b - at)
            count = _add(pieces, count, b";tag=", 5)
            count = _add(pieces, count, PyBytes_AS_STRING(to_tag), PyBytes_GET_SIZE(to_tag))
            at = b
        count = _add(pieces, count, text + at, span.end + 2 - at)
    count = _add(pieces, count, PyBytes_AS_STRING(fields), PyBytes_GET_SIZE(fields))
    if server is not None:
        count = _add(pieces, count, b"Server: ", 8)
        count = _add(pieces, count, PyBytes_AS_STRING(<bytes>server), PyBytes_GET_SIZE(<bytes>server))
        count = _add(pieces, count, b"\r\n", 2)
    number = <int>PyBytes_GET_SIZE(<bytes>body)
    count = _add(pieces, count, length, _numbered(length, b"Content-Length: ", 16, number, b"\r\n\r\n", 4))
    count = _add(pieces, count, PyBytes_AS_STRING(<bytes>body), number)
    return _joined(pieces, count)


cdef unsigned int CRC[256]  # of one byte: the CRC-32 of zlib


cdef void _prepare_crc():
    cdef unsigned int value
    cdef int byte, bit
    for byte in range(256):
        value = byte
        for bit in range(8):
            value = value >> 1 ^ 0xEDB88320 if value & 1 else value >> 1
        CRC[byte] = value


_prepare_crc()


cdef unsigned int _crc(const char *text, int at, int end, unsigned int value):
    value = ~value
    for at in range(at, end):
        value = CRC[(value ^ <unsigned char>text[at]) & 255] ^ value >> 8
    return ~value


def tag(head, bytes prefix not None, unsigned int seed):
    if type(head) is not Head or not (<Head>head).plain or (<Head>head)._found.branch < 0:
        return None
    cdef Found *found = &(<Head>head)._found
    cdef const char *text = PyBytes_AS_STRING((<Head>head)._data)
    cdef Py_ssize_t size = PyBytes_GET_SIZE(prefix)
    cdef bytes made = PyBytes_FromStringAndSize(NULL, size + 8)
    cdef char *to = PyBytes_AS_STRING(made)
    cdef int at
    seed = _crc(text, found.branch, found.branch_end, seed)
    seed = _crc(text, found.call_id, found.call_id_end, seed)
    memcpy(to, PyBytes_AS_STRING(prefix), size)
    for at in range(8):
        to[size + at] = (<const char *>b"0123456789abcdef")[seed >> (28 - 4 * at) & 15]
    return made
