# -*- test-case-name: tests.modules.siputils.test_siputils -*-
"""siputils: questions about SIP messages, and small changes of them."""

from __future__ import annotations

from sipapp.module import IServer, module
from sipapp.modules.siputils.charging import ChargingVector
from sipapp.modules.siputils.checks import Checks
from sipapp.modules.siputils.contacts import Contacts
from sipapp.modules.siputils.numbers import Numbers
from sipapp.modules.siputils.options import Options
from sipapp.modules.siputils.rpid import RemotePartyId
from sipapp.modules.siputils.uri_params import UriParams


@module("siputils")
class Siputils(Checks, Numbers, UriParams, Contacts, Options, RemotePartyId, ChargingVector):
    """Its parts."""

    def start(self, server: IServer) -> None:
        self.server = server
        self.start_contacts()
        self.start_options()
        self.start_rpid(server)
