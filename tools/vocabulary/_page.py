"""The page of the documentation that says what the vocabulary was made from."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tools.vocabulary._inputs import Inputs

_INTRODUCTION = """# The published names

Made by `python -m tools.vocabulary`. A report names a class only if it is one of these: the classes that a release of
Buildbot had since {oldest}, and those of the public plugin packages below. Everything else is told as its nearest public
ancestor and a depth. Each package was read as syntax, and none was imported; `tools/vocabulary/inputs` has the digest of
each archive. This is version {version}; it knows Buildbot up to {newest}.
"""

_KINDS = """## Kinds

What a class is over says of which kind it is. What is mixed into classes of one kind alone, such as `ShellMixin`, is of
that kind, since a class that is written `class X(ShellMixin, BuildStep)` is told as a subclass of the mixin. For each class
of the kind `other`, `other.json` among the inputs says why.
"""

_TAKEN = """
## Packages

A package is taken where it is public, installs beside a Buildbot since 0.9 (some need `buildbot-pkg` for that), and is not
plainly one organisation's own: a public name with one user is as good as a hostname.
"""

_LEFT_OUT = """
## Left out

Found by the word *buildbot* in the names and summaries of the index, and not taken:
"""


def page(inputs: Inputs, vocabulary: Path) -> str:
    """Return the page, in Markdown, of a vocabulary that was made from these inputs."""
    document: dict[str, Any] = json.loads(vocabulary.read_text(encoding="utf-8"))
    introduction = _INTRODUCTION.format(
        oldest=document["releases"][0], newest=document["buildbot"], version=document["version"]
    )
    return "\n".join([introduction, *_lines(inputs, document)]) + "\n"


def _lines(inputs: Inputs, document: dict[str, Any]) -> Iterator[str]:
    yield _KINDS
    yield "| kind | classes |"
    yield "|---|---|"
    for kind, count in sorted(Counter(entry["kind"] for entry in document["classes"].values()).items()):
        yield f"| {kind} | {count} |"
    yield _TAKEN
    yield "| package | version | classes | plugins of the web interface | change hooks |"
    yield "|---|---|---|---|---|"
    classes = Counter(entry.get("package", "buildbot") for entry in document["classes"].values())
    for name, version in sorted(document["packages"].items()):
        www, hooks = (_of_package(name, document[key]) for key in ("www", "hooks"))
        where = " (only in a repository)" if name in inputs.repositories else ""
        yield f"| `{name}`{where} | {version} | {classes[name]} | {www} | {hooks} |"
    yield _LEFT_OUT
    yield "| package | why |"
    yield "|---|---|"
    for name, why in sorted(inputs.left_out.items()):
        yield f"| `{name}` | {why} |"


def _of_package(package: str, names: dict[str, str]) -> str:
    return ", ".join(f"`{name}`" for name, of in sorted(names.items()) if of == package)
