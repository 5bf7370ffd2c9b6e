from collections.abc import Callable
from typing import TypeVar

from sipapp.message.leaf_pure import Head as Head
from sipapp.message.leaf_pure import address_parts as address_parts
from sipapp.message.leaf_pure import answer as answer
from sipapp.message.leaf_pure import cseq_parts as cseq_parts
from sipapp.message.leaf_pure import lone_route as lone_route
from sipapp.message.leaf_pure import mark_via as mark_via
from sipapp.message.leaf_pure import parameters as parameters
from sipapp.message.leaf_pure import passable as passable
from sipapp.message.leaf_pure import place as place
from sipapp.message.leaf_pure import read as read
from sipapp.message.leaf_pure import relay as relay
from sipapp.message.leaf_pure import routes as routes
from sipapp.message.leaf_pure import splice as splice
from sipapp.message.leaf_pure import start_line as start_line
from sipapp.message.leaf_pure import tag as tag
from sipapp.message.leaf_pure import unwrap as unwrap
from sipapp.message.leaf_pure import uri_parts as uri_parts
from sipapp.message.leaf_pure import via_parts as via_parts

_K = TypeVar("_K")

def again(one: _K, filled: tuple[str, ...]) -> Callable[..., _K]: ...
