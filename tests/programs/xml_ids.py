"""Walks MARCXML without keeping it: map_xml, and a handler of our own."""

import sys
from io import StringIO

import pymarc
from pymarc.marcxml import XmlHandler, map_xml, parse_xml


class Ids(XmlHandler):
    def __init__(self):
        super().__init__(strict=False)
        self.ids = []

    def process_record(self, record):
        self.ids.append(record["001"].data if "001" in record else None)


class Titles(XmlHandler):
    def process_record(self, record):
        print("  again:", record.title)


count = 0


def show(record):
    global count
    count += 1
    print(
        count, record.title, "|", record.author, "|", [f["a"] for f in record.subjects if "a" in f]
    )


for path in sys.argv[1:]:
    handler = Ids()
    try:
        map_xml(show, path)
        with open(path, "rb") as fh:
            parse_xml(fh, handler)
        parse_xml(path, Titles(strict=True))
        text = open(path, encoding="utf-8-sig").read()
        records = pymarc.parse_xml_to_array(StringIO(text))
    except Exception as error:
        print(type(error).__name__, str(error).replace(path, "FILE"))
        continue
    print(handler.ids, len(records))
