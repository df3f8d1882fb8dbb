"""Archetypes fitted to the reports of six public masters: their sizes, their pipelines, and how they subclass.

The reports are in `tests/contract/corpus`, and `docs/fleet.md` compares each archetype with its own. A table names classes
by their last word: ``*3`` stands for three in a row or three instances, ``>`` for a direct subclass.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from random import Random

from headcount.fleet.simulation.classes import FACTORY, KINDS, Use
from headcount.fleet.simulation.details import Details
from headcount.fleet.simulation.shop import Shop

_BY_WORD = {path.rpartition(".")[2]: path for path in KINDS}
_SPREAD = 0.5  # of the logarithm of a shop's size over its archetype's


@dataclass(frozen=True)
class Fitted:
    """An archetype that was fitted to the report of one master.

    ``project``: its name in the corpus; ``share``: of 1,000 installations; ``ways``: ways to build, each after the
    number of its builders; ``others``: classes that are no steps, with their instances; ``full``: those that only a full
    report of ours counts; ``own``: classes behind which there are several of the administrator's own, and how many;
    ``janitors``: the steps that its JanitorConfigurator adds; ``hooks``: its change hooks, from the project's
    configuration, since stock does not say them; ``factories``: the share of the builders whose factory is of a class of
    the administrator's.
    """

    project: str
    share: int
    ways: str
    others: str
    full: str
    www: tuple[str, ...]
    own: str = ""
    janitors: str = "LogChunksJanitor"
    hooks: tuple[str, ...] = ()
    factories: float = 0.0

    @property
    def builders(self) -> int:
        """The builders of the master, without the janitor's."""
        return sum(count for count, _ in self.pipelines())

    def pipelines(self) -> list[tuple[int, tuple[Use, ...]]]:
        """Return its ways to build, each with the number of its builders."""
        found: list[tuple[int, tuple[Use, ...]]] = []
        for words in re.findall(r"\d+(?: +[A-Za-z]\S*)+", " ".join(self.ways.split())):
            number, _, steps = words.partition(" ")
            found.append((int(number), tuple(use for use, count in uses(steps) for _ in range(count))))
        return found


