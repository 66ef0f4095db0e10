"""ISBNs and ISSNs of many files, read by a pool of threads; bad check digits are listed."""

import os
import sys
from concurrent.futures import ThreadPoolExecutor

from pymarc import MARCReader


def check13(isbn):
    digits = [int(c) for c in isbn]
    return sum(d * (3 if i % 2 else 1) for i, d in enumerate(digits)) % 10 == 0


def harvest(path):
    rows = []
    with open(path, "rb") as fh:
        for n, record in enumerate(MARCReader(fh, to_unicode=True)):
            if record is None:
                rows.append((n, "unreadable", ""))
                continue
            for field in record.get_fields("020"):
                for value in field.get_subfields("a", "z"):
                    isbn = value.split(" ")[0].replace("-", "").split("(")[0].upper()
                    if len(isbn) == 13 and isbn.isdigit() and not check13(isbn):
                        rows.append((n, "check digit", value))
                    elif len(isbn) not in (10, 13):
                        rows.append((n, "length", value))
            rows.append((n, record.isbn, record.issn))
    return rows


with ThreadPoolExecutor(max_workers=4) as pool:
    paths = sys.argv[1:]
    for path, rows in zip(paths, pool.map(harvest, paths)):
        print(os.path.basename(path), len(rows))
        for row in rows:
            print("\t".join(map(str, row)))
