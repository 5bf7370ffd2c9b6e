from sipapp.message.leaf_pure import Head as Head
from sipapp.message.leaf_pure import plain as plain
from sipapp.message.leaf_pure import scan as scan
from sipapp.message.leaf_pure import splice as splice
from sipapp.message.leaf_pure import via_parts as via_parts
