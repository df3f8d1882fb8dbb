"""Mutants of Python: each is a module with one small thing changed, by operators of Cosmic Ray and three more."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator
from typing import Any, NamedTuple

from cosmic_ray.mutating import mutate_code
from cosmic_ray.operators.operator import Operator
from cosmic_ray.operators.provider import OperatorProvider
from parso import parse

_BINARY = (
    "Add_Sub",
    "Sub_Add",
    "Mul_Div",
    "Div_Mul",
    "FloorDiv_Mul",
    "Mod_Mul",
    "Pow_Mul",
    "LShift_Add",
    "BitOr_BitAnd",
)
_COMPARISON = (
    "Lt_LtE", "Lt_GtE", "LtE_Lt", "LtE_Gt", "Gt_GtE", "Gt_LtE", "GtE_Gt", "GtE_Lt", "Eq_NotEq", "NotEq_Eq", "Is_IsNot",
    "IsNot_Is",
)  # fmt: skip
_NAMED = (
    *(f"ReplaceBinaryOperator_{name}" for name in _BINARY),
    *(f"ReplaceComparisonOperator_{name}" for name in _COMPARISON),
    "ReplaceUnaryOperator_Delete_Not", "ReplaceUnaryOperator_Delete_USub", "AddNot", "ReplaceTrueWithFalse",
    "ReplaceFalseWithTrue", "ReplaceAndWithOr", "ReplaceOrWithAnd", "ReplaceBreakWithContinue",
    "ReplaceContinueWithBreak", "ExceptionReplacer", "NumberReplacer", "ZeroIterationForLoop",
)  # fmt: skip
"""One neighbour and the contrary of each, since the other replacements fail where these do."""


class Mutant(NamedTuple):
    """A module's file, the line that was changed as it became, and the whole text."""

    file: str
    became: str
    text: str

    def __str__(self) -> str:
        """As survivors are listed."""
        return f"{self.file}: {self.became}"


class _Added(Operator):  # type: ignore[misc]  # it has no types
    """An operator that changes a node in one way, where it changes it at all."""

    def mutation_positions(self, node: Any) -> Iterator[Any]:
        if self.changes(node):
            yield node.start_pos, node.end_pos

    def changes(self, node: Any) -> bool:
        raise NotImplementedError

    @classmethod
    def examples(cls) -> tuple[Any, ...]:
        return ()


class _TurnMembership(_Added):
    """``in`` becomes ``not in``, and the other way round."""

    def changes(self, node: Any) -> bool:
        return node.type == "comparison" and node.children[1].get_code().split() in (["in"], ["not", "in"])

    def mutate(self, node: Any, index: int) -> Any:
        node.children[1] = parse(" in" if "not" in node.children[1].get_code() else " not in")
        return node


class _TurnFilter(_Added):
    """The condition of a comprehension becomes its contrary."""

    def changes(self, node: Any) -> bool:
        return bool(node.type == "comp_if")

    def mutate(self, node: Any, index: int) -> Any:
        node.children[1] = parse(f" not ({node.children[1].get_code().strip()})")
        return node


class _LeaveOut(_Added):
    """A statement becomes ``pass``: a call, ``+=`` and its like, or what sets an item or an attribute."""

    def changes(self, node: Any) -> bool:
        if node.type == "atom_expr":
            return bool(node.parent.type == "simple_stmt")
        if node.type != "expr_stmt" or node.children[1].type != "operator":
            return False
        return bool(node.children[1].value != "=" or node.children[0].type == "atom_expr")

    def mutate(self, node: Any, index: int) -> Any:
        return parse(f"{node.get_first_leaf().prefix}pass")


def mutants(file: str, text: str) -> Iterator[Mutant]:
    """Every mutant of a module; annotations, signatures and decorators are left alone."""
    provider = OperatorProvider()
    operators = [*(provider[name]() for name in _NAMED), _TurnMembership(), _TurnFilter(), _LeaveOut()]
    known, lines = {_meaning(text)}, text.splitlines()
    seen: Counter[str] = Counter()
    for operator in operators:
        occurrence = 0
        while (changed := mutate_code(text, operator, occurrence)) is not None:
            occurrence += 1
            try:
                meaning = _meaning(changed)
            except SyntaxError:  # of the ``**`` before a dictionary
                continue
            if meaning in known:
                continue
            known.add(meaning)
            new, old = next(pair for pair in zip(changed.splitlines(), lines, strict=False) if pair[0] != pair[1])
            became = f"without {old.strip()}" if new.strip() == "pass" else new.strip()
            seen[became] += 1
            yield Mutant(file, became if seen[became] == 1 else f"{became} ({seen[became]})", changed)


def _meaning(text: str) -> str:
    """A module without what no test should notice."""
    tree = ast.parse(text)
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            node.returns, node.decorator_list = None, []
        elif isinstance(node, ast.ClassDef):
            node.decorator_list = []
        elif isinstance(node, ast.arguments):  # the star before those that are named is an operator to the operators
            node.args, node.posonlyargs = [*node.posonlyargs, *node.args, *node.kwonlyargs], []
            node.kwonlyargs, node.defaults, node.kw_defaults = [], [*node.defaults, *filter(None, node.kw_defaults)], []
        elif isinstance(node, ast.arg):
            node.annotation = None
        elif isinstance(node, ast.AnnAssign):
            node.annotation = ast.Constant(None)
    return ast.dump(tree)
