#!/usr/bin/env python
# MARCXML -> MARC21 -> MARCXML.  usage: xml_to_marc.py in.xml [in.xml ...]
import sys
from xml.sax import SAXParseException

from pymarc import MARCReader, MARCWriter, PymarcException, XMLWriter, parse_xml_to_array

records = []
for name in sys.argv[1:]:
    try:
        found = parse_xml_to_array(name, normalize_form="NFC")
    except SAXParseException as e:
        print(f"{name.rsplit('/', 1)[1]}: {e.getMessage()} at {e.getLineNumber()}")
        continue
    except PymarcException as e:
        print(f"{name.rsplit('/', 1)[1]}: {e}")
        continue
    print(len(found), "from", name.rsplit("/", 1)[1])
    records += found

with open("out.mrc", "wb") as fh:
    w = MARCWriter(fh)
    for r in records:
        if r.leader is None:
            print("no leader:", r.title)
            continue
        try:
            w.write(r)
        except Exception as e:
            print("not written:", type(e).__name__, e)

back = XMLWriter(open("back.xml", "wb"))
n = 0
for r in MARCReader(open("out.mrc", "rb")):
    if r is None:
        print("lost one")
        break
    print(r.get("001"), r.title, str(r.leader))
    back.write(r)
    n += 1
back.close()
print(n, "came back of", len(records))
