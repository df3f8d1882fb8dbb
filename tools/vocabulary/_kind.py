"""What a class is: its bases, followed through the imports of a whole release, until one says what it is for."""

from __future__ import annotations

from collections.abc import Mapping

from tools.vocabulary._source import Module

OTHER = "other"

_ROOTS = {
    "buildbot.process.buildstep.BuildStep": "step",
    "buildbot.worker.base.AbstractWorker": "worker",
    "buildbot.config.BuilderConfig": "builder",
    "buildbot.config.builder.BuilderConfig": "builder",
    "buildbot.schedulers.base.BaseScheduler": "scheduler",
    "buildbot.schedulers.base.ReconfigurableBaseScheduler": "scheduler",
    "buildbot.changes.base.ChangeSource": "change source",
    "buildbot.changes.mail.MaildirSource": "change source",  # not over `ChangeSource`
    "buildbot.secrets.providers.base.SecretProviderBase": "secrets provider",
    "buildbot.www.auth.AuthBase": "authentication",
    "buildbot.machine.base.Machine": "machine",
    "buildbot.configurators.ConfiguratorBase": "configurator",
    "buildbot.process.factory.BuildFactory": "factory",
    "buildbot.reporters.gerrit.GerritStatusGeneratorBase": "report generator",  # not over those in `generators`
}
_SERVICE = "buildbot.util.service.BuildbotService"
_MIXINS = {
    "buildbot.process.buildstep.CommandMixin": "step",
    "buildbot.process.buildstep.ShellMixin": "step",
    "buildbot.steps.configurable.BuildbotTestCiReadConfigMixin": "step",
    "buildbot.steps.worker.CompositeStepMixin": "step",
    "buildbot.util.codebase.AbsoluteSourceStampsMixin": "scheduler",
    "buildbot.util.git.GitStepMixin": "step",
    "buildbot.util.latent.CompatibleLatentWorkerMixin": "worker",
    "buildbot.util.pullrequest.PullRequestMixin": "change source",
}
"""What is mixed into classes of one kind alone.

A class of an administrator's that is written ``class X(ShellMixin, BuildStep)``, as the manual of Buildbot teaches, is
called a subclass of the mixin.
"""
KINDS = frozenset({*_ROOTS.values(), "reporter", "report generator", "service", OTHER})


class Codebase:
    """The modules of a release; ``plugins`` says where ``buildbot.plugins.steps.X`` and its like lead."""

    def __init__(
        self,
        modules: Mapping[str, Module],
        plugins: Mapping[str, str] | None = None,
        beside: Mapping[str, Module] | None = None,
    ) -> None:
        """``beside``: the modules of what is installed too, in which bases are found, and whose classes are not listed."""
        self._listed = modules
        self._modules = {**beside, **modules} if beside else modules
        self._plugins = plugins or {}

    def extended(self, modules: Mapping[str, Module]) -> Codebase:
        """Return this release with plugin packages installed beside it, whose classes are listed too."""
        return Codebase({**self._modules, **modules}, self._plugins)

    def under(self, modules: Mapping[str, Module], beside: Mapping[str, Module]) -> Codebase:
        """Return a plugin package with this release, and what is ``beside``, installed under it."""
        return Codebase(modules, self._plugins, {**self._modules, **beside})

    @property
    def classes(self) -> frozenset[str]:
        """The dotted paths of all public classes, each by the module that defines it."""
        return frozenset(
            f"{module}.{name}"
            for module, content in self._listed.items()
            for name in content.classes
            if not name.startswith("_")
        )

    @property
    def hooks(self) -> frozenset[str]:
        """The names of the change hooks of this release: its entry points, and before there were such, its modules."""
        packages = ("buildbot.plugins.webhooks.", "buildbot.www.hooks.")
        return frozenset(
            path.removeprefix(package)
            for package in packages
            for path in [*self._plugins, *self._modules]
            if path.startswith(package)
        )

    def resolve(self, path: str) -> str:
        """The path under which the thing at ``path`` is defined; ``path`` itself where the release does not say."""
        return self._resolve(path, frozenset()) or path

    def _resolve(self, path: str, seen: frozenset[str]) -> str | None:
        if path in seen:  # two modules that import each other's names
            return None
        seen |= {path}
        if path in self._plugins:
            return self._resolve(self._plugins[path], seen)
        owner, _, rest = path.rpartition(".")
        while owner and owner not in self._modules:
            owner, _, head = owner.rpartition(".")
            rest = f"{head}.{rest}"
        if not owner:
            return None
        module, (name, _, tail) = self._modules[owner], rest.partition(".")
        if name in module.classes:
            return None if tail else path
        if name in module.names:
            target = module.names[name]
            return self._resolve(f"{target}.{tail}" if tail else target, seen)
        return next(filter(None, (self._resolve(f"{star}.{rest}", seen) for star in module.stars)), None)

    def ancestry(self, path: str) -> frozenset[str]:
        """``path`` and the defining paths of all classes above it, as far as this release has them."""
        found: set[str] = set()
        waiting = [path]
        while waiting:
            current = waiting.pop()
            if current in found:
                continue
            found.add(current)
            owner, _, name = current.rpartition(".")
            module = self._modules.get(owner)
            if module is not None:
                waiting += [self.resolve(f"{owner}.{base}") for base in module.classes.get(name, ())]
        return frozenset(found)

    def kind(self, path: str) -> str:
        """One of `KINDS`, for the class that is defined at ``path``."""
        ancestry = self.ancestry(path)
        for root, kind in _ROOTS.items():
            if root in ancestry:
                return kind
        if any(each.startswith("buildbot.reporters.generators.") for each in ancestry):
            return "report generator"
        if _SERVICE in ancestry:
            return "reporter" if any(each.startswith("buildbot.reporters.") for each in ancestry) else "service"
        if any(each.startswith("buildbot.www.hooks.") for each in ancestry):  # over mixins of change sources, and none
            return OTHER
        return next((kind for mixin, kind in _MIXINS.items() if mixin in ancestry), OTHER)

    def heirs(self) -> dict[str, set[str]]:
        """Return each listed class of kind `OTHER` that is above listed classes of other kinds, and these kinds."""
        found: dict[str, set[str]] = {}
        for path in self.classes:
            kind = self.kind(path)
            for above in self.ancestry(path) & self.classes if kind != OTHER else ():
                if self.kind(above) == OTHER:
                    found.setdefault(above, set()).add(kind)
        return found
