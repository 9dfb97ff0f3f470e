"""The derived index: everything an answer needs, in one folder of memory-mapped files that any process can rebuild.

It holds no truth of its own. ``follow`` brings it up to the store's change sequence; ``reader`` is how answers look
things up in it, without a database query on the way.
"""
