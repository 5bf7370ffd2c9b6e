# -*- test-case-name: tests.script.grammar.test_expressions -*-
"""expressions: conditions, values and arguments.

Loosest first: `||`, `&&`, `|`, `&`, `^`, `<< >>`, `== != =~ eq ne ieq ine`, `< > <= >=`, `+ -`, `* / mod`; whatever
stands before its operand (`!`, `-`, `~`, `defined`, casts) binds tighter than all of them. A comparison of one of the
core's own operands (`method == "BYE"`) is one operand for whatever stands around it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sipapp.errors import Position
from sipapp.script import nodes
from sipapp.script.grammar.addresses import Addresses
from sipapp.script.keywords import PROTOCOLS
from sipapp.script.lexer import number_value, signed

_LEVELS = (
    ("||",),
    ("&&",),
    ("|",),
    ("&",),
    ("^",),
    ("<<",),
    (">>",),
    ("==", "!=", "=~", "eq", "ne", "ieq", "ine"),
    ("<", ">", "<=", ">="),
    ("+", "-"),
    ("*", "/", "mod"),
)
BINDING: dict[str, int] = {sign: level for level, signs in enumerate(_LEVELS, 1) for sign in signs}
"""Every operator between two operands, and how tight it binds."""

_EQUALITY = BINDING["=="]
_ORDER = BINDING["<"]

# What the core's own operands may be compared by: `eq` and `ne` are `==` and `!=` for them.
_SAME = {"==": "==", "!=": "!=", "eq": "==", "ne": "!="}
_TEXT = {**_SAME, "=~": "=~"}
_ORDERED = {**_SAME, "<": "<", ">": ">", "<=": "<=", ">=": ">="}

_URIS = frozenset({"uri", "from_uri", "to_uri"})
_ADDRESSES = frozenset({"src_ip", "dst_ip", "snd_ip", "to_ip"})
_NUMBERS = frozenset({"src_port", "dst_port", "af", "msg:len", "snd_port", "to_port", "snd_af"})
_PROTOS = frozenset({"proto", "snd_proto"})
_ONLY_ONSEND = frozenset({"snd_ip", "to_ip"})

OPERANDS = frozenset({"method"}) | _URIS | _ADDRESSES | _NUMBERS | _PROTOS
"""The core's own operands."""

_NULL = (b"$null", b"$(null)")


