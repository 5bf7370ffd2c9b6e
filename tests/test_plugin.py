"""sipapp.plugin."""

from __future__ import annotations

from twisted.plugin import IPlugin
from twisted.trial.unittest import SynchronousTestCase
from zope.interface.verify import verifyObject

from sipapp.errors import ConfigError
from sipapp.interfaces.module import IModuleFactory
from sipapp.plugin import ModulePlugin


class ModulePluginTests(SynchronousTestCase):
    def test_it_is_a_plugin_that_makes_modules(self) -> None:
        made = ModulePlugin("xlog", "sipapp.modules.xlog")
        verifyObject(IPlugin, made)
        verifyObject(IModuleFactory, made)
        self.assertEqual(made().name, "xlog")
        self.assertIsNot(made(), made())

    def test_a_module_that_is_not_there_is_said_when_it_is_wanted(self) -> None:
        self.assertRaises(ImportError, ModulePlugin("x", "sipapp.modules.no_such_module"))
        self.assertRaises(ConfigError, ModulePlugin("other", "sipapp.modules.xlog"))