_VIEWS = ("console_view", "grid_view", "waterfall_view")
FITTED: dict[str, Fitted] = {
    "one project on very many platforms": Fitted(
        project="cpython",
        share=3,
        ways="""489 GitHub> Configure Compile ShellCommand> Test> FileUpload> ShellCommand>
            262 GitHub> Configure Compile ShellCommand> Test> ShellCommand>
            118 GitHub> ShellCommand Configure Compile ShellCommand> Test> FileUpload> ShellCommand>
            103 GitHub> Configure Compile ShellCommand>*3 Test> ShellCommand>*2
            50 GitHub> Compile ShellCommand> Test> FileUpload> ShellCommand>
            14 GitHub> ShellCommand SetPropertyFromCommand Configure Compile ShellCommand> Configure Compile Test>""",
        others="""Worker*57 SingleBranchScheduler*14 ForceScheduler GitHubStatusPush GitHubStatusPush> HttpStatusPush>
            AnyBranchScheduler>""",
        full="BuildStartEndStatusGenerator*3 BuildRequestGenerator*2",
        www=(*_VIEWS, "wsgi_dashboards"),
        own="ShellCommand*5 FileUpload*2 Test*2",
        hooks=("github",),
        factories=0.95,
    ),
    "an application and its packages": Fitted(
        project="dolphin",
        share=15,
        ways="""7 GitHub> ShellCommand*3 Compile*2 ShellCommand StringDownload ShellCommand
            6 GitHub> ShellCommand*4 StringDownload ShellCommand*4 MasterShellCommand FileUpload MasterShellCommand*3
                ShellCommand StringDownload SetPropertyFromCommand ShellCommand*3
            5 GitHub> ShellCommand*2 Compile Test
            5 GitHub>*2 ShellCommand*4 Compile ShellCommand StringDownload ShellCommand
            7 GitHub> RemoveDirectory Compile Test ShellCommand*2 MasterShellCommand FileUpload MasterShellCommand*2
                SetProperty MasterShellCommand*2 ShellCommand*2
            2 GitHub>*2 ShellCommand*12 MasterShellCommand FileUpload MasterShellCommand*3 ShellCommand*3 FileUpload
                MasterShellCommand*2
            3 GitHub> ShellCommand*2 MasterShellCommand FileUpload MasterShellCommand*3 Trigger""",
        others="""Worker*10 AnyBranchScheduler*3 Triggerable*3 Nightly HttpStatusPush""",
        full="GitHubAuth",
        www=_VIEWS,
        janitors="LogChunksJanitor BuildDataJanitor",
        hooks=("github",),
    ),
    "many products of one recipe": Fitted(
        project="nextgis",
        share=10,
        ways="""143 Git ShellSequence MakeDirectory ShellCommand*5 Trigger
            55 Git ShellSequence ShellCommand*4 MakeDirectory ShellCommand*2 ShellSequence ShellCommand
            19 Git ShellSequence ShellCommand
            23 ShellCommand*3 Git ShellSequence MakeDirectory ShellCommand*5 Trigger
            3 ShellCommand Git ShellSequence*2 ShellCommand*2 ShellMixin>*2
            3 RemoveDirectory*2 Git MakeDirectory ShellSequence*4 CopyDirectory ShellCommand*8
            3 Git MakeDirectory ShellCommand*2 FileDownload ShellCommand StringDownload Sphinx ShellCommand*3""",
        others="""ForceScheduler*131 GitPoller*123 SingleBranchScheduler*108 DockerLatentWorker>*7 LibVirtWorker*2
            Triggerable*2 MailNotifier""",
        full="SecretProviderBase> AuthBase>",
        www=("badges", *_VIEWS),
        own="ShellMixin*2",
    ),
    "few builders of seventy steps": Fitted(
        project="openwrt1",
        share=15,
        ways="""11 ShellCommand SetPropertyFromCommand FileDownload SetPropertyFromCommand*3 Git ShellCommand Git
                ShellCommand*3 StringDownload*2 ShellCommand*4 StringDownload ShellCommand*3 SetPropertyFromCommand
                StringDownload*3 ShellCommand*8 SetPropertyFromCommand ShellCommand*11 ShellMixin> ShellCommand*2
                MasterShellCommand ShellCommand FileUpload MasterShellCommand FileDownload ShellCommand*5
                FileDownload ShellCommand FileDownload ShellCommand*8
            1 Trigger""",
        others="""Worker*2 LocalWorker ForceScheduler IRC AnyBranchScheduler Triggerable GitPoller""",
        full="UserPasswordAuth",
        www=_VIEWS,
    ),
    "one recipe in many containers": Fitted(
        project="scummvm",
        share=15,
        ways="""46 ShellCommand BuildStep> Configure Compile ShellSequence> FileUpload MasterShellCommand
            5 ShellCommand BuildStep> Configure Compile
            4 Git Trigger*2
            2 BuildStep> Test""",
        others="""ForceScheduler*6 DockerLatentWorker>*2 SingleBranchScheduler*2 NightlyTriggerable*2 Triggerable*2""",
        full="",
        www=(*_VIEWS, "wsgi_dashboards"),
        own="BuildStep*2",
        janitors="LogChunksJanitor BuildDataJanitor",
    ),
    "a compiler on machines of others": Fitted(
        project="zorg-43",
        share=10,
        ways="""73 RemoveDirectory Git RemoveDirectory CMake> WarningCountingShellCommand> Test>
            67 SetPropertyFromCommand Git ShellMixin>
            21 Git ShellCommand*3 WarningCountingShellCommand Test>
            19 Git*3 ShellCommand*2 WarningCountingShellCommand Test> ShellCommand*6 Test>
            14 RemoveDirectory Git RemoveDirectory CMake> WarningCountingShellCommand> Test>*5 RemoveDirectory
                WarningCountingShellCommand>
            9 RemoveDirectory Git RemoveDirectory*2 CMake> WarningCountingShellCommand>*3 RemoveDirectory*2 CMake>
                WarningCountingShellCommand>*3 RemoveDirectory*2 CMake> WarningCountingShellCommand>*2 ShellCommand*3
            9 SetProperties*2 RemoveDirectory*4 Git CMake*5 Test>*4""",
        others="""Worker*187 SingleBranchScheduler*59 ForceScheduler*3 Nightly GitPoller> GitPoller""",
        full="",
        www=_VIEWS,
        own="Test*2 WarningCountingShellCommand*2 ShellMixin*2",
        janitors="",
        factories=0.5,
    ),
}
"""Description → archetype."""


def draw_fitted(rng: Random) -> Shop | None:
    """Return a shop of one of the archetypes, or None, as often as their shares say."""
    left = 1000 - sum(archetype.share for archetype in FITTED.values())
    (chosen,) = rng.choices([None, *FITTED.values()], [left, *(archetype.share for archetype in FITTED.values())])
    return None if chosen is None else fitted_shop(chosen, rng.lognormvariate(0, _SPREAD))


def fitted_shop(archetype: Fitted, size: float = 1.0) -> Shop:
    """Return a shop that is ``size`` times as large as the master that the archetype was fitted to."""
    return Shop(
        builders=max(1, round(archetype.builders * size)),
        pipelines=tuple(steps for _, steps in archetype.pipelines()),
        others=tuple((0, use, max(1, round(count * size))) for use, count in uses(archetype.others)),
        full=tuple((0, use, count) for use, count in uses(archetype.full)),
        www=archetype.www,
        janitors=tuple(use.base for use, _ in uses(archetype.janitors)),
        weights=tuple(count for count, _ in archetype.pipelines()),
        details=Details(
            archetype.hooks,
            factories=((Use(FACTORY, 1), archetype.factories),),
            own={use.base: count for use, count in uses(archetype.own)},
        ),
    )


def uses(table: str) -> list[tuple[Use, int]]:
    """Return the uses that a table names, with their counts."""
    found = []
    for entry in table.split():
        word, _, count = entry.partition("*")
        found.append((Use(_BY_WORD[word.rstrip(">")], word.count(">")), int(count or 1)))
    return found
