"""redis: servers of Redis, single, behind sentinels or in a cluster, for modules that ask them.

servers = RedisServers(server.reactor, server.transport.lookup)
servers.add(parse_server("name=a;addr=192.0.2.5;db=1"))
reply = servers.command("a", [b"GET", b"key"])      # Deferred: bytes, Status, ErrorReply, int, list or None
"""

from sipapp.redis.address import Address, parse_server
from sipapp.redis.protocol import ErrorReply, Reply, Status
from sipapp.redis.server import RedisServer
from sipapp.redis.servers import RedisServers

__all__ = ["Address", "ErrorReply", "RedisServer", "RedisServers", "Reply", "Status", "parse_server"]
