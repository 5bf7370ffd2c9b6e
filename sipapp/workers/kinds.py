# -*- test-case-name: tests.workers.test_handover -*-
"""kinds: the items that processes hand over to each other, and what each of them holds."""

MESSAGE = 0  # data, socket's index, host, port, received_at: a message that is yours
STREAM = 1  # the same, and the number of the connection that it came by
SEND = 2  # connection, data, flags, who, ticket: send this by a connection of yours
SENT_NOT = 3  # ticket, why: it could not be sent; nobody cares about ticket 0
CLOSE = 4  # connection: close it
OPENED = 5  # connection, socket's index, host, port: it may be used by you too
CLOSED = 6  # connection, how it ended
ALIAS = 7  # connection, port: one more port of the peer that it stands for
ASK = 8  # who asks, number, method, parameters: an RPC command
ANSWER = 9  # who answers, number, whether it was done, the result or [code, reason]
FORGET = 10  # who asks, number: nobody waits for the answer any more
DUTIES = 11  # for each worker, who does its work now
HELLO = 12  # who: a worker has begun, and knows nothing
FIGURES = 13  # source, who, {name: figure}: what a worker has counted; a figure None: no more; None: all of them follow
LEGACY = 14  # source, who, {name: figure}: what the worker had counted that you replace
RESET = 15  # source, name: a figure begins anew
