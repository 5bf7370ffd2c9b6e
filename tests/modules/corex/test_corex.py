from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from sipapp.modules.corex import Corex
from tests.modules.stage import made

FUNCTIONS = """add_tcp_alias append_branch file_read file_write forward_reply forward_uac forward_uac_uri is_faked_msg
is_incoming is_socket_name isxflagset msg_iflag_is_set msg_iflag_reset msg_iflag_set msg_vbflag_is_set msg_vbflag_parse
msg_vbflag_reset msg_vbflag_set resetxflag send_data send_tcp send_udp sendx set_recv_socket set_recv_socket_name
set_send_socket set_send_socket_name set_source_address setxflag via_add_srvid via_add_xavp_params
via_reply_add_xavp_params via_use_xavp_fields"""


class CorexTests(SynchronousTestCase):
    def test_every_function_of_the_module_is_there(self) -> None:
        self.assertEqual(sorted({f.name for f in made(Corex).script_functions()}), FUNCTIONS.split())

    def test_every_variable_transformation_and_command_is_there(self) -> None:
        module = made(Corex)
        self.assertEqual(sorted(v.name for v in module.pseudo_variables()), ["atkv", "cfg", "lsock"])
        self.assertEqual(
            sorted(t.name for t in module.transformations()), ["sock.host", "sock.port", "sock.proto", "sock.touri"]
        )
        self.assertEqual(
            " ".join(sorted(command.name for command in module.rpc_commands())),
            "corex.debug corex.list_aliases corex.list_sockets corex.pkg_summary corex.shm_status corex.shm_summary "
            "shm.info shm.report shm.rprint shm.stats",
        )
