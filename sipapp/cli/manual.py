# -*- test-case-name: tests.cli.test_manual -*-
"""manual: the page of one module: what it offers, what its docstrings say of it, and an example for each."""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, get_args, get_origin, get_type_hints

from sipapp.cli import examples
from sipapp.cli.examples import Example
from sipapp.interfaces.module import ModParam
from sipapp.interfaces.route import ANY, RouteType
from sipapp.interfaces.script import Kind, Parameter

DEFAULTS = "Parameters at their defaults"
"""The title of the core's example of its parameters."""

MOST_LINES = 3  # of an example, at an entry

_TAKES = {
    Kind.INT: "a number",
    Kind.STR: "a text with variables",
    Kind.TEXT: "a text as it stands",
    Kind.NAME: "a variable",
    Kind.REGEX: "a regular expression",
    Kind.SUBST: "`/expression/replacement/flags`",
    Kind.ROUTE: "the name of a route",
    Kind.SECONDS: "seconds, with fractions",
    Kind.VALUE: "any value",
    Kind.FORMAT: "a text with variables",
}

_ROUTES = {
    RouteType.REQUEST: "request_route",
    RouteType.FAILURE: "failure_route",
    RouteType.ONREPLY: "onreply_route",
    RouteType.REPLY: "reply_route",
    RouteType.BRANCH: "branch_route",
    RouteType.ONSEND: "onsend_route",
    RouteType.EVENT: "event_route",
    RouteType.BRANCH_FAILURE: "event_route[tm:branch-failure:...]",
    RouteType.LOCAL: "event_route[tm:local-request]",
}


_NAMES = re.compile(
    r"""\$[A-Za-z_][\w.]*(?:\([^()]*\))?      # $avp(x)
    |\{[a-z]+\.[\w.]+(?:,[^{}\n]*)?\}         # {s.substr,0,5}
    |\b[a-z_][\w.]*\(\)                      # t_relay()
    |\b[a-z]+_\w+\([^()\n]*\)                # sht_lock("table=>key")
    |\b[a-z_]+\[[\w:.-]+\]                   # event_route[core:tkv]
    """,
    re.VERBOSE,
)
_MARKS = re.compile(r"(`[^`]*`)|[*<]")


@dataclass
class Entry:
    """One function, variable or the like, with its other spellings."""

    kind: str
    names: list[str]
    title: str
    facts: list[str] = field(default_factory=list)
    doc: str = ""
    example: Example | None = None
    lines: list[str] = field(default_factory=list)

    def text(self, page: str) -> Iterator[str]:
        yield from (f"### {self.title}", "")
        if self.facts:
            yield from ("; ".join(self.facts) + ".", "")
        if self.doc:
            yield from (prose(self.doc), "")
        if self.example is not None:
            yield from (*(f"    {line}" for line in self.lines[:MOST_LINES]), "")
            home = "" if self.example.page == page else f"{self.example.page}.md"
            yield from (f"Example: [{self.example.title}]({home}#{self.example.anchor})", "")


