"""What each change makes of what a warehouse holds, and what is derived of that, stated once as pure functions.

Standard library; no driver, no I/O, no clock. An engine

1. reads what is held (`Base`) of whole families, asks `decide` what a batch of arrivals changes of that, and `loaded` what
   is held then;
2. calls `derive` for those families: it returns all their derived rows, which replace those that are there;
3. counts the days of `touched_days` again (`count_days`), and calls `set_apart` for the quarantine.

In the place of a load there may be an erasure (`erased`), a retention (`expired`), a look at the clock (`believed`), a move
of what came under a wrong one (`moved`), and a rebuild (`rebuilt`). Each says which families it touches.

An engine may have a faster way, which is held to this one by tests. Nothing here depends on what was derived before, but for
the judgement on pairs (`Origin`): so a load that was cut off and is repeated comes to the same.
"""

from headcount.warehouse.derivation._agreement import LEFT_OUT, entries
from headcount.warehouse.derivation._arrivals import AHEAD, Decision, Held, Sent, decide
from headcount.warehouse.derivation._bases import Base, Changed, loaded, names
from headcount.warehouse.derivation._clock import Shift, believed, is_time_due, moved, stepped
from headcount.warehouse.derivation._families import (
    Derived,
    Facts,
    derive,
    profiles_to_compare,
    stir,
)
from headcount.warehouse.derivation._months import alive_since, alive_until, day_of
from headcount.warehouse.derivation._quarantine import Newcomer, Quarantine, Tally, set_apart
from headcount.warehouse.derivation._retention import erased, expired, rebuilt
from headcount.warehouse.derivation._rows import (
    LONG_AGO,
    NEVER,
    Anonymous,
    Apart,
    Birth,
    Comeback,
    Crowded,
    Daily,
    Drop,
    First,
    Flood,
    Later,
    Latest,
    Month,
    Origin,
    Pair,
    Repeat,
    Sighting,
    Spell,
)
from headcount.warehouse.derivation._totals import count_days, touched_days

__all__ = [
    "AHEAD",
    "LEFT_OUT",
    "LONG_AGO",
    "NEVER",
    "Anonymous",
    "Apart",
    "Base",
    "Birth",
    "Changed",
    "Comeback",
    "Crowded",
    "Daily",
    "Decision",
    "Derived",
    "Drop",
    "Facts",
    "First",
    "Flood",
    "Held",
    "Later",
    "Latest",
    "Month",
    "Newcomer",
    "Origin",
    "Pair",
    "Quarantine",
    "Repeat",
    "Sent",
    "Shift",
    "Sighting",
    "Spell",
    "Tally",
    "alive_since",
    "alive_until",
    "believed",
    "count_days",
    "day_of",
    "decide",
    "derive",
    "entries",
    "erased",
    "expired",
    "is_time_due",
    "loaded",
    "moved",
    "names",
    "profiles_to_compare",
    "rebuilt",
    "set_apart",
    "stepped",
    "stir",
    "touched_days",
]
