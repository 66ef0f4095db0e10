# The compiled form of the package's hot classes: what marcd/_accelerated.py takes from it.
# The classes are those of the package, whose attributes `adopt` gives them.

from typing import Any, final

from . import _frames
from ._reader import Iteration as Iteration
from .field import Field as Field
from .field import Subfield as Subfield
from .record import Record as Record

# Made by read_message alone, over the bytes of the message.
@final
class Frames(_frames.Frames): ...

# Tells the extension what it makes or raises by the names FrameError, Indicators, Leader,
# Undecoded and make_raw_fields.
def use(**classes: Any) -> None: ...

# The numbers of a response by their field, the frames of its batch, and whether there is
# more in the batch. ValueError for bytes that are no response.
def read_message(message: bytes | memoryview, /) -> tuple[dict[int, Any], Frames, bool]: ...
