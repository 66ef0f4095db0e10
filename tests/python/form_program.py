"""Does with records what a seed says, and tells all that was to be seen: a line a sequence.

  python -m tests.python.form_program SEED COUNT WRITTEN [READ]

Pickles of the records go to the file WRITTEN; those in READ, which the other form wrote, are
told of at the end. Both forms are to say the same: test_forms.
"""

from __future__ import annotations

import json
import logging
import pickle
import random
import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.python import form_actions as actions

LENGTH = 8  # actions in a sequence


def told(function: Callable[[], Any]) -> Any:
    """What a function's result shows, or what it raises says."""
    try:
        return actions.shown(function())
    except (TypeError, AttributeError) as error:  # the words are the interpreter's
        return [type(error).__qualname__]
    except Exception as error:
        return [type(error).__qualname__, str(error)]


def acted(rng: random.Random, record: Any) -> Any:
    """What comes of one action."""
    kind = rng.random()
    if kind < 0.5:
        return rng.choice(actions.RECORD_ACTIONS)(rng, record)
    field = rng.choice(record.fields) if rng.random() < 0.3 else record[actions.tag(rng)]
    if kind < 0.9:
        return rng.choice(actions.FIELD_ACTIONS)(rng, field)
    return rng.choice(actions.SUBFIELD_ACTIONS)(rng, rng.choice(field.subfields))


def sequence(rng: random.Random) -> tuple[list[Any], Any]:
    """What is seen in a sequence of actions, and the record that is left."""
    record = actions.record(rng)
    seen = []
    for _ in range(LENGTH):
        own = random.Random(rng.random())  # however far an action gets
        seen.append(told(lambda: acted(own, record)))  # noqa: B023
    seen.append(told(lambda: record))
    return seen, record


def pickled(rng: random.Random, record: Any) -> bytes:
    try:
        return pickle.dumps(record, rng.randrange(pickle.HIGHEST_PROTOCOL + 1))
    except Exception as error:  # the same in both forms
        return pickle.dumps(str(error))


def main() -> None:
    warnings.simplefilter("ignore")
    logging.disable()
    seed, count, written, *read = sys.argv[1:]
    pickles = []
    for number in range(int(count)):
        rng = random.Random(f"{seed}.{number}")
        seen, record = sequence(rng)
        print(json.dumps(seen))
        pickles.append(pickled(rng, record))
    Path(written).write_bytes(pickle.dumps(pickles))
    if read:
        for data in pickle.loads(Path(read[0]).read_bytes()):
            print(json.dumps(told(lambda: pickle.loads(data))))  # noqa: B023


if __name__ == "__main__":
    main()
