"""Writes a table of titles, authors and subjects as CSV, without an object per record.

columns.py FILE >table.csv
"""

import csv
import sys

import marcd


def main(file: str) -> None:
    table = csv.writer(sys.stdout, lineterminator="\n")
    table.writerow(["number", "title", "author", "subjects"])
    with marcd.read(file) as reader:
        for batch in reader.batches():
            subjects = map("; ".join, batch.lists("650", "a"))
            columns = [batch.values("001"), batch.values("245", "a"), batch.values("100", "a")]
            table.writerows(zip(*columns, subjects))


if __name__ == "__main__":
    main(*sys.argv[1:])
