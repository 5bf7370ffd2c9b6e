# cython: language_level=3, boundscheck=False, wraparound=False
"""_datagrams: the twin of datagrams' loops in C: one call to the kernel for a batch."""

from cpython.bytes cimport PyBytes_AS_STRING, PyBytes_FromStringAndSize, PyBytes_GET_SIZE
from libc.errno cimport EAGAIN, ECONNREFUSED, EINTR, errno
from libc.stdint cimport uint16_t
from libc.stdlib cimport malloc
from libc.string cimport memset

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

# One reactor, one thread: the room for a batch is everybody's.
cdef char *room = NULL
cdef mmsghdr messages[BATCH]
cdef iovec vectors[BATCH]
cdef sockaddr_storage addresses[BATCH]


cdef int _prepare() except -1:
    global room
    cdef int number
    room = <char *>malloc(BATCH * MAX_DATAGRAM)
    if room == NULL:
        raise MemoryError
    memset(messages, 0, sizeof(messages))
    for number in range(BATCH):
        messages[number].msg_hdr.msg_iov = &vectors[number]
        messages[number].msg_hdr.msg_iovlen = 1
        messages[number].msg_hdr.msg_name = &addresses[number]
    return 0


cdef object _datagram(int number):
    cdef char text[64]
    cdef uint16_t port = 0
    cdef sa_family_t family = addresses[number].ss_family
    cdef const char *host = NULL
    if family == AF_INET:
        host = inet_ntop(AF_INET, &(<sockaddr_in *>&addresses[number]).sin_addr, text, 64)
        port = ntohs((<sockaddr_in *>&addresses[number]).sin_port)
    elif family == AF_INET6:
        host = inet_ntop(AF_INET6, &(<sockaddr_in6 *>&addresses[number]).sin6_addr, text, 64)
        port = ntohs((<sockaddr_in6 *>&addresses[number]).sin6_port)
    return (
        PyBytes_FromStringAndSize(room + number * MAX_DATAGRAM, messages[number].msg_len),
        "" if host == NULL else host.decode("ascii"),
        <int>port,
    )


def read_batch(sock, int cap):
    cdef int number
    cdef int count
    cdef int fd = sock.fileno()
    if room == NULL:
        _prepare()
    if cap > BATCH:
        cap = BATCH
    for number in range(cap):
        vectors[number].iov_base = room + number * MAX_DATAGRAM
        vectors[number].iov_len = MAX_DATAGRAM
        messages[number].msg_hdr.msg_namelen = sizeof(sockaddr_storage)
    count = recvmmsg(fd, messages, cap, MSG_DONTWAIT, NULL)
    if count < 0:
        if errno == EAGAIN or errno == EINTR:
            return []
        raise OSError(errno, os.strerror(errno))
    return [_datagram(number) for number in range(count)]


cdef bint _address(int number, str host, int port):
    """Whether it is an address that is written as nearly all are; a scope is not."""
    cdef bytes text = host.encode()
    cdef sockaddr_in *four = <sockaddr_in *>&addresses[number]
    cdef sockaddr_in6 *six = <sockaddr_in6 *>&addresses[number]
    if port <= 0 or port > 65535:
        return False
    memset(&addresses[number], 0, sizeof(sockaddr_in6))
    if inet_pton(AF_INET, text, &four.sin_addr) == 1:
        four.sin_family = AF_INET
        four.sin_port = htons(<uint16_t>port)
        messages[number].msg_hdr.msg_namelen = sizeof(sockaddr_in)
        return True
    if inet_pton(AF_INET6, text, &six.sin6_addr) == 1:
        six.sin6_family = AF_INET6
        six.sin6_port = htons(<uint16_t>port)
        messages[number].msg_hdr.msg_namelen = sizeof(sockaddr_in6)
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
        sent = sendmmsg(fd, messages, number, MSG_DONTWAIT)
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
