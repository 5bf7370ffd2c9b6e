# The start line and the header fields of one message. Part of _leaf.pyx.


@cython.final
@cython.no_gc  # it holds bytes, and a list of them
cdef class Head:
    """The start line and the header fields of one message: see leaf_pure.Head."""

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
        return PyBytes_FromStringAndSize(PyBytes_AS_STRING(self._data), self._line_end)

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


cdef Head _scan(bytes data):
    """Where the start line and the header fields are; None: for the other twin."""
    cdef const char *text = PyBytes_AS_STRING(data)
    cdef int size = <int>PyBytes_GET_SIZE(data)
    cdef Span spans[MAX_FIELDS]
    cdef int count = 0
    cdef int at
    cdef int line_end
    cdef int end
    cdef int slot
    cdef const char *found

    if PyBytes_GET_SIZE(data) > 0x3FFFFFFF:
        return None
    found = <const char *>memchr(text, 10, size)
    if found == NULL or found == text or found[-1] != 13:
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
    head.end = at
    head.body = at + 2
    return head
