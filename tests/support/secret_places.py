"""The places of a configuration that can hold a secret, as pieces of a ``master.cfg``.

In a piece ``$m`` and ``$o`` are markers. `PRELUDE` comes before the pieces, and `FINALE` after them.
"""

from __future__ import annotations

from dataclasses import dataclass

PRELUDE = """
import itertools, os, sys
import buildbot
from buildbot import interfaces
from buildbot.changes.base import ChangeSource
from buildbot.configurators import ConfiguratorBase
from buildbot.machine.base import Machine
from buildbot.plugins import changes, reporters, schedulers, secrets, steps, util, worker
from buildbot.process.buildstep import _BuildStepFactory
from buildbot.util.service import BuildbotService
from twisted.application import service as application
from zope.interface import implementer

buildbot.__path__.append(os.path.join({site!r}, 'under_buildbot'))
_number = itertools.count()
def new():
    return 'x%d' % next(_number)
_steps = [steps.ShellCommand(command=['true'])]
def builder(cls, name, **arguments):
    c['builders'].append(cls(name=name, workernames=['w1'], factory=util.BuildFactory(), **arguments))
c = BuildmasterConfig = dict(
    workers=[worker.LocalWorker('w1')], builders=[], change_source=[], services=[], secretsProviders=[], machines=[],
    schedulers=[schedulers.ForceScheduler('force', builderNames=['b1'])], projects=[], codebases=[], properties=dict(),
    configurators=[], protocols=dict(pb=dict(port='tcp:0:interface=127.0.0.1')),
    www=dict(port='tcp:0:interface=127.0.0.1', plugins=dict(waterfall_view=dict())),
    db_url={db_url!r},
)
"""

FINALE = """
for _name in ('b1', 'b2'):
    c['builders'].append(util.BuilderConfig(_name, workernames=['w1'], factory=util.BuildFactory(_steps)))
c['schedulers'].append(schedulers.Triggerable('all', builderNames=[_builder.name for _builder in c['builders']]))
"""


@dataclass(frozen=True)
class Place:
    """One place: the ``kind`` of secret that it holds, in words, and the ``piece`` that gives it one."""

    kind: str
    piece: str


def _places(**pieces: list[str]) -> tuple[Place, ...]:
    return tuple(Place(kind.replace("_", " "), piece) for kind, several in pieces.items() for piece in several)


