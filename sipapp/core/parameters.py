# -*- test-case-name: tests.core.test_parameters -*-
"""parameters: the core's parameters as the server reads them: one attribute each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sipapp.core.parameter_table import PARAMETERS, Parameter
from sipapp.errors import ConfigError, ConfigErrors, each
from sipapp.script import nodes

__all__ = ["PARAMETERS", "CoreConfig", "Parameter"]

_TOS = {"iptos_lowdelay": 0x10, "iptos_throughput": 0x08, "iptos_reliability": 0x04, "iptos_mincost": 0x02}
_PORTS = ("port", "tls_port_no", "advertised_port")
_FIELDS = {"server_header": b"server:", "user_agent_header": b"user-agent:"}


class CoreConfig:
    """Every parameter of the core as an attribute of its name, at its default or what the script has set it to.

    `listen` and `alias` are lists of nodes.Listen and nodes.Alias; `async_workers_group` is a list of texts;
    `flags` and `avpflags` map names to numbers. Texts are str, those that end up in messages bytes;
    `server_header` and `user_agent_header` are without the field's name. `warnings` collects what was set in vain.
    """

    store: str

    def __init__(self) -> None:
        self.__dict__.update((p.name, p.default) for p in PARAMETERS.values() if "." not in p.name)
        for name in _FIELDS:
            self._set(name, getattr(self, name))
        self.listen: list[nodes.Listen] = []
        self.alias: list[nodes.Alias] = []
        self.async_workers_group: list[str] = []
        self.flags: dict[str, int] = {}
        self.avpflags: dict[str, int] = {}
        self.custom: dict[tuple[str, str], int | bytes] = {}
        self._descriptions: dict[tuple[str, str], str] = {}
        self.instances: dict[tuple[str, int, str], int | bytes] = {}
        self.warnings: list[ConfigError] = []

    if TYPE_CHECKING:  # at run time it would make each attribute several times as slow

        def __getattr__(self, name: str) -> Any: ...

    def apply(self, setting: nodes.Setting) -> None:
        """Take over a line of the script. Modules' lines are the loader's business and are left alone."""
        match setting:
            case nodes.CoreParam(name="listen", value=line):
                for port in (line.port, line.last_port, line.advertise_port):
                    _check_port("listen", port)
                self.listen.append(line)
            case nodes.CoreParam(name="alias", value=alias):
                _check_port("alias", alias.port)
                self.alias.append(alias)
            case nodes.CoreParam(name="enable_tls", value=value):
                self.disable_tls = not value
            case nodes.CoreParam(name="auto_domains", value=value):
                self.auto_aliases = bool(value)
            case nodes.CoreParam(name="async_workers_group", value=value):
                self.async_workers_group.append(_text(value))
            case nodes.CoreParam(name=name, value=value):
                self._core(setting, name, value)
            case nodes.CfgValue(group=group, name=name, instance=None, value=value, description=text):
                self.custom[group, name] = value
                self._descriptions[group, name] = text
            case nodes.CfgValue(group=group, name=name, instance=int(instance), value=value):
                self.instances[group, instance, name] = value
            case nodes.Flags(names=names, avp=avp):
                (self.avpflags if avp else self.flags).update(names)

    def _core(self, setting: nodes.CoreParam, name: str, value: int | bytes) -> None:
        notice = PARAMETERS[name].notice
        if name in _PORTS:
            _check_port(name, value)
        if notice:
            self.warnings.append(ConfigError(f"{name} has no effect: {notice}", setting.at))
        elif name == "tos" and isinstance(value, bytes):
            known = _TOS.get(value.decode("latin-1").lower())
            if known is None:
                self.warnings.append(ConfigError(f'there is no tos "{_text(value)}": IPTOS_LOWDELAY', setting.at))
            self.tos = 0x10 if known is None else known
        else:
            self._set(name, value)

    def _set(self, name: str, value: int | bytes) -> None:
        """A value in its parameter's own type."""
        default = PARAMETERS[name].default
        if isinstance(default, bool):
            value = bool(value)
        elif name in _FIELDS and isinstance(value, bytes):
            prefix = _FIELDS[name]
            value = value[len(prefix) :].strip() if value.lower().startswith(prefix) else value
        elif isinstance(value, bytes) and not isinstance(default, bytes):
            value = _text(value)  # type: ignore[assignment]
        self.__dict__[name] = value

    def add_listen(self, address: str) -> None:
        """One more socket, written as behind `listen=`: the command line's -l. Raises ConfigErrors."""
        from sipapp.script.parser import parse_text

        for setting in parse_text(f"listen={address}", "-l").settings:
            try:
                self.apply(setting)
            except ConfigError as why:
                raise ConfigErrors(list(each(why, setting.at))) from None

    def value(self, group: str, name: str) -> int | bytes | None:
        """A custom parameter, or a parameter of the core by the names that `@cfg_get` and the RPC commands cfg.* use.

        None: there is no such parameter.
        """
        if (group, name) in self.custom:
            return self.custom[group, name]
        attribute = {"core": name, "tcp": f"tcp_{name}"}.get(group, "")
        parameter = PARAMETERS.get(attribute)
        if parameter is None or parameter.notice:
            return None
        value = getattr(self, attribute)
        return value.encode() if isinstance(value, str) else value

    def names(self) -> list[tuple[str, str]]:
        """(group, name) of all that `value` knows, the script's own first."""
        core = [p.name for p in PARAMETERS.values() if not p.notice and "." not in p.name]
        tcp = [("tcp", name[4:]) for name in core if name.startswith("tcp_")]
        return [*self.custom, *(("core", name) for name in core if not name.startswith("tcp_")), *tcp]

    def description(self, group: str, name: str) -> str:
        """What a parameter is for; of the script's own, what the script says."""
        if (group, name) in self.custom:
            return self._descriptions[group, name]
        parameter = PARAMETERS.get({"core": name, "tcp": f"tcp_{name}"}.get(group, ""))
        return "" if parameter is None else parameter.doc

    def change(self, group: str, name: str, value: int | bytes) -> bool:
        """Set what `value` reads while the server runs. False: there is no such parameter, or it is of another type."""
        old = self.value(group, name)
        if old is None or isinstance(old, int) is not isinstance(value, int):
            return False
        if (group, name) in self.custom:
            self.custom[group, name] = value
        else:
            self._set(name if group == "core" else f"{group}_{name}", value)
        return True


def _check_port(name: str, port: int | bytes | None) -> None:
    """Raises ConfigError: there is no such port. 0 is one that the kernel chooses."""
    if isinstance(port, int) and not 0 <= port <= 0xFFFF:
        raise ConfigError(f"{name}: ports end at 65535, there is no {port}")


def _text(value: bytes) -> str:
    return value.decode("utf-8", "surrogateescape")