class Manual:
    """All that is said of a module. `entries` are in the order of the page."""

    def __init__(self, module: Any, shown: list[Example], homes: Mapping[Any, str] | None = None) -> None:
        """`homes` says which module offers an interface that others need."""
        self.module = module
        self.before = [name for name in ((homes or {}).get(interface) for interface in module.needs) if name]
        self.name: str = module.name
        self.examples = [example for example in shown if example.page == self.name]
        self._search = self.examples + [example for example in shown if example.page != self.name]
        self.entries: list[Entry] = [*self._functions(), *self._variables(), *self._transformations()]
        self.entries += [*self._commands(), *self._event_routes()]
        self.parameters = [] if self.name == "core" else [*self._parameters()]
        self.entries = self.parameters + self.entries

    @property
    def _doc(self) -> str:
        return inspect.getdoc(sys.modules[type(self.module).__module__]) or ""

    @property
    def summary(self) -> str:
        """What the module is for, in a line."""
        return re.sub(r"^[\w, ]+: ", "", " ".join(self._doc.split("\n\n")[0].split()))

    def text(self) -> str:
        """The page."""
        return "\n".join(self._text()).rstrip() + "\n"

    def _text(self) -> Iterator[str]:
        yield from (f"# {self.name}", "", "<!-- Written by `sipapp reference`; change the docstrings. -->", "")
        yield from (prose(self.summary[:1].upper() + self.summary[1:]), "")
        for paragraph in self._doc.split("\n\n")[1:]:
            yield from (prose(paragraph), "")
        if self.name != "core":
            yield from (f'    loadmodule "{name}"   # before it' for name in self.before)
            yield from (f'    loadmodule "{self.name}"', "")
        else:
            yield from self._core_parameters()
        for kind in dict.fromkeys(entry.kind for entry in self.entries):
            yield from (f"## {kind}", "")
            for entry in self.entries:
                if entry.kind == kind:
                    yield from entry.text(self.name)
        yield from self._examples()

    def _examples(self) -> Iterator[str]:
        if not self.examples:
            return
        yield from ("## Examples", "")
        if self.examples[0].head:
            yield from ("All of them begin with", "", "```kamailio", self.examples[0].head, "```", "")
        for example in self.examples:
            yield from (f"### {example.title}", "", "```kamailio", example.body, "```", "")

    def _core_parameters(self) -> Iterator[str]:
        from sipapp.core.parameter_table import OTHER_NAMES, PARAMETERS

        yield from ("## Parameters", "", "`name = value`, before the routes. `listen` and `alias` may be repeated.", "")
        yield from ("| parameter | default | meaning |", "| --- | --- | --- |")
        for parameter in PARAMETERS.values():
            if not parameter.notice:
                unit = f" ({parameter.unit})" if parameter.unit else ""
                yield f"| `{parameter.name}` | {_default(parameter.default)} | {_cell(parameter.doc)}{unit} |"
        yield from (f"| `{name}` | | {_cell(meaning)} |" for name, meaning in OTHER_NAMES.items())
        shown = next((example for example in self.examples if example.title == DEFAULTS), None)
        if shown is not None:
            yield from ("", f"Example: [{shown.title}](#{shown.anchor})")
        yield from ("", "Accepted, and without effect here:", "")
        notices: dict[str, list[str]] = {}
        for parameter in PARAMETERS.values():
            if parameter.notice:
                notices.setdefault(parameter.notice, []).append(f"`{parameter.name}`")
        for why, names in notices.items():
            yield f"- {', '.join(names)}: {why}"
        yield ""

    # -- entries

    def _entry(self, entry: Entry, patterns: Iterable[re.Pattern[str]]) -> Entry:
        for pattern in patterns:
            found = examples.first_use(self._search, pattern)
            if found is not None:
                entry.example, entry.lines = found
                break
        return entry

    def _parameters(self) -> Iterator[Entry]:
        for parameter in self.module.parameters.values():
            entry = Entry("Parameters", [parameter.name], f"`{parameter.name}`", _parameter_facts(parameter))
            entry.doc = parameter.doc[:1].upper() + parameter.doc[1:]
            yield self._entry(entry, [examples.parameter_pattern(self.name, parameter.name)])

    def _functions(self) -> Iterator[Entry]:
        for group in _grouped(self.module.script_functions(), lambda f: (f.call, f.parameters)):
            first = group[0]
            names = [function.name for function in group]
            entry = Entry("Functions", names, ", ".join(f"`{_signature(f.name, f.parameters)}`" for f in group))
            entry.facts = _function_facts(first)
            entry.doc = first.doc
            yield self._entry(entry, map(examples.function_pattern, names))

    def _variables(self) -> Iterator[Entry]:
        variables = self.module.pseudo_variables()
        for group in _grouped(variables, lambda v: getattr(v, "declaration", v)):
            first = group[0]
            names = [variable.name for variable in group]
            entry = Entry("Variables", names, ", ".join(f"`${_variable(variable)}`" for variable in group))
            entry.facts = ["Readable and writable" if getattr(first, "writable", False) else "Read-only"]
            keys = getattr(getattr(first, "declaration", None), "keys", None)
            if keys:
                entry.facts.append("in brackets one of " + ", ".join(f"`{key.decode()}`" for key in sorted(keys)))
            entry.doc = getattr(first, "doc", "")
            yield self._entry(entry, map(examples.variable_pattern, names))

    def _transformations(self) -> Iterator[Entry]:
        for group in _grouped(self.module.transformations(), lambda t: getattr(t, "method", t)):
            names = [transformation.name for transformation in group]
            entry = Entry("Transformations", names, ", ".join(f"`{{{name}}}`" for name in names))
            entry.doc = getattr(group[0], "doc", "")
            yield self._entry(entry, map(examples.transformation_pattern, names))

    def _commands(self) -> Iterator[Entry]:
        for group in _grouped(self.module.rpc_commands(), lambda c: c.call):
            names = [command.name for command in group]
            entry = Entry("RPC commands", names, ", ".join(f"`{_command(c.name, c.call)}`" for c in group))
            entry.doc = group[0].doc
            yield self._entry(entry, map(examples.command_pattern, names))

    def _event_routes(self) -> Iterator[Entry]:
        declared = getattr(self.module, "event_routes", ())  # with their docs, or names alone
        for name, doc in declared.items() if isinstance(declared, dict) else dict.fromkeys(declared, "").items():
            entry = Entry("Event routes", [name], f"`event_route[{name}]`", doc=doc)
            yield self._entry(entry, [examples.event_route_pattern(name)])


