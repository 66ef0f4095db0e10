"""Counts the languages of several files' records, all files at once, by threads.

concurrent_reading.py FILE...

Each thread has a reader of its own. The daemon parses for all of them; what is left to the
threads is what the program does with the records.
"""

import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import marcd


def languages(file: str) -> Counter[str]:
    """How many of the file's records are in which language (008/35-37)."""
    counts: Counter[str] = Counter()
    with marcd.read(file) as reader:
        for batch in reader.batches():
            counts.update((general or "")[35:38] or "none" for general in batch.values("008"))
    return counts


def main(*files: str) -> None:
    with ThreadPoolExecutor(max_workers=8) as pool:
        for file, counts in zip(files, pool.map(languages, files)):
            print(file, *(f"{language} {count}" for language, count in counts.most_common()))


if __name__ == "__main__":
    main(*sys.argv[1:])
