-- Buildbot, Python and Twisted, as numbers of releases that begin a series, 0 where it is not told; and what was asked.
[floor(buildbot / 1000), floor(python / 1000), floor(twisted / 1000000), {asked_kinds}]