PLACES = _places(
    names_of_workers=["c['workers'].append(worker.Worker('$m', 'p'))", "c['workers'].append(worker.LocalWorker('$m'))"],
    names_of_builders=[
        "builder(util.BuilderConfig, '$m')",
        "builder(util.BuilderConfig, new(), builddir='$m', workerbuilddir='$o')",
    ],
    tags_and_descriptions=["builder(util.BuilderConfig, new(), tags=['$m'], description='<b>$o</b>')"],
    names_of_schedulers=[
        "c['schedulers'].append(schedulers.ForceScheduler('$m', builderNames=['b1'], label='$o', buttonName='$o'))",
        "c['schedulers'].append(schedulers.Triggerable('$m', builderNames=['b1'], properties=dict($o='$o')))",
    ],
    names_of_steps=["_steps.append(steps.ShellCommand(name='$m', description='$o', command=['true']))"],
    names_of_projects=[
        "c['projects'].append(util.Project(name='$m', description='$o'))",
        (
            "c['schedulers'].append(schedulers.AnyBranchScheduler(new(), builderNames=['b1'], "
            "change_filter=util.ChangeFilter(project='$m', branch='$o')))"
        ),
    ],
    names_of_locks=["builder(util.BuilderConfig, new(), locks=[util.MasterLock('$m').access('exclusive')])"],
    names_of_machines=["c['machines'].append(Machine('$m'))"],
    names_and_values_of_properties=[
        "c['properties']['$m'] = '$o'",
        "builder(util.BuilderConfig, new(), properties={'$m': '$o'}, defaultProperties={'d_$m': ['$o']})",
        "c['workers'].append(worker.Worker(new(), 'p', properties={'$m': '$o'}))",
        "_steps.append(steps.SetProperty(property='$m', value=util.Interpolate('%(prop:$o)s')))",
    ],
    URLs_of_repositories=[
        "_steps.append(steps.Git(repourl='https://$m@$o.example.org/a.git', mode='incremental', branch='$o'))",
        (
            "c['change_source'].append(changes.GitPoller(repourl='ssh://$m.example.org/$o.git', pollInterval=86400, "
            "project='$o', pollAtLaunch=False))"
        ),
    ],
    commands=[
        "_steps.append(steps.ShellCommand(command=['deploy', '--to=$m', util.Secret('$o')], workdir='$m/$o'))",
        "_steps.append(steps.Trigger(schedulerNames=['$m'], set_properties={'$o': '$o'}))",
    ],
    environment_of_commands=[
        "builder(util.BuilderConfig, new(), env={'$m': '$o'})",
        "_steps.append(steps.Compile(command=['make'], env={'TOKEN': '$m', '$o': 'yes'}))",
    ],
    passwords_and_tokens=[
        "c['workers'].append(worker.Worker(new(), '$m'))",
        "c['change_source'].append(changes.PBChangeSource(user='$m', passwd='$o', name=new()))",
        "c['services'].append(reporters.HttpStatusPush('https://example.org', name=new(), auth=('$m', '$o')))",
        "c['services'].append(reporters.GitHubStatusPush(token='$m', context='$o', name=new()))",
        "c['www'].setdefault('change_hook_dialects', dict())['github'] = dict(secret='$m', strict=True)",
    ],
    names_of_change_hooks=["c['www'].setdefault('change_hook_dialects', dict())['$m'] = dict($o='$o')"],
    what_workers_tell_of_themselves=["import buildbot_worker\nbuildbot_worker.version = '4.3.0-$m'"],
    secrets_of_a_provider=[
        (
            "_directory = os.path.join(basedir, '$m')\n"
            "os.makedirs(_directory, exist_ok=True)\n"
            "with open(os.open(os.path.join(_directory, '$o'), os.O_CREAT | os.O_WRONLY, 0o600), 'w') as _file:\n"
            "    _file.write('$m')\n"
            "c['secretsProviders'].append(secrets.SecretInAFile(dirname=_directory))\n"
            "c['secretsProviders'][-1].name = new()"
        )
    ],
    users_and_roles=[
        "c['www']['auth'] = util.UserPasswordAuth({'$m': '$o'})",
        (
            "c['www']['authz'] = util.Authz(allowRules=[util.AnyControlEndpointMatcher(role='$m')], "
            "roleMatchers=[util.RolesFromEmails(**{'$m': ['$o@example.org']})])"
        ),
    ],
    addresses_of_mail=[
        (
            "c['services'].append(reporters.MailNotifier(fromaddr='$m@$o.example.org', sendToInterestedUsers=False, "
            "extraRecipients=['$o@example.org'], relayhost='$m.example.org', name=new()))"
        )
    ],
    chat_rooms=[
        "c['services'].append(reporters.IRC('127.0.0.1', '$m', port=9, channels=['#$o'], name=new()))",
    ],
    title_and_URLs=[
        "c['title'] = '$m'\nc['titleURL'] = 'https://$o.example.org/'",
        "c['buildbotURL'] = 'https://$m.example.org/$o/'",
        "c['services'].append(reporters.HttpStatusPush('https://$m.example.org/$o', name=new()))",
    ],
)
"""Where texts of an administrator's stand. Two pieces of one kind may stand beside each other."""

