-- What an installation runs on; empty where it is not told.
[distro, db, system, mq]