def _grouped(items: Iterable[Any], same: Callable[[Any], Any]) -> list[list[Any]]:
    """Those that are the same but for their names, in the order of the first of each."""
    groups: list[tuple[Any, list[Any]]] = []
    for item in {(same(one), one.name): one for one in items}.values():  # a variable with a setter comes twice
        key = same(item)
        for known, group in groups:
            if known == key:
                group.append(item)
                break
        else:
            groups.append((key, [item]))
    return [group for _, group in groups]


def _signature(name: str, parameters: Iterable[Parameter]) -> str:
    text = ""
    for parameter in parameters:
        separator = ", " if text else ""
        text += f"[{separator}{parameter.name}]" if parameter.optional else f"{separator}{parameter.name}"
    return f"{name}({text})"


def _variable(variable: Any) -> str:
    """Its name, with what may stand behind it; how those that read that in their own way do, their docstrings say."""
    if getattr(variable, "declaration", None) is None or variable.declaration.own_bind:
        return str(variable.name)
    inner = "(...)" if variable.takes_inner else ""
    return f"({variable.name}{inner}[index])" if variable.takes_index else f"{variable.name}{inner}"


def _command(name: str, call: Callable[..., Any]) -> str:
    given = []
    for parameter in inspect.signature(call).parameters.values():
        star = "..." if parameter.kind is parameter.VAR_POSITIONAL else ""
        optional = star or parameter.default is not parameter.empty
        shown = parameter.name.rstrip("_") + star
        given.append(f"[{shown}]" if optional else shown)
    return " ".join([name, *given])


def _function_facts(function: Any) -> list[str]:
    facts = [f"`{p.name}`: {_TAKES[p.kind]}" for p in function.parameters]
    facts.append(f"in {_routes(function.routes)}")
    if function.suspends:
        facts.append("may wait" + (" (also under `async()` and `launch()`)" if function.asynchronous else ""))
    answer = _answer(function.call)
    if answer:
        facts.append(f"answers {answer}")
    facts[0] = facts[0][:1].upper() + facts[0][1:]
    return facts


def _answer(call: Callable[..., Any]) -> str:
    """What the script gets, as far as the annotation tells."""
    hint = get_type_hints(call).get("return")
    names = set(_leaves(hint))
    if bytes in names or str in names:
        return "a text"
    if int in names:
        return "a return code"
    if bool in names:
        return "true or false"
    return "true" if names == {type(None)} else ""


def _leaves(hint: Any) -> Iterator[Any]:
    inner = get_args(hint)
    if get_origin(hint) is not None and inner:
        for one in inner:
            yield from _leaves(one)
    else:
        yield type(None) if hint is None else hint


def _routes(routes: RouteType) -> str:
    if routes == ANY:
        return "any route"
    inside = [name for kind, name in _ROUTES.items() if kind & routes]
    outside = [name for kind, name in _ROUTES.items() if kind & ANY and not kind & routes]
    if len(outside) < len(inside):
        return f"any route but {', '.join(outside)}"
    return ", ".join(inside)


def _parameter_facts(parameter: ModParam) -> list[str]:
    kinds = " or ".join("a number" if kind is int else "a text" for kind in parameter.types)
    facts = [kinds[:1].upper() + kinds[1:] + (f" ({parameter.unit})" if parameter.unit else "")]
    if parameter.minimum is not None:
        facts.append(f"at least {parameter.minimum}")
    if parameter.maximum is not None:
        facts.append(f"at most {parameter.maximum}")
    if parameter.repeat:
        return [*facts, "may be repeated"]
    return [*facts, f"default {_default(parameter.default)}"]


def _default(value: object) -> str:
    if value is None or value in ("", b""):
        return "none"
    if isinstance(value, bytes):
        value = value.decode(errors="replace")
    if isinstance(value, (bool, str, int, float)):
        return f'`"{value}"`' if isinstance(value, str) else f"`{value + 0 if isinstance(value, bool) else value}`"
    return "as the module has it"


def _cell(text: str) -> str:
    return prose(text).replace("|", "\\|")


def prose(text: str) -> str:
    """A docstring as Markdown: variables and calls in it as code, no other mark taken for one."""
    pieces = text.split("`")
    pieces[::2] = [_NAMES.sub(r"`\g<0>`", piece) for piece in pieces[::2]]
    return _MARKS.sub(lambda found: found[1] or f"\\{found[0]}", "`".join(pieces))
