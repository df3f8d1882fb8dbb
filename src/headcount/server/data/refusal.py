"""What cannot be used now, as a refusal that a command ends in."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from headcount._refused import Refused
from headcount.server._turns import Busy
from headcount.warehouse import WarehouseUnavailable


@contextmanager
def refusing() -> Iterator[None]:
    """Raise `Refused` in place of what a warehouse, an inbox or a disk raises that cannot be used, or that is busy."""
    try:
        yield
    except WarehouseUnavailable as error:
        raise Refused(f"the warehouse cannot be used now: {error}; `headcount doctor` says what to do.") from error
    except Busy as error:
        raise Refused(f"{error}.") from error
    except (sqlite3.Error, OSError) as error:
        reason = str(error).partition("\n")[0]
        raise Refused(f"the data cannot be used now: {reason}; `headcount doctor` says what to do.") from error
