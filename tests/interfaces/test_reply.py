from __future__ import annotations

from zope.interface.verify import verifyObject

from sipapp.interfaces.reply import IReplier, IReplySender
from tests.modules.tm.scene import SceneTestCase


class ProviderTests(SceneTestCase):
    def test_tm_answers_for_sl_which_answers_for_all(self) -> None:
        self.play("request_route { exit; }")
        verifyObject(IReplier, self.sip.server.get(IReplier))
        verifyObject(IReplySender, self.sip.server.get(IReplySender))
        self.assertIs(self.sip.server.get(IReplier), self.tm)
