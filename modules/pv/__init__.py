# -*- test-case-name: tests.modules.pv.test_pv -*-
"""pv: the pseudo-variables of the message and the script, and the transformations of texts."""

from __future__ import annotations

from sipapp.interfaces.server import IServer
from sipapp.module import module
from sipapp.modules.pv.branches import BranchVariables
from sipapp.modules.pv.checks import Checks
from sipapp.modules.pv.codes import Codes
from sipapp.modules.pv.credentials import CredentialVariables
from sipapp.modules.pv.fields import FieldVariables
from sipapp.modules.pv.flags import FlagVariables
from sipapp.modules.pv.lists import Lists
from sipapp.modules.pv.parties import PartyVariables
from sipapp.modules.pv.request import RequestVariables
from sipapp.modules.pv.scriptvars import initial_values
from sipapp.modules.pv.shared import SharedVariables
from sipapp.modules.pv.sockets import SocketVariables
from sipapp.modules.pv.strings import Strings
from sipapp.modules.pv.times import TimeVariables
from sipapp.modules.pv.uri_parts import UriParts
from sipapp.modules.pv.vias import ViaVariables
from sipapp.modules.pv.whole import WholeVariables
from sipapp.modules.pv.xavp_functions import XavpFunctions
from sipapp.modules.pv.xavp_texts import XavpTexts
from sipapp.modules.pv.xavps import ExtendedVariables


@module("pv")
class Pv(
    RequestVariables,
    PartyVariables,
    FieldVariables,
    ViaVariables,
    CredentialVariables,
    SocketVariables,
    BranchVariables,
    FlagVariables,
    TimeVariables,
    WholeVariables,
    SharedVariables,
    ExtendedVariables,
    XavpFunctions,
    XavpTexts,
    Checks,
    Strings,
    Codes,
    Lists,
    UriParts,
):
    """Variables of all kinds, and what texts can be made of them."""

    def start(self, server: IServer) -> None:
        """Raises ConfigError: varset or shvset are malformed."""
        initial_values(self.varset)
        self.open_shared(server)
        self.start_times()
