"""Steps (`marcd._steps`), whose actions are awaited."""

from __future__ import annotations

import asyncio
from typing import Any

from .._batch import Batch
from .._steps import Action, Blocking, Pause, Steps


async def _perform(action: Action) -> Any:
    if action.__class__ is Blocking:
        return await asyncio.to_thread(action)
    if isinstance(action, Pause):
        return await asyncio.sleep(action.seconds)
    return await action()


async def advance(steps: Steps[Any]) -> Any:
    """Await actions up to the next batch, and give that; at the end what they came to."""
    try:
        step = next(steps)
        while step.__class__ is not Batch:
            try:
                answer = await _perform(step)
            except BaseException as error:  # a cancellation too: the steps end their call
                step = steps.throw(error)
            else:
                step = steps.send(answer)
        return step
    except StopIteration as end:
        return end.value
