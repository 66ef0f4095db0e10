"""Prints the ISBNs of several files that are no ISBNs, by a process for each core.

many_processes.py FILE...

Reading needs no processes; the checking does, for Python runs one thread at a time. All
processes share one daemon, and each has its own connection to it.
"""

import multiprocessing
import sys

import marcd


def is_isbn(text: str) -> bool:
    """Whether the check digit is right (ISO 2108, annex C)."""
    digits = text.replace("-", "").upper()
    if not digits[:-1].isdigit() or not (digits[-1].isdigit() or digits[-1] == "X"):
        return False
    values = [10 if digit == "X" else int(digit) for digit in digits]
    if len(values) == 10:
        return sum(weight * value for weight, value in zip(range(10, 0, -1), values)) % 11 == 0
    return len(values) == 13 and sum(values[::2] + [3 * v for v in values[1::2]]) % 10 == 0


def wrong_numbers(file: str) -> list[str]:
    """A line for each wrong number in the file."""
    found = []
    with marcd.read(file) as reader:
        for batch in reader.batches():
            for number, isbns in zip(batch.values("001"), batch.lists("020", "a")):
                texts = [isbn.split()[0] for isbn in isbns if isbn.split()]
                found += [f"{file} {number} {text}" for text in texts if not is_isbn(text)]
    return found


def main(*files: str) -> None:
    with multiprocessing.get_context("spawn").Pool() as pool:
        for lines in pool.imap(wrong_numbers, files):
            print(*lines, sep="\n", end="\n" if lines else "")


if __name__ == "__main__":
    main(*sys.argv[1:])
