from sipapp.transport.datagrams import read_batch as read_batch
from sipapp.transport.datagrams import send_batch as send_batch
