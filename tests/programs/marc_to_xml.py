"""ISO 2709 to MARCXML, as one collection, and each record by itself on stdout."""

import sys

import pymarc
from pymarc import XMLWriter, record_to_xml

writer = XMLWriter(open("collection.xml", "wb"))
for path in sys.argv[1:]:
    with open(path, "rb") as data:
        for number, record in enumerate(pymarc.MARCReader(data)):
            if record is None:
                print("skipping", number)
                continue
            try:
                xml = record_to_xml(record, namespace=number % 2 == 0)
                writer.write(record)
            except Exception as error:
                print(number, "is not to be written:", type(error).__name__, error)
                continue
            sys.stdout.buffer.write(xml + b"\n")
            sys.stdout.flush()
writer.close()
