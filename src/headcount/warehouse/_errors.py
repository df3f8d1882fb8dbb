"""What an engine raises: whatever is wrong with a warehouse, in words that do not depend on the engine."""

from __future__ import annotations


class WarehouseUnavailable(Exception):
    """The warehouse cannot be read or written now. The message says why, in one line."""


class Unloadable(Exception):
    """Something in a batch of arrivals cannot be loaded, whenever it is tried; nothing of the batch was.

    The message names the kind of the failure, and holds nothing of what was sent.
    """


class WrongWarehouse(WarehouseUnavailable):
    """What is there is no warehouse for this Headcount, and waiting does not help. The message says what to do."""


class OtherKey(WrongWarehouse):
    """The warehouse holds pseudonyms of another key: what is loaded would be under the wrong ones."""


class WarehouseInUse(WarehouseUnavailable):
    """Another process owns the warehouse."""
