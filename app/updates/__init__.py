"""Whether there is a newer Inkstand: looked up when somebody asks, or has asked for it once.

Only in a package that names an index of versions and the keys it is signed with (`source`); others
have none of it. Nothing but that index is ever fetched (docs/decisions/0036).
"""
