-- Buildbot, Python and Twisted, as numbers of releases that begin a series, 0 where it is not told; and what was asked.
[
    toInt64(floor(buildbot / 1000)),
    toInt64(floor(python / 1000)),
    toInt64(floor(twisted / 1000000)),
    toInt64({asked_kinds})
]
