"""The wire's constants: where a report is posted, with which header, of which size, and the forms of the ids in it."""

from __future__ import annotations

import re

REPORTS_PATH = "/v1/reports"
"""Where our own reporter posts its reports."""

PHONE_HOME_PATH = "/events/phone_home"
"""Where stock Buildbot posts its reports."""

PATHS = frozenset({REPORTS_PATH, PHONE_HOME_PATH})
"""The paths at which a collector takes reports."""

PUBLICATION_PATH = "/public/publication.json"
"""Where a collector serves its newest publication, whole."""

SECRET_HEADER = "Headcount-Secret"  # noqa: S105  # a header's name
"""The header of a request to `REPORTS_PATH` that holds the `SECRET` of an installation, if it has one."""

LARGEST_BODY = 8 * 1024 * 1024
"""The most bytes of a report, before compression."""

LONGEST_TEXT = 300
"""The most characters of a name, version or distribution that is looked into: no published one is as long."""

INSTALL_ID = re.compile(r"[0-9a-f]{40}")
"""The id of an installation: a SHA-1, in hexadecimal digits."""

REPORT_ID = re.compile(r"[0-9a-f]{32}")
"""The id of a report: a UUID, in hexadecimal digits."""

SECRET = re.compile(r"[0-9a-f]{64}")
"""The secret of an installation: 256 bits, in hexadecimal digits."""
