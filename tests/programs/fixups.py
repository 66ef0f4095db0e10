"""Cleans a vendor's file: local fields out, provenance in, titles and links mended."""

import sys
from pymarc import MARCReader, MARCWriter, Field, Subfield, Indicators

ARTICLES = ("The ", "A ", "An ", "Der ", "Die ", "Das ", "Le ", "La ", "Les ", "L'")
LOCAL = ["%03d" % n for n in range(900, 1000)]


def fix_nonfiling(record):
    for field in record.get_fields("245"):
        title = field.get("a") or ""
        for article in ARTICLES:
            if title.startswith(article):
                field.indicators = Indicators(field.indicator1, str(len(article)))
                return True
    return False


def fix(record):
    record.remove_fields(*LOCAL)
    record.remove_fields("029", "049")
    fix_nonfiling(record)
    for f in record.get_fields("856"):
        if "z" not in f:
            f.add_subfield("z", "Online access")
        if "u" in f and f["u"].startswith("http:"):
            f["u"] = f["u"].replace("http:", "https:", 1)
        f.delete_subfield("q")
    for f in record.get_fields("020"):
        f.subfields = [s for s in f.subfields if s.code != "c"]
        if not f.subfields:
            record.remove_field(f)
    for f in record.get_fields("650", "651"):
        if f.indicator2 == "4":
            f.indicator2 = "7"
            f.add_subfield("2", "local", 0)
    record.add_ordered_field(
        Field(
            tag="583",
            indicators=["1", " "],
            subfields=[Subfield(code="a", value="committed to retain"), Subfield("c", "20240115")],
        )
    )
    record.add_grouped_field(
        Field("590", ["\\", " "], [Subfield("a", "Vendor load \u2013 r\u00e9vis\u00e9")])
    )
    record.leader[5] = "c"


done = bad = 0
with open("fixed.mrc", "wb") as out:
    writer = MARCWriter(out)
    for path in sys.argv[1:]:
        for record in MARCReader(open(path, "rb")):
            if record is None:
                bad += 1
                continue
            try:
                fix(record)
                writer.write(record)
            except Exception as e:
                print("cannot fix", path, done, type(e).__name__, e)
                continue
            done += 1
    writer.close()
print(done, "fixed,", bad, "unreadable")
