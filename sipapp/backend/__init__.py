"""backend: how a server that scripts ask, for HTTP, SQL or Redis, is kept from taking all calls down with it.

    backends = Backends(wheel, statistics, "sqlops", ["ca=>in_flight=10;queue=100;failure_rate=50"])
    answer = backends.get("ca").call(lambda: database.execute(statement), timeout=2.0)

`call` answers a Deferred: of what `database.execute` answers, or failing with CircuitOpen or BackendBusy (at once),
BackendTimeout (after 2 s, time in the queue included; the call is cancelled), or however the call itself fails.
Cancelling it takes it out of the queue or cancels the call.
"""

from sipapp.backend.backend import Backend, Backends
from sipapp.backend.breaker import Breaker, State
from sipapp.backend.limits import Limits
from sipapp.errors import BackendBusy, BackendError, BackendTimeout, CircuitOpen

__all__ = [
    "Backend",
    "BackendBusy",
    "BackendError",
    "BackendTimeout",
    "Backends",
    "Breaker",
    "CircuitOpen",
    "Limits",
    "State",
]