BASES = {
    "worker": ("worker.LocalWorker", "c['workers'].append({c}(new()))"),
    "builder": ("util.BuilderConfig", "builder({c}, new())"),
    "scheduler": ("schedulers.AnyBranchScheduler", "c['schedulers'].append({c}(new(), builderNames=['b1']))"),
    "change source": ("ChangeSource", "c['change_source'].append({c}(name=new()))"),
    "step": ("steps.ShellCommand", "_steps.append({c}(command=['true']))"),
    "reporter": ("reporters.HttpStatusPush", "c['services'].append({c}('https://example.org', name=new()))"),
    "service": ("BuildbotService", "c['services'].append({c}(name=new()))"),
    "secrets provider": ("secrets.SecretInAFile",
                         "{c}.name = new()\nc['secretsProviders'].append({c}(dirname={site!r}, suffixes=['.secret']))"),
    "authentication": ("util.UserPasswordAuth", "c['www']['auth'] = {c}(dict())"),
    "report generator": ("reporters.BuildStatusGenerator",
                         ("c['services'].append(reporters.MailNotifier(fromaddr='a@example.org', generators=[{c}()], "
                         "sendToInterestedUsers=False, extraRecipients=['b@example.org'], name=new()))")),
    "machine": ("Machine", "c['machines'].append({c}(new()))"),
    "factory": ("util.BuildFactory",
                "c['builders'].append(util.BuilderConfig(name=new(), workernames=['w1'], factory={c}()))"),
    "configurator": ("ConfiguratorBase", "c['configurators'].append({c}())"),
}  # fmt: skip
"""Kinds of plugins: the public class that private ones derive from, and what puts the class ``{c}`` to use."""

SHAPES = {
    "a class of master.cfg": "class $c($b):\n    pass",
    "a class with a mixin": "class $o:\n    pass\nclass $c($o, $b):\n    pass",
    "a class several steps away": "class $o($b):\n    pass\nclass $c($o):\n    pass",
    "a class made at run time": "$c = type('$c', ($b,), {'__module__': '$o'})",
    "a class with a metaclass": "class $o(type($b)):\n    pass\nclass $c($b, metaclass=$o):\n    pass",
    "a class with a metaclass that lies": (
        "class $o(type($b)):\n"
        "    __name__ = property(lambda cls: 'Git')\n"
        "    __module__ = property(lambda cls: 'buildbot.steps.$m')\n"
        "class $c($b, metaclass=$o):\n"
        "    pass"
    ),
    "a class in a class": "class $o:\n    class $c($b):\n        pass\n$c = $o.$c",
    "a class in a function": "def $o():\n    class $c($b):\n        pass\n    return $c\n$c = $o()",
    "a class that lies about its module": "class $c($b):\n    __module__ = 'buildbot.$o'",
    "a class that says a public module is its own": "class $c($b):\n    __module__ = 'buildbot.steps.shell'",
    "a class that lies about its name": (
        "class $c($b):\n    __module__ = 'buildbot.steps.shell'\n    __qualname__ = 'ShellCommand.$o'"
    ),
    "a class of a module of its own": "from $f import $c",
    "a class of a module under buildbot.": "from buildbot.$f import $c",
}
"""How a class ``$c`` of the public class ``$b`` may be made; ``$f`` is a module with one, and ``$o`` a name."""

MODULE = """
from buildbot.changes.base import ChangeSource
from buildbot.configurators import ConfiguratorBase
from buildbot.machine.base import Machine
from buildbot.plugins import changes, reporters, schedulers, secrets, steps, util, worker
from buildbot.util.service import BuildbotService

class {c}({b}):
    pass
"""

STRANGERS = {
    "a scheduler of no class of Buildbot's": (
        "@implementer(interfaces.IScheduler)\n"
        "class $c(application.Service):\n"
        "    name, reconfig_priority, __module__ = '$m', 128, '$o'\n"
        "    listBuilderNames = lambda self: ['b1']\n"
        "    canReconfigWithSibling = lambda self, sibling: True\n"
        "    reconfigServiceWithSibling = lambda self, sibling: None\n"
        "    getConfigDict = lambda self: dict(name=self.name)\n"
        "c['schedulers'].append($c())"
    ),
    "a factory of steps of no class of Buildbot's": (
        "@implementer(interfaces.IBuildStepFactory)\n"
        "class $c:\n"
        "    buildStep = lambda self: steps.ShellCommand(command=['$o'])\n"
        "_steps.append($c())"
    ),
    "a factory of steps of a class of its own": (
        "class $c(_BuildStepFactory):\n    pass\n_steps.append($c(steps.ShellCommand, command=['$o']))"
    ),
}
"""Classes that stand where Buildbot's are expected without deriving from them, or make what does."""