class Expressions(Addresses):
    """Reads expressions. Statements and calls, which may stand inside, are left to those who derive from this."""

    onsend = False  # the block being read is an onsend_route

    def block(self) -> list[nodes.Statement]:
        """`{ statements }`."""
        raise NotImplementedError

    def module_call(self) -> nodes.Expression:
        """`name(arguments)` of a module."""
        raise NotImplementedError

    def expression(self, floor: int = 0) -> nodes.Expression:
        """One expression, in which operators bind tighter than `floor`."""
        left = self.operand()
        while (level := BINDING.get(self.kind, 0)) > floor:
            at = self.place()
            sign = self.advance()[0]
            left = self.binary(at, sign, left, self.expression(level))
        return left

    def binary(self, at: Position, sign: str, left: nodes.Expression, right: nodes.Expression) -> nodes.Expression:
        """An operation; comparing with $null asks whether there is a value."""
        if BINDING[sign] == _EQUALITY and isinstance(right, nodes.Variable) and right.text in _NULL:
            return nodes.Unary(at, "defined" if sign in ("!=", "ne", "ine") else "notdefined", left)
        return nodes.Binary(at, sign, left, right)

    def operand(self) -> nodes.Expression:
        """What stands between two operators."""
        read = READERS.get(self.kind)
        if read is None:
            self.unexpected("a value")
        return read(self)  # type: ignore[no-any-return]

    # -- one operand each

    def number(self) -> nodes.Number:
        return nodes.Number(self.place(), number_value(self.advance()[1]))

    def string(self) -> nodes.String:
        return nodes.String(self.place(), self.advance()[1].encode("latin-1"))

    def variable(self) -> nodes.Variable:
        at = self.place()
        kind, text, _, _ = self.advance()
        if self.kind == "{" and self.next_kind() == "ID" and self.kind_at(2) == ".":
            error = self.error(f"transformations stand inside parentheses: $({text[1:]}{{...}})")
            while self.kind not in ("}", "END"):
                self.advance()
            self.accept("}")
            raise error
        return nodes.Variable(at, text.encode("latin-1"), kind == "PLAIN")

    def attribute(self) -> nodes.Variable:
        """`%name`, `%name[2]`, `%name[]`: an AVP."""
        at = self.place()
        name = self.advance()[1]
        text = f"$avp({name})"
        if self.accept("["):
            index = "*" if self.kind == "]" else str(self.integer())
            self.expect("]")
            text = f"$(avp({name})[{index}])"
        return nodes.Variable(at, text.encode("latin-1"))

    def select(self) -> nodes.Select:
        at = self.place()
        self.advance()
        path = ""
        while True:
            path += self.expect("ID", "a select's name")
            if self.accept("["):
                path += f'["{self.advance()[1]}"]' if self.kind == "STRING" else f"[{self.integer()}]"
                self.expect("]")
            if not self.accept("."):
                return nodes.Select(at, path.encode("latin-1"))
            path += "."

    def integer(self) -> int:
        """A number, perhaps a negative one."""
        negative = self.accept("-")
        value = number_value(self.expect("NUMBER", "a number"))
        return signed(-value) if negative else value

    def parenthesis(self) -> nodes.Expression:
        """`(expression)`, or `($var(x) = 1)`, which is a value as well."""
        opening = self.advance()
        if self.kind == ")":
            self.fail("a value is expected between the parentheses", opening)
        start = self.index
        inner = self.expression()
        if self.kind == "=" and isinstance(inner, nodes.Variable) and self.assignable(start):
            self.advance()
            inner = nodes.Sequence(inner.at, [nodes.Assign(inner.at, inner, self.expression())])
        if self.kind != ")":
            self.missing_parenthesis(opening)
        self.advance()
        return inner

    def assignable(self, start: int) -> bool:
        """The variable whose tokens go from `start` to here may be assigned to: `%name[2]` may not."""
        taken = self.index - start
        return taken == 1 or (taken == 3 and self.tokens[start][0] == "AVP")

    def hint(self) -> str:
        """What may have been meant by the token here."""
        raise NotImplementedError

    def missing_parenthesis(self, opening: Any) -> None:
        """Raises ConfigError: what began at the opening parenthesis does not end where it must."""
        hint = '; to compare, write "=="' if self.kind == "=" else self.hint()
        if self.kind == "END":
            self.fail('this "(" is never closed', opening)
        self.fail(f'")" is expected, not {self.shown()}{hint}')

    def braces(self) -> nodes.Sequence:
        at = self.place()
        return nodes.Sequence(at, self.block())

    def negative(self) -> nodes.Expression:
        if self.next_kind() == "NUMBER":
            at = self.place()
            return nodes.Number(at, self.integer())
        return self.unary()

    def unary(self) -> nodes.Unary:
        at = self.place()
        return nodes.Unary(at, self.advance()[0], self.operand())

    def measured(self) -> nodes.Unary:
        """`strlen(expression)`, `strempty(expression)`."""
        at = self.place()
        name = self.advance()[0]
        self.expect("(")
        operand = self.expression()
        self.expect(")")
        return nodes.Unary(at, name, operand)

    def selval(self) -> nodes.Selval:
        at = self.place()
        self.advance()
        self.expect("(")
        condition = self.expression()
        self.expect(",")
        yes = self.expression()
        self.expect(",")
        no = self.expression()
        self.expect(")")
        return nodes.Selval(at, condition, yes, no)

    # -- comparisons of the core's own operands

    def comparison(self) -> nodes.Binary:
        """`method == INVITE`, `src_ip == 192.0.2.0/24`, `uri == myself`, ..."""
        name = self.kind
        left = self.core_operand()
        operators = _ORDERED if name in _NUMBERS else _SAME if name in _PROTOS else _TEXT
        at = self.place()
        sign = operators.get(self.kind)
        if sign is None:
            self.fail(f"{_listed(operators)} is expected behind {name}, not {self.shown()}")
        self.advance()
        return nodes.Binary(at, sign, left, self.compared(name, sign))

    def core_operand(self) -> nodes.Operand:
        if self.kind in _ONLY_ONSEND and not self.onsend:
            self.mistake(f"{self.kind} is known in onsend_route only")
        return nodes.Operand(self.place(), self.advance()[0])

    def compared(self, name: str, sign: str) -> nodes.Expression:
        """What an operand of the core is compared with."""
        if name in _ADDRESSES:
            special = self.address_compared()
        elif (name == "method" and self.kind == "ID" and self.next_kind() != "(") or (
            name in _URIS and self.kind == "myself"
        ):
            special = self.word()
        elif name in _PROTOS and (self.kind in PROTOCOLS or self.kind in ("ws", "wss", "*")):
            special = nodes.Word(self.place(), self.advance()[0].encode())
        else:
            special = None
        if special is not None:
            return special
        start = self.tokens[self.index]
        value = self.expression(_ORDER if sign in ("<", ">", "<=", ">=") else _EQUALITY)
        if name in _ADDRESSES and constant_type(value) is int:
            self.mistake("an address is expected, not a number", start)
        return value

    def address_compared(self) -> nodes.Expression | None:
        """An address, network, host name or `myself`; None: an expression follows."""
        if self.kind == "myself":
            return self.word()
        if self.kind in ("IPV6", "[") or (self.kind == "NUMBER" and self.next_kind() == "."):
            return self.network()
        if self.kind == "ID" and self.next_kind() != "(":
            return self.host()
        return None

    def word(self) -> nodes.Word:
        return nodes.Word(self.place(), self.advance()[1].encode("latin-1"))

    def myself(self) -> nodes.Binary:
        """`myself == src_ip` is `src_ip == myself`."""
        right = self.word()
        at = self.place()
        sign = _SAME.get(self.kind)
        if sign is None:
            self.fail(f"== or != is expected behind myself, not {self.shown()}")
        self.advance()
        if self.kind not in _URIS and self.kind not in _ADDRESSES:
            self.unexpected("uri, from_uri, to_uri, src_ip or dst_ip")
        return nodes.Binary(at, sign, self.core_operand(), right)


