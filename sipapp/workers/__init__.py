"""sipapp.workers: several processes that share the listening sockets (`children`)."""
