"""Computes an equation that is written in TeX, with arrays for its symbols.

It knows as much TeX as the equations of features need: sums, greatest and least over indices or
where something holds, fractions, roots, powers, norms, and what is defined after it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

TOKEN = re.compile(r"\\[a-zA-Z]+|\d+(?:\.\d+)?|\S")
#: What only says how large something is drawn.
LOOKS = ("\\left", "\\right", "\\cdot", "\\mathrm")
RELATIONS: dict[str, Callable[..., Any]] = {
    "\\ne": np.not_equal,
    "\\ge": np.greater_equal,
    "\\le": np.less_equal,
    "=": np.equal,
}
REDUCED = {"\\sum": np.sum, "\\max": np.max, "\\min": np.min}
#: What stands where nothing holds, so that it does not count.
NEUTRAL = {"\\sum": 0.0, "\\max": -np.inf, "\\min": np.inf}
ENDS = {")", "}", ",", "+", "-", "\\rvert", "\\rVert", "=", *RELATIONS}
ACCENTS = ("\\bar", "\\hat", "\\vec")


def log2(x: Any) -> Any:
    """Of 0 it is 0: the factor before it is 0 as well."""
    return np.log2(np.where(x > 0, x, 1.0))


FUNCTIONS: dict[str, Callable[..., Any]] = {"\\log_2": log2, "\\exp": np.exp, "\\max": np.maximum}


class Symbols:
    """Values of symbols; an index is an axis of all arrays, and vectors lie along the last one."""

    def __init__(self, **axes: Any) -> None:
        self.axes = list(axes)
        self.known: dict[str, Any] = {}
        for name, values in axes.items():
            self.put(name, values, (name,))

    def put(self, name: str, values: Any, along: Sequence[str] = (), vector: bool = False) -> None:
        """A symbol, with a value for each of the indices that it runs along."""
        values = np.asarray(values, float)
        shape = [1] * (len(self.axes) + 1)
        for axis, index in enumerate(along):
            shape[self.axes.index(index)] = values.shape[axis]
        if vector:
            shape[-1] = values.shape[-1]
        # Transposed so that axes come in their order.
        order = sorted(range(len(along)), key=lambda axis: self.axes.index(along[axis]))
        order += [len(along)] if vector else []
        self.known[name.replace(" ", "")] = values.transpose(order).reshape(shape)


def value(equation: str, symbols: Symbols) -> float:
    """The number that an equation stands for."""
    return float(np.squeeze(_clauses(equation, symbols)))


def _clauses(equation: str, symbols: Symbols) -> Any:
    first, *others = equation.split(",\\quad")
    made = Symbols()
    made.axes, made.known = symbols.axes, dict(symbols.known)
    for clause in reversed(others):
        name, _, text = clause.partition("=")
        made.known[name.replace(" ", "")] = Reader(text, made).all()
    # `V_{10} = …` only says what the value is called.
    if re.match(r"[^{=]*(\{[^}]*\})? = ", first):
        first = first.partition(" = ")[2]
    return Reader(first, made).all()


class Reader:
    """Reads an expression from its left to its right."""

    def __init__(self, text: str, symbols: Symbols) -> None:
        self.symbols = symbols
        self.tokens = [one for one in TOKEN.findall(text) if one not in LOOKS]
        self.at = 0

    def all(self) -> Any:
        with np.errstate(divide="ignore", invalid="ignore"):
            made = self.sum()
        assert self.at == len(self.tokens), f"not understood: {self.tokens[self.at :]}"
        return made

    def peek(self) -> str:
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def take(self, wanted: str = "") -> str:
        found = self.peek()
        assert found, "it ends too early"
        assert wanted in ("", found), f"{found!r} in the place of {wanted!r}"
        self.at += 1
        return found

    def takes(self, wanted: str) -> bool:
        found = self.peek() == wanted
        self.at += found
        return found

    def sum(self) -> Any:
        made = -self.product() if self.takes("-") else self.product()
        while self.peek() in ("+", "-"):
            made = made + self.product() if self.take() == "+" else made - self.product()
        return made

    def product(self) -> Any:
        made = self.power()
        while self.peek() and self.peek() not in ENDS:
            made = made / self.power() if self.takes("/") else made * self.power()
        return made

    def power(self) -> Any:
        made = self.factor()
        return made ** self.group() if self.takes("^") else made

    def group(self) -> Any:
        """What stands in braces, or a single token."""
        if self.takes("{"):
            made = self.sum()
            self.take("}")
            return made
        return self.factor()

    def between(self, closing: str) -> Any:
        made = self.sum()
        self.take(closing)
        return made

    def factor(self) -> Any:
        token = self.take()
        if token == "(":
            return self.between(")")
        if token == "\\lvert":
            return np.abs(self.between("\\rvert"))
        if token == "\\lVert":
            inside = self.between("\\rVert")
            return np.sqrt(np.sum(inside * inside, axis=-1, keepdims=True))
        if token == "\\frac":
            over = self.group()
            return over / self.group()
        if token == "\\sqrt":
            return np.sqrt(self.group())
        if token == "\\arg":
            return self.reduced(self.take(), place=True)
        if token in REDUCED and self.peek() == "_":
            return self.reduced(token)
        if token == "\\pi":
            return np.pi
        if token[0].isdecimal():
            return float(token)
        return self.symbol(token)

    def symbol(self, token: str) -> Any:
        """The value of a symbol with its accent and index, or of a function of what follows."""
        if token in ACCENTS:
            self.take("{")
            token += "{" + self.take() + self.take("}")
        if self.takes("_"):
            token += "_" + self.raw()
        found = FUNCTIONS.get(token, self.symbols.known.get(token))
        assert found is not None, f"{token} is not known"
        if not callable(found):
            return found
        if not self.takes("("):
            return found(self.power())
        given = [self.sum()]
        while self.takes(","):
            given.append(self.sum())
        self.take(")")
        return found(*given)

    def raw(self) -> str:
        """An index as it is written."""
        if self.peek() != "{":
            return self.take()
        text = self.take("{")
        while text.count("{") > text.count("}"):
            text += self.take()
        return text

    def reduced(self, kind: str, place: bool = False) -> Any:
        """A sum, or the greatest or least, of the product that follows."""
        self.take("_")
        axes, where = self.condition(self.raw()[1:-1])
        inside = self.power() if kind != "\\sum" else self.product()
        shape = [1] * np.ndim(inside)
        for axis in axes:
            shape[axis] = self.symbols.known[self.symbols.axes[axis]].shape[axis]
        inside = np.broadcast_to(inside, np.broadcast_shapes(np.shape(inside), tuple(shape)))
        inside = np.where(where, inside, NEUTRAL[kind])
        if place:
            (axis,) = axes
            index = self.symbols.known[self.symbols.axes[axis]].ravel()
            chosen = np.argmax if kind == "\\max" else np.argmin
            return index[chosen(inside, axis=axis)]
        return REDUCED[kind](inside, axis=tuple(axes), keepdims=True)

    def condition(self, text: str) -> tuple[list[int], Any]:
        """The axes that an index names, and where its values count."""
        for sign, holds in RELATIONS.items():
            left, found, right = text.partition(sign)
            if found:
                sides = [Reader(side, self.symbols).all() for side in (left, right)]
                where = holds(*sides)
                return [axis for axis in range(np.ndim(where) - 1) if where.shape[axis] > 1], where
        return [self.symbols.axes.index(name) for name in text.split(",")], True
