# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, binding=False
# Without binding they are builtin functions, for which the interpreter has calls of their own.
"""_leaf: the twin of leaf_pure in C. What is not as nearly everybody writes it, it leaves to that one."""

cimport cython
from cpython.bytes cimport PyBytes_AS_STRING, PyBytes_FromStringAndSize, PyBytes_GET_SIZE
from cpython.mem cimport PyMem_Free, PyMem_Malloc
from cpython.object cimport PyObject
from cpython.unicode cimport PyUnicode_AsUTF8AndSize
from libc.string cimport memchr, memcmp, memcpy, memset

from sipapp.message import leaf_pure
from sipapp.message.headers import SPELLINGS as _SPELLINGS

cdef extern from "Python.h":
    void hold "Py_INCREF"(PyObject *thing)
    void let_go "Py_DECREF"(PyObject *thing)

cdef dict SPELLINGS = _SPELLINGS
cdef list METHODS = sorted(leaf_pure.METHODS)

cdef enum:
    MAX_FIELDS = 128  # more of them are for the other twin
    MAX_EDITS = 16  # so are more edits of one message
    MARKED = 1200  # bytes of a Via's parameters

# What a byte may be part of.
cdef enum:
    SPACE = 1  # white space
    HOST = 2  # hostname
    STOP = 4  # `"` `,`
    ANGLE = 8  # `<` `>`
    DIGIT = 16
    UPPER = 32
    NAME = 64  # of a display name without quotes
    MARK = 128  # `?` `@`

cdef unsigned char CLASS[256]


cdef void _classify():
    cdef int c
    for c in range(256):
        CLASS[c] = 0
        if c == 32 or 9 <= c <= 13:
            CLASS[c] |= SPACE
        if 48 <= c <= 57:
            CLASS[c] |= DIGIT
        if 65 <= c <= 90:
            CLASS[c] |= UPPER
        if 48 <= c <= 57 or 65 <= c <= 90 or 97 <= c <= 122:
            CLASS[c] |= HOST | NAME
    CLASS[c"_"] |= HOST
    CLASS[c"."] |= HOST
    CLASS[c"-"] |= HOST
    CLASS[c" "] |= NAME
    CLASS[c'"'] |= STOP
    CLASS[c","] |= STOP
    CLASS[c"<"] |= ANGLE
    CLASS[c">"] |= ANGLE
    CLASS[c"?"] |= MARK
    CLASS[c"@"] |= MARK


_classify()


cdef enum:
    VIA = 1
    FROM = 2
    TO = 4
    CALL_ID = 8
    CSEQ = 16
    LENGTH = 32
    HOPS = 64
    RECORDED = 128
    ROUTE = 256
    REQUIRED = 512
    NEEDED = 31
    JUDGED = 127

cdef dict FORMS = {
    b"via": VIA,
    b"from": FROM,
    b"to": TO,
    b"call-id": CALL_ID,
    b"cseq": CSEQ,
    b"content-length": LENGTH,
    b"max-forwards": HOPS,
    b"record-route": RECORDED,
    b"route": ROUTE,
    b"proxy-require": REQUIRED,
}


# The names of header fields met last, so that most need no dictionary.
cdef enum:
    SLOTS = 1024

cdef struct Known:
    const char *name
    int size
    int form
    PyObject *key

cdef Known KNOWN[SLOTS]
cdef list NAMES = [None] * SLOTS  # what holds `Known.name`
cdef list KEYS = [None] * SLOTS  # what holds `Known.key`

cdef int ABSENT = leaf_pure.ABSENT
cdef int ODD = leaf_pure.ODD


cdef int _slot_of(const char *name, int size) except -2:
    """Where this name is; -1: unknown."""
    cdef int number
    cdef bytes spelling
    cdef object key
    cdef object form
    if size == 0:
        return -1
    number = (size * 67 + <unsigned char>name[0] * 31 + <unsigned char>name[size - 1] * 7) & (SLOTS - 1)
    if KNOWN[number].size == size and memcmp(KNOWN[number].name, name, size) == 0:
        return number
    spelling = PyBytes_FromStringAndSize(name, size)
    key = SPELLINGS.get(spelling)
    if key is None:
        return -1
    form = FORMS.get(key)
    NAMES[number] = spelling
    KEYS[number] = key
    KNOWN[number].name = PyBytes_AS_STRING(spelling)
    KNOWN[number].size = size
    KNOWN[number].form = 0 if form is None else form
    KNOWN[number].key = <PyObject *>key
    return number


