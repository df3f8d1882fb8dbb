"""The compiler of conditions such as ``plugin = CVS and python < 3.10``.

The grammar is in ``where.lark``, the terms are in `headcount.questions._terms`. What was typed gets
into a statement only as the value of a parameter.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

import lark

from headcount.questions._condition import Condition, Part
from headcount.questions._logic import Compared, Judgement, both, either
from headcount.questions._query import BadQuestion
from headcount.questions._suggestion import suggestion
from headcount.questions._terms import TERMS, Bindings, NoSuchValue

_LONGEST = 1_000  # characters: nobody types more, and what is nested deeper than that could exhaust the stack
_MOST = 60  # comparisons

_EXPECTED = {
    "WORD": "a name or a value", "QUOTED": "a quoted value", "OPERATOR": "one of = != < <= > >=", "_IN": "'in'",
    "_AND": "'and'", "_OR": "'or'", "_NOT": "'not'", "NOT": "'not in'", "LPAR": "'('", "RPAR": "')'", "COMMA": "','",
    "$END": "the end",
}  # fmt: skip


def condition(text: str, parameter: str = "where") -> Condition:
    """Return the condition that a text stands for, given in that parameter: `where` or `with`.

    Raises `BadQuestion`, which points at the character that is wrong.
    """
    parsed = parse(text, parameter)
    try:
        return _Compiler(text, parameter).compile(parsed)
    except lark.exceptions.VisitError as error:
        raise error.orig_exc from None


def parse(text: str, parameter: str = "where") -> Any:
    """Return the tree of a text by the grammar, whether or not there are its terms and values. Raises `BadQuestion`."""
    if len(text) > _LONGEST:
        raise BadQuestion(f"{parameter} is {len(text):,} characters long: {_LONGEST:,} are the most")
    try:
        return _parser().parse(text)
    except lark.UnexpectedInput as error:
        raise _unexpected(text, parameter, error) from None


@cache
def _parser() -> lark.Lark:
    grammar = files("headcount.questions").joinpath("where.lark").read_text(encoding="utf-8")
    return lark.Lark(grammar, parser="lalr", maybe_placeholders=True, propagate_positions=True)


def _unexpected(text: str, parameter: str, error: lark.UnexpectedInput) -> BadQuestion:
    if isinstance(error, lark.UnexpectedToken):
        wanted = error.accepts or error.expected
        place = len(text) if error.token.type == "$END" else error.token.start_pos or 0
    else:
        wanted = getattr(error, "allowed", None) or set()
        place = error.pos_in_stream if error.pos_in_stream is not None and error.pos_in_stream >= 0 else len(text)
    named = sorted({_EXPECTED[name] for name in wanted if name in _EXPECTED})
    if isinstance(error, lark.UnexpectedToken) and error.token.type == "RPAR" and wanted <= {"WORD", "QUOTED"}:
        return _pointing(text, parameter, place, "a set has at least one value, such as plugin in (CVS, SVN)")
    found = repr(text[place]) if place < len(text) else "the end"
    return _pointing(text, parameter, place, f"{' or '.join(named) or 'nothing'} must stand here, not {found}")


def _pointing(text: str, parameter: str, place: int, what: str) -> BadQuestion:
    shown = "".join(" " if char.isspace() else char for char in text)
    return BadQuestion(f"{parameter}, character {place + 1}: {what}\n  {shown}\n  {' ' * place}^")


class _Compiler(lark.visitors.Transformer_InPlaceRecursive):  # type: ignore[type-arg]  # it has no parameters at run time
    """Compiles a tree from its leaves up: the judgement of each node is made of those of its parts."""

    def __init__(self, text: str, parameter: str) -> None:
        super().__init__()
        self._text = text
        self._parameter = parameter
        self._fields: set[str] = set()
        self._bindings = Bindings("w" if parameter == "where" else "v")
        self._parts: list[Judgement] = []

    def compile(self, tree: Any) -> Condition:
        texts = self._alternatives(tree)
        judged: Judgement = self.transform(tree)
        values, classes = self._bindings.values, self._bindings.classes
        parts = tuple(Part(text, each.true) for text, each in zip(texts, self._parts, strict=True)) if texts else ()
        fields = tuple(sorted(self._fields))
        return Condition(self._text.strip(), fields, judged.true, judged.false, values, classes, parts)

    def _alternatives(self, tree: Any) -> list[str]:
        """Return the texts of what `or`, or a list, joins at the top of a tree; none where nothing is joined there."""
        if tree.data == "either":
            return [self._text[part.meta.start_pos : part.meta.end_pos] for part in tree.children]
        if tree.data == "membership" and tree.children[1] is None and len(tree.children) > 3:
            name, _, *values = tree.children
            return [f"{name} = {self._text[value.meta.start_pos : value.meta.end_pos]}" for value in values]
        return []

    def either(self, parts: list[Judgement]) -> Judgement:
        self._parts = parts  # those of the top are the last
        return either(parts)

    def both(self, parts: list[Judgement]) -> Judgement:
        return both(parts)

    def negation(self, parts: list[Judgement]) -> Judgement:
        return parts[0].negated()

    def value(self, parts: list[lark.Token]) -> lark.Token:
        (token,) = parts
        return token.update(value=token[1:-1]) if token.type == "QUOTED" else token

    def comparison(self, parts: list[lark.Token]) -> Judgement:
        name, operator, value = parts
        return self._compare(name, "=" if operator == "==" else str(operator), operator, value)

    def membership(self, parts: list[lark.Token | None]) -> Judgement:
        name, negated, *values = parts
        assert name is not None
        judged = self.either([self._compare(name, "=", name, value) for value in values if value is not None])
        return judged if negated is None else judged.negated()

    def _compare(self, name: lark.Token, operator: str, at: lark.Token, value: lark.Token) -> Judgement:
        term = TERMS.get(str(name).lower())
        if term is None:
            raise self._wrong(
                name, f"there is no {str(name)!r}{suggestion(str(name), TERMS)}: there are {', '.join(TERMS)}"
            )
        if operator not in term.operators:
            raise self._wrong(at, f"{name} is compared by {' '.join(term.operators)}, not {operator}")
        if len(self._bindings) >= _MOST:
            raise self._wrong(name, f"{_MOST} comparisons are the most")
        bound = set(self._bindings.classes)
        try:
            predicate = term.compile(operator, str(value), self._bindings)
        except NoSuchValue as error:
            raise self._wrong(value, str(error)) from None
        named = [each for place, each in self._bindings.classes.items() if place not in bound]
        fields = frozenset(term.fields).union(each.field for each in named)
        self._fields.update(fields)
        return Compared.of(fields, predicate)

    def _wrong(self, token: lark.Token, what: str) -> BadQuestion:
        return _pointing(self._text, self._parameter, token.start_pos or 0, what)
