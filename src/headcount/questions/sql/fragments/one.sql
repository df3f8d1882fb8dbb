-- What an installation adds to a sum: itself. `record_key` in its place makes of each count the key of its cell.
1
