"""Sorts the records of a file into one file for each type of record, each written by a thread.

concurrent_writing.py FILE FOLDER    FOLDER gets a.mrc, e.mrc and so on, by leader/06

One thread reads; each file has a queue of its own, which never holds more than a few
batches, and a thread that writes from it. Records that nothing has changed are written as
the bytes that they were.
"""

import queue
import sys
import threading
from collections import defaultdict
from pathlib import Path

import marcd

Batches = queue.Queue[list[marcd.Record] | None]


def write(file: Path, batches: Batches) -> None:
    """Write what comes, until None does."""
    with file.open("wb") as target:
        writer = marcd.MARCWriter(target)
        while (records := batches.get()) is not None:
            for record in records:
                writer.write(record)


def main(file: str, folder: str) -> None:
    writers: dict[str, tuple[Batches, threading.Thread]] = {}
    with marcd.MARCReader(file) as reader:
        while records := reader.read_batch(500):
            sorted_records: dict[str, list[marcd.Record]] = defaultdict(list)
            for record in records:
                sorted_records[record.leader[6] if record else "unreadable"].append(record)
            for kind, some in sorted_records.items():
                if kind == "unreadable":
                    print(f"{len(some)} records cannot be read", file=sys.stderr)
                    continue
                if kind not in writers:
                    batches: Batches = queue.Queue(maxsize=4)
                    path = Path(folder) / f"{kind}.mrc"
                    writers[kind] = batches, threading.Thread(target=write, args=(path, batches))
                    writers[kind][1].start()
                writers[kind][0].put(some)
    for batches, thread in writers.values():
        batches.put(None)
        thread.join()


if __name__ == "__main__":
    main(*sys.argv[1:])
