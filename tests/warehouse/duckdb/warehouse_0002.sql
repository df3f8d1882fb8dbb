INSERT INTO births (install, day, second, earliest) VALUES
(1, '2026-03-01', '2026-03-02', '2026-03-01'),
(2, '2026-03-01', '2026-03-02', '2026-03-01'),
(3, '2026-03-01', '2026-03-02', '2026-03-01'),
(4, '2026-03-01', '2026-03-02', '2026-03-01'),
(5, '2026-03-01', '2026-03-02', '2026-03-01'),
(6, '2026-03-01', '2026-03-02', '2026-03-01');
INSERT INTO classes (class, name, kind) VALUES
(3, 'buildbot.config.builder.BuilderConfig', 'builder'),
(4, 'buildbot.configurators.janitor.BuildDataJanitor', 'step'),
(5, 'buildbot.configurators.janitor.LogChunksJanitor', 'step'),
(6, 'buildbot.process.buildstep.BuildStep', 'step'),
(7, 'buildbot.schedulers.basic.SingleBranchScheduler', 'scheduler'),
(8, 'buildbot.schedulers.forcesched.ForceScheduler', 'scheduler'),
(9, 'buildbot.schedulers.timed.Nightly', 'scheduler'),
(10, 'buildbot.schedulers.timed.NightlyTriggerable', 'scheduler'),
(11, 'buildbot.schedulers.triggerable.Triggerable', 'scheduler'),
(12, 'buildbot.steps.master.MasterShellCommand', 'step'),
(13, 'buildbot.steps.shell.Compile', 'step'),
(14, 'buildbot.steps.shell.Configure', 'step'),
(15, 'buildbot.steps.shell.ShellCommand', 'step'),
(16, 'buildbot.steps.shell.Test', 'step'),
(17, 'buildbot.steps.shellsequence.ShellSequence', 'step'),
(18, 'buildbot.steps.source.git.Git', 'step'),
(19, 'buildbot.steps.transfer.FileUpload', 'step'),
(20, 'buildbot.steps.trigger.Trigger', 'step'),
(21, 'buildbot.worker.docker.DockerLatentWorker', 'worker'),
(22, 'buildbot.worker.local.LocalWorker', 'worker'),
(23, 'console_view', 'www'),
(24, 'grid_view', 'www'),
(25, 'waterfall_view', 'www'),
(26, 'wsgi_dashboards', 'www'),
(27, 'buildbot.reporters.http.HttpStatusPush', 'reporter'),
(28, 'buildbot.schedulers.basic.AnyBranchScheduler', 'scheduler'),
(29, 'buildbot.steps.master.SetProperty', 'step'),
(30, 'buildbot.steps.shell.SetPropertyFromCommand', 'step'),
(31, 'buildbot.steps.source.github.GitHub', 'step'),
(32, 'buildbot.steps.transfer.StringDownload', 'step'),
(33, 'buildbot.steps.worker.RemoveDirectory', 'step'),
(34, 'buildbot.util.service.BuildbotService', 'service'),
(35, 'buildbot.worker.base.Worker', 'worker');
INSERT INTO daily (day, installs, newcomers) VALUES
('2026-03-01', 6, 6),
('2026-03-02', 6, 0);
INSERT INTO facts (name, value) VALUES
('key', '0123456789abcdef');
INSERT INTO first (install, release, day, upto) VALUES
(1, 4003000, '2026-03-01', '2026-03-02'),
(2, 4003000, '2026-03-01', '2026-03-02'),
(3, 4003000, '2026-03-01', '2026-03-02'),
(4, 4003000, '2026-03-01', '2026-03-02'),
(5, 4003000, '2026-03-01', '2026-03-02'),
(6, 4003000, '2026-03-01', '2026-03-02');
INSERT INTO latest (install, profile, last) VALUES
(1, 1, 1772452800),
(2, 2, 1772452800),
(3, 3, 1772452800),
(4, 4, 1772452800),
(5, 5, 1772452800),
(6, 6, 1772452800);
INSERT INTO marks (inbox, through) VALUES
('a', 12);
INSERT INTO month (m, install, profile, days, second) VALUES
('2026-03-01', 1, 1, 2, 129600),
('2026-03-01', 2, 2, 2, 129600),
('2026-03-01', 3, 3, 2, 129600),
('2026-03-01', 4, 4, 2, 129600),
('2026-03-01', 5, 5, 2, 129600),
('2026-03-01', 6, 6, 2, 129600);
INSERT INTO profiles (profile, sender, level, vocabulary, answered, buildbot, python, twisted, sqlalchemy, system, machine, distro, kernel, implementation, db, mq, multi_master, classes, depths, counts, sequences, builders, scrubbed, scrubs, newer) VALUES
(1, 'stock', 'full', '', ['versions.Buildbot', 'versions.Python', 'versions.Twisted', 'platform.system', 'platform.machine', 'platform.distro', 'platform.version', 'platform.python_implementation', 'db', 'mq', 'plugins', 'www_plugins', 'builders'], 4003000, 3011007, 26010000, 0, 'Linux', 'x86_64', 'debian:12', '6.18', 'CPython', 'sqlite', 'simple', 0, [3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26], [0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0], [58, 1, 1, 53, 2, 7, 1, 2, 2, 46, 53, 51, 51, 2, 46, 2, 46, 6, 2, 1, 1, 1, 1, 1], [['buildbot.configurators.janitor.LogChunksJanitor', 'buildbot.configurators.janitor.BuildDataJanitor'], ['>>buildbot.process.buildstep.BuildStep'], ['buildbot.steps.shell.ShellCommand', '>>buildbot.process.buildstep.BuildStep', 'buildbot.steps.shell.Configure', 'buildbot.steps.shell.Compile'], ['buildbot.steps.shell.ShellCommand', '>>buildbot.process.buildstep.BuildStep', 'buildbot.steps.shell.Configure', 'buildbot.steps.shell.Compile', 'buildbot.steps.shell.Compile'], ['buildbot.steps.shell.ShellCommand', '>>buildbot.process.buildstep.BuildStep', 'buildbot.steps.shell.Configure', 'buildbot.steps.shell.Compile', 'buildbot.steps.shell.Compile', 'buildbot.steps.shell.Test', '>>buildbot.steps.shellsequence.ShellSequence', 'buildbot.steps.transfer.FileUpload', 'buildbot.steps.master.MasterShellCommand'], ['buildbot.steps.shell.ShellCommand', '>>buildbot.process.buildstep.BuildStep', 'buildbot.steps.shell.Configure', 'buildbot.steps.shell.Compile', 'buildbot.steps.shell.Test', '>>buildbot.steps.shellsequence.ShellSequence', 'buildbot.steps.transfer.FileUpload', 'buildbot.steps.master.MasterShellCommand'], ['buildbot.steps.shell.ShellCommand', '>>buildbot.process.buildstep.BuildStep', 'buildbot.steps.shell.Configure', 'buildbot.steps.shell.Compile', '>>buildbot.steps.shellsequence.ShellSequence', 'buildbot.steps.transfer.FileUpload', 'buildbot.steps.master.MasterShellCommand'], ['buildbot.steps.source.git.Git', 'buildbot.steps.trigger.Trigger', 'buildbot.steps.trigger.Trigger'], ['buildbot.steps.trigger.Trigger']], [1, 2, 4, 1, 1, 1, 44, 2, 2], [], [], 0),
(2, 'stock', 'basic', '', ['versions.Buildbot', 'versions.Python', 'versions.Twisted', 'platform.system', 'platform.machine', 'platform.distro', 'platform.version', 'platform.python_implementation', 'db', 'mq', 'plugins', 'www_plugins'], 4003000, 3011007, 26010000, 0, 'Linux', 'x86_64', 'debian:12', '6.18', 'CPython', 'postgresql', 'simple', 0, [3, 4, 5, 27, 28, 8, 9, 11, 12, 29, 13, 30, 15, 16, 31, 19, 32, 20, 33, 34, 35, 22, 23, 24, 25], [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0], [36, 1, 1, 1, 3, 1, 2, 3, 87, 7, 28, 6, 213, 9, 42, 23, 22, 3, 7, 1, 10, 1, 1, 1, 1], [], [], [], [], 0),
(3, 'headcount', 'full', '2026.11.24', ['versions.Buildbot', 'versions.Python', 'versions.Twisted', 'versions.SQLAlchemy', 'platform.system', 'platform.machine', 'platform.distro', 'platform.version', 'platform.python_implementation', 'db', 'mq', 'plugins', 'www_plugins', 'builders', 'multi_master'], 4003000, 3011007, 26010000, 2001009, 'Linux', 'x86_64', 'debian:12', '6.18', 'CPython', 'sqlite', 'simple', 0, [3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26], [0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0], [58, 1, 1, 53, 2, 7, 1, 2, 2, 46, 53, 51, 51, 2, 46, 2, 46, 6, 2, 1, 1, 1, 1, 1], [['buildbot.configurators.janitor.LogChunksJanitor', 'buildbot.configurators.janitor.BuildDataJanitor'], ['>>buildbot.process.buildstep.BuildStep'], ['buildbot.steps.shell.ShellCommand', '>>buildbot.process.buildstep.BuildStep', 'buildbot.steps.shell.Configure', 'buildbot.steps.shell.Compile'], ['buildbot.steps.shell.ShellCommand', '>>buildbot.process.buildstep.BuildStep', 'buildbot.steps.shell.Configure', 'buildbot.steps.shell.Compile', 'buildbot.steps.shell.Compile'], ['buildbot.steps.shell.ShellCommand', '>>buildbot.process.buildstep.BuildStep', 'buildbot.steps.shell.Configure', 'buildbot.steps.shell.Compile', 'buildbot.steps.shell.Compile', 'buildbot.steps.shell.Test', '>>buildbot.steps.shellsequence.ShellSequence', 'buildbot.steps.transfer.FileUpload', 'buildbot.steps.master.MasterShellCommand'], ['buildbot.steps.shell.ShellCommand', '>>buildbot.process.buildstep.BuildStep', 'buildbot.steps.shell.Configure', 'buildbot.steps.shell.Compile', 'buildbot.steps.shell.Test', '>>buildbot.steps.shellsequence.ShellSequence', 'buildbot.steps.transfer.FileUpload', 'buildbot.steps.master.MasterShellCommand'], ['buildbot.steps.shell.ShellCommand', '>>buildbot.process.buildstep.BuildStep', 'buildbot.steps.shell.Configure', 'buildbot.steps.shell.Compile', '>>buildbot.steps.shellsequence.ShellSequence', 'buildbot.steps.transfer.FileUpload', 'buildbot.steps.master.MasterShellCommand'], ['buildbot.steps.source.git.Git', 'buildbot.steps.trigger.Trigger', 'buildbot.steps.trigger.Trigger'], ['buildbot.steps.trigger.Trigger']], [1, 2, 4, 1, 1, 1, 44, 2, 2], [], [], 0),
(4, 'stock', 'custom', '', ['versions.Buildbot', 'plugins', 'www_plugins', 'builders'], 4003000, 0, 0, 0, '', '', '', '', '', '', '', 0, [3, 5, 8, 9, 18, 22, 25], [0, 0, 0, 0, 0, 0, 0], [5, 2, 2, 1, 3, 4, 1], [['buildbot.configurators.janitor.LogChunksJanitor'], ['buildbot.steps.source.git.Git']], [2, 3], [], [], 0),
(5, 'stock', 'custom', '', ['versions.Buildbot', 'plugins', 'www_plugins', 'builders'], 4003000, 0, 0, 0, '', '', '', '', '', '', '', 0, [3, 4, 5, 18, 25], [0, 0, 0, 0, 0], [1, 1, 1, 1, 1], [['buildbot.steps.source.git.Git', 'buildbot.configurators.janitor.LogChunksJanitor', 'buildbot.configurators.janitor.BuildDataJanitor']], [1], [], [], 0),
(6, 'stock', 'custom', '', ['versions.Buildbot', 'plugins', 'www_plugins', 'builders'], 4003000, 0, 0, 0, '', '', '', '', '', '', '', 0, [3, 18, 25], [0, 0, 0], [1, 1, 1], [['buildbot.steps.source.git.Git']], [1], [], [], 0);
INSERT INTO sightings (install, day, profile, second) VALUES
(1, '2026-03-01', 1, 43200),
(1, '2026-03-02', 1, 43200),
(2, '2026-03-01', 2, 43200),
(2, '2026-03-02', 2, 43200),
(3, '2026-03-01', 3, 43200),
(3, '2026-03-02', 3, 43200),
(4, '2026-03-01', 4, 43200),
(4, '2026-03-02', 4, 43200),
(5, '2026-03-01', 5, 43200),
(5, '2026-03-02', 5, 43200),
(6, '2026-03-01', 6, 43200),
(6, '2026-03-02', 6, 43200);