def constant_type(expression: nodes.Expression) -> type | None:
    """int or bytes, for what is the same in every run; None for anything else."""
    match expression:
        case nodes.Number():
            return int
        case nodes.String():
            return bytes
        case nodes.Unary(operator=sign, operand=operand):
            inner = constant_type(operand)
            return inner and (bytes if sign == "(str)" else int)
        case nodes.Binary(operator="+", left=left, right=right):
            return constant_type(left) if constant_type(right) else None
        case nodes.Binary(left=left, right=right):
            return int if constant_type(left) and constant_type(right) else None
        case nodes.Selval(condition=condition, yes=yes, no=no):
            return constant_type(yes) if constant_type(condition) and constant_type(no) else None
    return None


def _listed(operators: dict[str, str]) -> str:
    signs = list(dict.fromkeys(operators.values()))
    return f"{', '.join(signs[:-1])} or {signs[-1]}"


READERS: dict[str, Callable[[Any], Any]] = {
    "NUMBER": Expressions.number,
    "STRING": Expressions.string,
    "VARIABLE": Expressions.variable,
    "PLAIN": Expressions.variable,
    "AVP": Expressions.attribute,
    "@": Expressions.select,
    "(": Expressions.parenthesis,
    "{": Expressions.braces,
    "-": Expressions.negative,
    "!": Expressions.unary,
    "~": Expressions.unary,
    "defined": Expressions.unary,
    "(int)": Expressions.unary,
    "(str)": Expressions.unary,
    "strlen": Expressions.measured,
    "strempty": Expressions.measured,
    "selval": Expressions.selval,
    "myself": Expressions.myself,
    "ID": lambda self: self.module_call(),
    **dict.fromkeys(OPERANDS, Expressions.comparison),
}
"""How an operand of each kind is read; calls of the core's functions join in from core_calls."""
