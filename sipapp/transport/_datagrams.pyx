# cython: language_level=3, boundscheck=False, wraparound=False
"""_datagrams: the twin of datagrams' loops in C: one call to the kernel for a batch."""

from cpython.bytes cimport PyBytes_AS_STRING, PyBytes_FromStringAndSize, PyBytes_GET_SIZE
from libc.errno cimport EAGAIN, ECONNREFUSED, EINTR, errno
from libc.stdint cimport uint16_t
from libc.stdlib cimport malloc
from libc.string cimport memcmp, memset

import os

from sipapp.transport.datagrams import send_batch as _send_one_by_one

cdef extern from *:
    """
    #ifndef _GNU_SOURCE
    #define _GNU_SOURCE
    #endif
    #include <arpa/inet.h>
    #include <netinet/in.h>
    #include <sys/socket.h>
    #include <sys/uio.h>
    """
    ctypedef unsigned int socklen_t
    ctypedef unsigned short sa_family_t
    struct iovec:
        void *iov_base
        size_t iov_len
    struct msghdr:
        void *msg_name
        socklen_t msg_namelen
        iovec *msg_iov
        size_t msg_iovlen
    struct mmsghdr:
        msghdr msg_hdr
        unsigned int msg_len
    struct sockaddr_storage:
        sa_family_t ss_family
    struct in_addr:
        pass
    struct in6_addr:
        pass
    struct sockaddr_in:
        sa_family_t sin_family
        uint16_t sin_port
        in_addr sin_addr
    struct sockaddr_in6:
        sa_family_t sin6_family
        uint16_t sin6_port
        in6_addr sin6_addr
    int AF_INET
    int AF_INET6
    int MSG_DONTWAIT
    int recvmmsg(int fd, mmsghdr *messages, unsigned int count, int flags, void *timeout) nogil
    int sendmmsg(int fd, mmsghdr *messages, unsigned int count, int flags) nogil
    const char *inet_ntop(int family, const void *address, char *text, socklen_t size)
    int inet_pton(int family, const char *text, void *address)
    uint16_t htons(uint16_t number)
    uint16_t ntohs(uint16_t number)

cdef enum:
    BATCH = 64
    MAX_DATAGRAM = 65535
    PEERS = 256

# One reactor, one thread: the room for a batch is everybody's.
cdef char *room = NULL
cdef mmsghdr incoming[BATCH]
cdef mmsghdr outgoing[BATCH]
cdef iovec places[BATCH]
cdef iovec vectors[BATCH]
cdef sockaddr_storage sources[BATCH]
cdef sockaddr_storage addresses[BATCH]
cdef int used = 0  # of `incoming`, the last time


cdef int _prepare() except -1:
    global room
    cdef int number
    room = <char *>malloc(BATCH * MAX_DATAGRAM)
    if room == NULL:
        raise MemoryError
    memset(incoming, 0, sizeof(incoming))
    memset(outgoing, 0, sizeof(outgoing))
    for number in range(BATCH):
        places[number].iov_base = room + number * MAX_DATAGRAM
        places[number].iov_len = MAX_DATAGRAM
        incoming[number].msg_hdr.msg_iov = &places[number]
        incoming[number].msg_hdr.msg_iovlen = 1
        incoming[number].msg_hdr.msg_name = &sources[number]
        incoming[number].msg_hdr.msg_namelen = sizeof(sockaddr_storage)
        outgoing[number].msg_hdr.msg_iov = &vectors[number]
        outgoing[number].msg_hdr.msg_iovlen = 1
        outgoing[number].msg_hdr.msg_name = &addresses[number]
    return 0


# IPv4 addresses met last, and their texts: by the address where one is read, by the text where one is written.
cdef in_addr READ[PEERS]
cdef in_addr WRITTEN[PEERS]
cdef list READ_TEXTS = [""] * PEERS
cdef list WRITTEN_TEXTS = [""] * PEERS