cdef struct Span:
    int start  # where the name begins
    int colon
    int end  # of the line, before its CRLF
    int form
    PyObject *key  # held by the head


cdef struct ViaParts:
    int transport  # which of TRANSPORTS
    int host
    int host_end
    int port  # -1: none
    int tail  # what follows the first `;`


# Where in a plain message that is which everybody asks for; -1: nowhere.
cdef struct Found:
    int via  # the number of the top Via's field, and where its first value is
    int via_at
    int via_end
    int below  # where the second value of that field begins
    ViaParts top
    bint symmetric
    int to
    int branch
    int branch_end
    int from_tag
    int from_tag_end
    int to_tag
    int to_tag_end
    int call_id
    int call_id_end
    int number  # of CSeq
    int method
    int method_end


cdef inline void _trim(const unsigned char *text, Span *span, int *start, int *end):
    """Where the value of a field is."""
    cdef int a = span.colon + 1
    cdef int b = span.end
    while a < b and (text[a] == 32 or text[a] == 9 or text[a] == 13):
        a += 1
    while a < b and (text[b - 1] == 32 or text[b - 1] == 9 or text[b - 1] == 13):
        b -= 1
    start[0] = a
    end[0] = b


@cython.final
@cython.no_gc  # it holds bytes, and a list of them
cdef class Head:
    """The start line and the header fields of one message: see leaf_pure.Head."""

    cdef readonly int start
    cdef readonly int end
    cdef readonly int body
    cdef readonly bint plain
    cdef bytes _data
    cdef list _keys  # made when somebody asks for them
    cdef Span *_spans
    cdef int _count
    cdef int _line_end
    cdef Found _found

    def __dealloc__(self):
        cdef int number
        for number in range(self._count):
            let_go(self._spans[number].key)
        PyMem_Free(self._spans)

    @property
    def line(self):
        return PyBytes_FromStringAndSize(PyBytes_AS_STRING(self._data) + self.start, self._line_end - self.start)

    @property
    def keys(self):
        cdef int number
        if self._keys is None:
            self._keys = [<object>self._spans[number].key for number in range(self._count)]
        return self._keys

    cdef int find(self, bytes key):
        cdef Py_ssize_t size = PyBytes_GET_SIZE(key)
        cdef bytes other
        cdef int number
        for number in range(self._count):
            other = <bytes>self._spans[number].key
            if other is key or (
                PyBytes_GET_SIZE(other) == size
                and memcmp(PyBytes_AS_STRING(other), PyBytes_AS_STRING(key), size) == 0
            ):
                return number
        return -1

    cdef inline void trimmed(self, int number, int *start, int *end):
        _trim(<const unsigned char *>PyBytes_AS_STRING(self._data), &self._spans[number], start, end)

    cdef bytes text_of(self, int number):
        cdef int a, b
        self.trimmed(number, &a, &b)
        return PyBytes_FromStringAndSize(PyBytes_AS_STRING(self._data) + a, b - a)

    cdef int checked(self, int number) except -1:
        if number < 0:
            number += self._count
        if number < 0 or number >= self._count:
            raise IndexError("no such header field")
        return number

    def first(self, bytes key not None):
        return self.find(key)

    def get(self, bytes key not None):
        cdef int number = self.find(key)
        if number < 0:
            return None
        return self.text_of(number)

    def number(self, bytes key not None):
        cdef int a, b
        cdef int number = self.find(key)
        if number < 0:
            return ABSENT
        self.trimmed(number, &a, &b)
        number = _digits(<const unsigned char *>PyBytes_AS_STRING(self._data), a, b)
        return ODD if number < 0 else number

    def has_repeats(self):
        cdef int number
        for number in range(1, self._count):
            if self.find(<bytes>self._spans[number].key) != number:
                return True
        return False

    def all(self, bytes key not None):
        cdef int number = self.find(key)
        if number < 0:
            return []
        cdef list found = [number]
        for number in range(number + 1, self._count):
            if <bytes>self._spans[number].key == key:
                found.append(number)
        return found

    def name(self, int number):
        number = self.checked(number)
        cdef const char *text = PyBytes_AS_STRING(self._data)
        cdef int a = self._spans[number].start
        cdef int b = self._spans[number].colon
        while b > a and (text[b - 1] == 32 or text[b - 1] == 9):
            b -= 1
        return PyBytes_FromStringAndSize(text + a, b - a)

    def value(self, int number):
        return self.text_of(self.checked(number))

    def line_of(self, int number):
        number = self.checked(number)
        cdef Span span = self._spans[number]
        return PyBytes_FromStringAndSize(PyBytes_AS_STRING(self._data) + span.start, span.end + 2 - span.start)

    def overwrite(self, bytes raw not None, bytes key not None, bytes value not None):
        cdef int a, b
        cdef int number = self.find(key)
        assert number >= 0
        self.trimmed(number, &a, &b)
        return self.written_over(raw, a, b, PyBytes_AS_STRING(value), PyBytes_GET_SIZE(value))

    cdef bytes written_over(self, bytes raw, int a, int b, const char *text, Py_ssize_t size):
        assert size <= b - a and PyBytes_GET_SIZE(raw) >= b
        cdef bytes made = PyBytes_FromStringAndSize(PyBytes_AS_STRING(raw), PyBytes_GET_SIZE(raw))
        memset(PyBytes_AS_STRING(made) + a, 32, b - a - size)
        memcpy(PyBytes_AS_STRING(made) + b - size, text, size)
        self._data = made
        return made

    def count_down(self, bytes raw not None, bytes key not None, int most):
        cdef int a, b
        cdef char digits[12]
        cdef int number = self.find(key)
        if number < 0:
            return None
        self.trimmed(number, &a, &b)
        number = _digits(<const unsigned char *>PyBytes_AS_STRING(self._data), a, b)
        if number <= 0 or number > 65535:
            return None
        return self.written_over(raw, a, b, digits, _written(digits, number - 1 if number <= most else most))

    @property
    def fields_at(self):
        return self._spans[0].start if self._count else self.end

    def offset(self, int number):
        return self._spans[self.checked(number)].start

    def value_at(self, int number):
        # White space alone is before the value, as in the other twin.
        number = self.checked(number)
        cdef int a, b
        self.trimmed(number, &a, &b)
        return a

    def span(self, int number):
        number = self.checked(number)
        cdef int a, b
        self.trimmed(number, &a, &b)
        return self._spans[number].start, a, b, self._spans[number].end + 2

    # -- of a plain message

    cdef object piece(self, int start, int end):
        if not self.plain or start < 0:
            return None
        return PyBytes_FromStringAndSize(PyBytes_AS_STRING(self._data) + start, end - start)

    @property
    def branch(self):
        return self.piece(self._found.branch, self._found.branch_end)

    def key(self, bytes method not None):
        cdef Found *found = &self._found
        cdef const char *text = PyBytes_AS_STRING(self._data)
        cdef int port = found.top.port
        cdef char numbers[40]
        cdef int count
        cdef Py_ssize_t size
        cdef bytes made
        cdef char *to
        if (
            not self.plain
            or found.branch < 0
            or found.branch_end - found.branch < 7
            or memcmp(text + found.branch, <const char *>b"z9hG4bK", 7) != 0
        ):
            return None
        if port < 0 or port == 5060 or port == 5061:  # it need not be written
            port = 0
        count = _numbered(numbers, b" ", 1, found.number, b" ", 1)
        count += _numbered(numbers + count, b"", 0, port, b" ", 1)
        size = PyBytes_GET_SIZE(method) + count + found.top.host_end - found.top.host
        size += found.call_id_end - found.call_id + found.branch_end - found.branch + 2
        made = PyBytes_FromStringAndSize(NULL, size)
        to = PyBytes_AS_STRING(made)
        to = _copied(to, PyBytes_AS_STRING(method), PyBytes_GET_SIZE(method))
        to = _copied(to, numbers, count)
        to = _copied(to, text + found.top.host, found.top.host_end - found.top.host)
        to = _copied(to, b" ", 1)
        to = _copied(to, text + found.call_id, found.call_id_end - found.call_id)
        to = _copied(to, b" ", 1)
        _copied(to, text + found.branch, found.branch_end - found.branch)
        return made

    @property
    def call(self):
        return (self.call_id, self._found.number) if self.plain else None

    @property
    def call_id(self):
        return self.piece(self._found.call_id, self._found.call_id_end)

    @property
    def method(self):
        cdef int start = self._found.method
        cdef int end = self._found.method_end
        if not self.plain:
            return None
        known = _known_method(PyBytes_AS_STRING(self._data) + start, end - start)
        return self.piece(start, end) if known is None else known

    @property
    def from_tag(self):
        return self.piece(self._found.from_tag, self._found.from_tag_end)

    @property
    def to_tag(self):
        return self.piece(self._found.to_tag, self._found.to_tag_end)

    @property
    def symmetric(self):
        return self.plain and self._found.symmetric


