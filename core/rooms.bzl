"""Which room of core may include which: only one that stands above it here."""

_ROOMS = [
    "base",
    "record",
    "diagnostics",
    "text",
    "compression",
    "source",
    "framing",
    "formats",
    "batch",
    "sink",
    "profile",
]

_OUTSIDE = [
    "//bench:__subpackages__",
    "//server:__subpackages__",
    "//tests:__subpackages__",
]

def below(room):
    """The visibility of a room: the rooms below it, and who uses core."""
    return _OUTSIDE + ["//core/%s:__subpackages__" % r for r in _ROOMS[_ROOMS.index(room):]]
