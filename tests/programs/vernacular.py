"""Headings and their vernacular forms: fields with $6 and the 880s that belong to them."""

import sys

from pymarc import MARCReader
from pymarc.exceptions import MissingLinkedFields

TAGS = ("100", "110", "111", "245", "246", "250", "260", "264", "490", "700", "710")

pairs = missing = 0
for filename in sys.argv[1:]:
    reader = MARCReader(open(filename, "rb"))
    for record in reader:
        if record is None:
            print("--", type(reader.current_exception).__name__)
            continue
        for field in record.get_fields(*TAGS):
            if "6" not in field:
                continue
            try:
                linked = record.get_linked_fields(field)
            except MissingLinkedFields as e:
                missing += 1
                print("!!", e)
                continue
            for other in linked:
                pairs += 1
                print(field.tag, field.linkage_occurrence_num(), other["6"], other.indicators)
                print("   ", field.format_field())
                print("   ", other.value())
        # 880s that nothing points to
        for field in record.get_fields("880"):
            if (field.linkage_occurrence_num() or "00") == "00":
                print("unlinked", field.get_subfields("6"), str(field))

print(pairs, "pairs", missing, "missing")
