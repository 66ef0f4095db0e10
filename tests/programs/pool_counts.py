"""Works on several files at once with multiprocessing.

usage: pool_counts.py [--spawn] files...
"""

import multiprocessing
import sys
from collections import Counter

import pymarc


def tags(path):
    counter, unreadable = Counter(), 0
    with open(path, "rb") as fh:
        for record in pymarc.MARCReader(fh):
            if record is None:
                unreadable += 1
            else:
                counter.update(field.tag for field in record.fields)
    return path.split("/")[-1], unreadable, counter


def heaviest(path):
    """Sends a whole record back to the parent."""
    best = None
    for record in pymarc.MARCReader(open(path, "rb")):
        if record and (best is None or len(record.fields) > len(best.fields)):
            best = record
    return best


def title(record):
    return record.title if isinstance(record, pymarc.Record) else "nothing"


if __name__ == "__main__":
    files = sys.argv[1:]
    if files[0] == "--spawn":
        multiprocessing.set_start_method("spawn")
        files.pop(0)
    # the parent reads too, before it starts the workers
    print(title(next(iter(pymarc.MARCReader(open(files[0], "rb"))))))
    total = Counter()
    with multiprocessing.Pool(2) as pool:
        for name, unreadable, counter in pool.imap(tags, files):
            print(name, unreadable, sum(counter.values()))
            total += counter
        records = pool.map(heaviest, files, chunksize=1)
        print(pool.map(title, records))
    for record in records:
        if record is not None:
            print(record)
    print(sorted(total.items()))