cdef char *_copied(char *to, const char *text, Py_ssize_t size):
    """Where what comes next is written."""
    memcpy(to, text, size)
    return to + size


cdef bytes _known_method(const char *text, int size):
    """One of METHODS: always the same object, whose hash is known already."""
    cdef bytes method
    for method in METHODS:
        if PyBytes_GET_SIZE(method) == size and memcmp(PyBytes_AS_STRING(method), text, size) == 0:
            return method
    return None


def scan(bytes data not None, int start=0):
    cdef Head head = _scan(data, start)
    return leaf_pure.scan(data, start) if head is None else head


cdef Head _scan(bytes data, int start):
    """None: for the other twin."""
    cdef const char *text = PyBytes_AS_STRING(data)
    cdef int size = <int>PyBytes_GET_SIZE(data)
    cdef Span spans[MAX_FIELDS]
    cdef int count = 0
    cdef int at
    cdef int line_end
    cdef int end
    cdef int slot
    cdef const char *found

    if PyBytes_GET_SIZE(data) > 0x3FFFFFFF or start < 0 or start > size:
        return None
    found = <const char *>memchr(text + start, 10, size - start)
    if found == NULL or found == text + start or found[-1] != 13:
        return None
    line_end = <int>(found - text) - 1
    at = line_end + 2
    while True:
        if at + 1 < size and text[at] == 13 and text[at + 1] == 10:
            break
        found = <const char *>memchr(text + at, 10, size - at)
        if found == NULL or found == text + at or found[-1] != 13 or count == MAX_FIELDS:
            return None
        end = <int>(found - text) - 1
        found = <const char *>memchr(text + at, 58, end - at)
        if found == NULL:
            return None
        slot = _slot_of(text + at, <int>(found - text) - at)
        if slot < 0:
            return None
        spans[count] = Span(at, <int>(found - text), end, KNOWN[slot].form, KNOWN[slot].key)
        count += 1
        at = end + 2

    cdef Head head = Head.__new__(Head)
    head._spans = <Span *>PyMem_Malloc(sizeof(Span) * (count if count else 1))
    if head._spans == NULL:
        raise MemoryError
    memcpy(head._spans, spans, sizeof(Span) * count)
    for slot in range(count):
        hold(spans[slot].key)
    head._count = count
    head._data = data
    head._line_end = line_end
    head.start = start
    head.end = at
    head.body = at + 2
    return head


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


