"""The reporter inside a master. In ``master.cfg``: ``c.setdefault('configurators',
[]).append(util.UsageData(url='https://…'))``.

Buildbot's entry point imports this module, so it imports nothing that can fail, and nothing that takes
time.
"""

from __future__ import annotations

from headcount.client._usage_data import UsageData

__all__ = ["UsageData", "secret_for"]


def secret_for(collector: str, line: str) -> str:
    """Return the secret that a collector gets, 64 hexadecimal digits.

    ``collector``: its url, or the name that ``UsageData`` gives it; ``line``: the one in the secret's file.
    Raises ValueError where the line is no secret.
    """
    from headcount.client._collector import canonical, secret_for
    from headcount.contract import SECRET

    if not SECRET.fullmatch(line):
        raise ValueError("a secret has 64 hexadecimal digits in lower case")
    return secret_for(canonical(collector), line)
