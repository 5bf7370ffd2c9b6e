"""Tells sipapp of script module quota; imported whenever plugins are listed, so it does next to nothing."""

from sipapp.plugin import ModulePlugin

quota = ModulePlugin("quota", "sipapp_quota")
