"""What loading derives, stated once: pure functions from what a warehouse holds to what it derives of that.

Standard library; no driver, no I/O, no clock. An engine

1. asks `decide` what a batch of arrivals changes of what is held, and writes that;
2. finds with `stocks` and `members` which installations that touches;
3. reads what is held of those, and calls `derive`: it returns all their derived rows, which replace those that are there;
4. counts the days of `touched_days` again (`count_days`), and calls `set_apart` for the quarantine.

What is no load, an erasure, a retention, and what a wrong clock needs, changes what is held (`Base`) by `erased`, `expired`,
`believed` and `moved`. Each says which families it touches; 3. and 4. follow, from what it `Changed`.

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
    members,
    profiles_to_compare,
    stir,
    stocks,
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
    "members",
    "moved",
    "names",
    "profiles_to_compare",
    "rebuilt",
    "set_apart",
    "stepped",
    "stir",
    "stocks",
    "touched_days",
]
