"""The keywords of settings in the stub, made of its attributes."""

from __future__ import annotations

import ast

BEGIN = "    # Generated from the attributes (`REGENERATE=1 pytest tests/test_stub.py`).\n"
END = "    # End of the keywords.\n"

#: What is taken beside what an attribute may be.
MORE = {
    "filters": "str | Mapping[str, Any] | ",
    "resample_spacing_mm": "float | ",
}


class _Taken(ast.NodeTransformer):
    """Any sequence for a tuple, any mapping for a dict."""

    def visit_Subscript(self, node: ast.Subscript) -> ast.AST:
        self.generic_visit(node)
        kind = ast.unparse(node.value)
        if kind == "dict":
            return ast.Subscript(ast.Name("Mapping"), node.slice)
        if kind != "tuple":
            return node
        first, *others = node.slice.elts
        same = {ast.unparse(first), "..."}
        assert all(ast.unparse(one) in same for one in others), ast.unparse(node)
        return ast.Subscript(ast.Name("Sequence"), first)


def keyword(name: str, attribute: str) -> str:
    """What a keyword takes whose attribute is of a type."""
    return MORE.get(name, "") + ast.unparse(_Taken().visit(ast.parse(attribute, mode="eval")))


def keywords(attributes: dict[str, str]) -> str:
    """The lines of the stub, between its comments."""
    lines = [f"    {name}: {keyword(name, of)}\n" for name, of in attributes.items()]
    return "".join(["    profile: str\n", *lines])