# -- forms that need not be parsed to know that they can be


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


cdef bint _broadcast(const unsigned char *text, int at, int end):
    cdef const void *found
    while end - at >= 15:
        found = memchr(text + at, c"2", end - at - 14)
        if found == NULL:
            return False
        if memcmp(found, <const char *>b"255.255.255.255", 15) == 0:
            return True
        at = <int>(<const unsigned char *>found - text) + 1
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
    head = _scan(data, 0)
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


# -- whole messages out of plain ones


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


cdef extern from *:
    """
    static PyObject *sipapp_again(PyObject *one)
    {
        PyTypeObject *kind = Py_TYPE(one);
        PyObject *made = kind->tp_alloc(kind, 0);
        PyObject **from = (PyObject **)(one + 1), **to = (PyObject **)(made + 1);
        if (made == NULL)
            return NULL;
        for (; (char *)from < (char *)one + kind->tp_basicsize; from++, to++) {
            PyObject *value = *from;
            if (value == NULL)
                continue;
            if (Py_REFCNT(value) > 1)
                Py_INCREF(value);
            else if (PyList_CheckExact(value) && PyList_GET_SIZE(value) == 0)
                value = PyList_New(0);
            else if (PyDict_CheckExact(value) && PyDict_GET_SIZE(value) == 0)
                value = PyDict_New();
            else
                Py_INCREF(value);
            *to = value;
            if (value == NULL) {
                Py_DECREF(made);
                return NULL;
            }
        }
        return made;
    }

    static PyObject *sipapp_call(PyObject *one, PyObject *nothing)
    {
        return sipapp_again(one);
    }

    static PyMethodDef sipapp_maker = {"maker", sipapp_call, METH_NOARGS, NULL};
    """
    object PyCFunction_New(void *method, object one)
    void *sipapp_maker_of "&sipapp_maker"


def again(one):
    """What makes one more object like this: only for what alike.py has looked at."""
    return PyCFunction_New(sipapp_maker_of, one)
