"""What the vocabulary is made from: the committed files that say what was taken, at which version, and what was left out."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tools.vocabulary._fetch import WrongArchive, digest
from tools.vocabulary._source import Module

DIRECTORY = Path(__file__).parent / "inputs"


@dataclass(frozen=True)
class Package:
    """A plugin package of the index: ``module`` is what it installs, ``sha256`` that of its archive.

    ``together``: it is released together with Buildbot.
    """

    module: str
    version: str
    sha256: str
    together: bool = False


@dataclass(frozen=True)
class Inputs:
    """The inputs, by file.

    ``buildbot.json``, release of Buildbot → SHA-256 of its archive; ``packages.json``, name → `Package`;
    ``repositories.json``, name → the file of its classes and the SHA-256 of that; ``tags.json``, release that the index
    lacks → class → the modules that define it; ``left_out.json``, name → why it is not taken; ``other.json``, why classes
    are of the kind ``other`` → those classes.
    """

    directory: Path
    buildbot: dict[str, str]
    packages: dict[str, Package]
    repositories: dict[str, dict[str, str]]
    tags: dict[str, dict[str, list[str]]]
    left_out: dict[str, str]
    other: dict[str, list[str]]

    @property
    def looked_at(self) -> frozenset[str]:
        """The classes of kind ``other`` at which somebody looked."""
        return frozenset(path for paths in self.other.values() for path in paths)

    def write(self) -> None:
        """Write what taking a release up changes."""
        packages = {
            name: {
                "module": each.module,
                "version": each.version,
                "sha256": each.sha256,
                **({"together": True} if each.together else {}),
            }
            for name, each in self.packages.items()
        }
        for name, values in (("buildbot", self.buildbot), ("packages", packages)):
            (self.directory / f"{name}.json").write_text(render(values), encoding="utf-8")


def read_inputs(directory: Path = DIRECTORY) -> Inputs:
    """Return the inputs in a directory. Raises `OSError`, `ValueError` or `TypeError` where a file is not as it must be."""

    def read(name: str) -> Any:
        return json.loads((directory / f"{name}.json").read_text(encoding="utf-8"))

    return Inputs(
        directory,
        buildbot=read("buildbot"),
        packages={name: Package(**each) for name, each in read("packages").items()},
        repositories=read("repositories"),
        tags=read("tags"),
        left_out=read("left_out"),
        other=read("other"),
    )


def tagged(classes: Mapping[str, list[str]]) -> dict[str, Module]:
    """Return the modules of a tag, which says where a class is defined, and not over which bases."""
    modules: dict[str, Module] = {}
    for name, places in classes.items():
        for place in places:
            modules.setdefault(place.replace("/", "."), Module()).classes[name] = ()
    return modules


def read_repository(path: Path, sha256: str) -> dict[str, dict[str, Module]]:
    """Return the modules of a package that is only in a repository, by version, oldest first.

    ``path``: a file that says of each version its commit, and module → class → bases, dotted. A version that is no number
    goes by the first digits of its commit. Raises `WrongArchive` where the file has another digest.
    """
    if digest(path) != sha256:
        raise WrongArchive(f"{path} is not the file whose digest was recorded in {path.parent / 'repositories.json'}")
    found = {}
    for version, content in json.loads(path.read_text(encoding="utf-8"))["versions"].items():
        label = version if version[:1].isdigit() else content["commit"][:12]
        found[label] = _repository_modules(content["modules"])
    return found


def _repository_modules(contents: Mapping[str, Mapping[str, list[str]]]) -> dict[str, Module]:
    homes: dict[str, list[str]] = {}
    for name, classes in contents.items():
        for each in classes:
            homes.setdefault(each, []).append(name)
    modules = {}
    for name, classes in contents.items():
        bases = {base for each in classes.values() for base in each}
        names = {head: head for base in bases for head in [base.partition(".")[0]]}
        # what a module imports from its own package is written as if the module defined it
        for base in bases:
            owner, _, last = base.rpartition(".")
            if owner == name and last not in classes and len(homes.get(last, ())) == 1:
                names[last] = f"{homes[last][0]}.{last}"
        modules[name] = Module({each: tuple(above) for each, above in classes.items()}, names)
    return modules


def render(document: Mapping[str, object]) -> str:
    """Return an object as JSON with sorted entries, one a line; of the objects in it too."""

    def lines(value: object) -> str:
        if not isinstance(value, dict):
            return json.dumps(value)
        inner = ",\n".join(f"  {json.dumps(key)}: {json.dumps(value[key])}" for key in sorted(value))
        return f"{{\n{inner}\n }}"

    return "{\n" + ",\n".join(f' "{key}": {lines(value)}' for key, value in document.items()) + "\n}\n"
