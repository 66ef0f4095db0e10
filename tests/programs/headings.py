"""Authority headings with their references, and what holdings say of themselves."""

import sys

from pymarc import MARCReader

HEADINGS = ["100", "110", "111", "130", "150", "151", "155"]
SEE = [t.replace("1", "4", 1) for t in HEADINGS]
SEE_ALSO = ["5" + t[1:] for t in HEADINGS]


def authority(record):
    for heading in record.get_fields(*HEADINGS):
        print("*", heading.format_field())
        for ref in record.get_fields(*SEE):
            print("   x ", ref.format_field(), ref.get("w", "----"))
        for ref in record.get_fields(*SEE_ALSO):
            print("   xx", ref.format_field(), ref.get("w"))


def holdings(record):
    key = record["004"].data if "004" in record else "?"
    for field in record.location:
        print("@", key, field.get("b"), field.get("c"), field.get("h"), field.get("i"))
    for field in record.get_fields("853", "863", "866", "867", "868"):
        print("   ", field.tag, field.indicators.first, field.subfields_as_dict())


for path in sys.argv[1:]:
    for record in MARCReader(open(path, "rb"), force_utf8=True, utf8_handling="ignore"):
        if record is None:
            print("- unreadable")
            continue
        kind = record.leader.type_of_record
        if kind == "z":
            authority(record)
        elif kind in "uvxy":
            holdings(record)
        else:
            print("-", kind, record.leader.bibliographic_level, record.leader.encoding_level)
            print("  ", [f.format_field() for f in record.addedentries + record.series])