cdef str _text_of(in_addr *address):
    cdef unsigned char *digits = <unsigned char *>address
    cdef int slot = (digits[3] ^ digits[2] * 7 ^ digits[1] * 31) & (PEERS - 1)
    cdef char text[64]
    if memcmp(address, &READ[slot], sizeof(in_addr)) != 0 or READ_TEXTS[slot] == "":
        READ[slot] = address[0]
        READ_TEXTS[slot] = inet_ntop(AF_INET, address, text, 64).decode("ascii")
    return <str>READ_TEXTS[slot]


cdef object _datagram(int number):
    cdef char text[64]
    cdef uint16_t port = 0
    cdef sa_family_t family = sources[number].ss_family
    cdef str host = ""
    if family == AF_INET:
        host = _text_of(&(<sockaddr_in *>&sources[number]).sin_addr)
        port = ntohs((<sockaddr_in *>&sources[number]).sin_port)
    elif family == AF_INET6:
        host = inet_ntop(AF_INET6, &(<sockaddr_in6 *>&sources[number]).sin6_addr, text, 64).decode("ascii")
        port = ntohs((<sockaddr_in6 *>&sources[number]).sin6_port)
    return PyBytes_FromStringAndSize(room + number * MAX_DATAGRAM, incoming[number].msg_len), host, <int>port


def read_batch(sock, int cap):
    global used
    cdef int number
    cdef int count
    cdef int fd = sock.fileno()
    if room == NULL:
        _prepare()
    if cap > BATCH:
        cap = BATCH
    for number in range(used):
        incoming[number].msg_hdr.msg_namelen = sizeof(sockaddr_storage)
    used = count = recvmmsg(fd, incoming, cap, MSG_DONTWAIT, NULL)
    if count < 0:
        if errno == EAGAIN or errno == EINTR:
            return []
        raise OSError(errno, os.strerror(errno))
    return [_datagram(number) for number in range(count)]


cdef bint _address(int number, str host, int port):
    """Whether it is an address that is written as nearly all are; a scope is not."""
    cdef bytes text
    cdef int slot = hash(host) & (PEERS - 1)
    cdef sockaddr_in *four = <sockaddr_in *>&addresses[number]
    cdef sockaddr_in6 *six = <sockaddr_in6 *>&addresses[number]
    if port <= 0 or port > 65535:
        return False
    memset(&addresses[number], 0, sizeof(sockaddr_in6))
    text = None if host == <str>WRITTEN_TEXTS[slot] and host else host.encode()
    if text is None or inet_pton(AF_INET, text, &four.sin_addr) == 1:
        if text is None:
            four.sin_addr = WRITTEN[slot]
        else:
            WRITTEN[slot] = four.sin_addr
            WRITTEN_TEXTS[slot] = host
        four.sin_family = AF_INET
        four.sin_port = htons(<uint16_t>port)
        outgoing[number].msg_hdr.msg_namelen = sizeof(sockaddr_in)
        return True
    if inet_pton(AF_INET6, text, &six.sin6_addr) == 1:
        six.sin6_family = AF_INET6
        six.sin6_port = htons(<uint16_t>port)
        outgoing[number].msg_hdr.msg_namelen = sizeof(sockaddr_in6)
        return True
    return False


def send_batch(sock, queue, refused):
    cdef int number
    cdef int sent
    cdef int fd = sock.fileno()
    cdef int tried_again = 0
    cdef bytes data
    if room == NULL:
        _prepare()
    while queue:
        number = 0
        for data, flow, _ in queue:
            if number == BATCH or not _address(number, flow.host, flow.port):
                break
            vectors[number].iov_base = PyBytes_AS_STRING(data)
            vectors[number].iov_len = PyBytes_GET_SIZE(data)
            number += 1
        if number == 0:
            # An address that only Python can read: it and all after it go their way.
            _send_one_by_one(sock, queue, refused)
            return
        sent = sendmmsg(fd, outgoing, number, MSG_DONTWAIT)
        if sent > 0:
            tried_again = 0
            for number in range(sent):
                queue.popleft()
        elif errno == EAGAIN:
            return
        elif errno == EINTR:
            continue
        elif errno == ECONNREFUSED and not tried_again:
            tried_again = 1
        else:
            tried_again = 0
            why = OSError(errno, os.strerror(errno))
            data, flow, failed = queue.popleft()
            refused(flow, failed, why)
