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


include "_leaf_head.pxi"
include "_leaf_forms.pxi"
include "_leaf_read.pxi"
include "_leaf_write.pxi"


cdef extern from *:
    """
    #include <structmember.h>

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

    static PyObject *sipapp_filled(PyObject *known, PyObject *const *given, Py_ssize_t count)
    {
        PyObject *where = PyTuple_GET_ITEM(known, 1), *made;
        const Py_ssize_t *offsets = (const Py_ssize_t *)PyBytes_AS_STRING(where);
        Py_ssize_t wanted = PyBytes_GET_SIZE(where) / (Py_ssize_t)sizeof(Py_ssize_t), number;
        if (count != wanted)
            return PyErr_Format(PyExc_TypeError, "%zd attributes wanted, %zd given", wanted, count);
        made = sipapp_again(PyTuple_GET_ITEM(known, 0));
        if (made == NULL)
            return NULL;
        for (number = 0; number < count; number++) {  /* these are empty */
            Py_INCREF(given[number]);
            *(PyObject **)((char *)made + offsets[number]) = given[number];
        }
        return made;
    }

    static Py_ssize_t sipapp_offset(PyObject *slot)
    {
        return ((PyMemberDescrObject *)slot)->d_member->offset;
    }

    static PyMethodDef sipapp_maker = {"maker", sipapp_call, METH_NOARGS, NULL};
    static PyMethodDef sipapp_filler = {"maker", (PyCFunction)(void (*)(void))sipapp_filled, METH_FASTCALL, NULL};
    """
    object PyCFunction_New(void *method, object one)
    Py_ssize_t sipapp_offset(object slot)
    void *sipapp_maker_of "&sipapp_maker"
    void *sipapp_filler_of "&sipapp_filler"


def again(one, tuple filled not None):
    """What makes one more object like this, with its arguments in the slots that are `filled`, which are empty in this
    one: only for what alike.py has looked at."""
    cdef Py_ssize_t offset
    cdef bytes offsets = b""
    if not filled:
        return PyCFunction_New(sipapp_maker_of, one)
    for name in filled:
        offset = sipapp_offset(getattr(type(one), name))
        offsets += (<char *>&offset)[: sizeof(offset)]
    return PyCFunction_New(sipapp_filler_of, (one, offsets))
