"""What a stream does, apart from how it waits: generators of steps.

A step is a Batch, for the reader, or an action: a call without arguments that may take its
time. The generator goes on with what the action gives, or with its error. So one text serves
both clients: `advance` carries the actions out in the calling thread, that of `marcd.aio`
awaits what they give.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from functools import partial
from time import sleep
from typing import Any, TypeVar

from ._batch import Batch

T = TypeVar("T")
Action = Callable[[], Any]
# What it returns is what it comes to; a stream's steps come to nothing but their batches.
Steps = Generator[Any, Any, T]


@dataclass(frozen=True)
class Pause:
    """The action of doing nothing for so long."""

    seconds: float

    def __call__(self) -> None:
        sleep(self.seconds)


@dataclass(frozen=True)
class Blocking:
    """An action of the program's or the system's, which knows but one way to wait."""

    function: Callable[[], Any]

    def __call__(self) -> Any:
        return self.function()


def blocking(function: Callable[[int], Any]) -> Callable[[int], Blocking]:
    """Makes the action of calling the function with a number."""
    return lambda number: Blocking(partial(function, number))


def advance(steps: Steps[Any]) -> Any:
    """Carry out actions up to the next batch, and give that; at the end what they came to."""
    try:
        step = next(steps)
        while step.__class__ is not Batch:
            try:
                answer = step()
            except BaseException as error:
                step = steps.throw(error)
            else:
                step = steps.send(answer)
        return step
    except StopIteration as end:
        return end.value


def run(steps: Steps[None]) -> Iterator[Batch]:
    """The batches."""
    return iter(partial(advance, steps), None)
