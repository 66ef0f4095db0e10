"""Title, author and ISBN of every record, as CSV."""

import csv
import sys

from pymarc import MARCReader

writer = csv.writer(sys.stdout, quoting=csv.QUOTE_ALL)
writer.writerow(["file", "id", "title", "author", "isbn", "publisher", "year"])

skipped = 0
for path in sys.argv[1:]:
    with open(path, "rb") as fh:
        reader = MARCReader(fh, to_unicode=True, force_utf8=False)
        for record in reader:
            if record is None:
                skipped += 1
                continue
            try:
                control_number = record["001"].data
            except KeyError:
                control_number = ""
            writer.writerow(
                [
                    path.split("/")[-1],
                    control_number,
                    (record.title or "").strip(" /:;,."),
                    record.author,
                    record.isbn,
                    record.publisher,
                    record.pubyear,
                ]
            )

print(f"{skipped} records could not be read", file=sys.stderr)
