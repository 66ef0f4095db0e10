"""A report of subjects, notes and descriptions; the most frequent headings at the end."""

from __future__ import print_function

import collections
import sys

import pymarc

headings = collections.Counter()
by_code = collections.defaultdict(list)
for path in sys.argv[1:]:
    reader = pymarc.MARCReader(open(path, "rb"), hide_utf8_warnings=True)
    while True:
        try:
            record = next(reader)
        except StopIteration:
            break
        if record is None:
            continue
        print("%s. %s" % (record.title, record.author or "[s.n.]"))
        for field in record.subjects:
            text = field.format_field()
            headings[text.rstrip(".")] += 1
            source = {"0": "LCSH", "2": "MeSH"}.get(field.indicator2, field.get("2"))
            print("\t%-6s %s" % (source, text))
        for field in record:
            if field.is_control_field():
                continue
            if field.is_subject_field() and field not in record.subjects:
                print("\tnot in subjects:", field.tag)
            for code, value in field:
                by_code[field.tag + code].append(len(value))
        print(
            "\t", [f.value() for f in record.notes], [f.value() for f in record.physicaldescription]
        )
        print("\t", record.uniformtitle, record.sudoc, record.issnl, record.issn_title)

for heading, n in sorted(headings.items(), key=lambda h: (-h[1], h[0]))[:25]:
    print(n, heading)
for key in sorted(by_code):
    print(key, len(by_code[key]), max(by_code[key]))
