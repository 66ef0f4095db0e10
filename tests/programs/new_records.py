"""Brief records out of old ones, made from nothing: an order file for the ILS."""

import datetime
import sys

from pymarc import Field, Indicators, JSONWriter, Leader, MARCReader, MARCWriter, Record, Subfield
from pymarc.constants import LEADER_LEN
from pymarc.exceptions import BadLeaderValue, FieldNotFound


def brief(old, number):
    new = Record(force_utf8=True, leader="00000nam a2200000 i 4500")
    new.add_field(Field(tag="001", data="ord%06d" % number))
    new.add_field(Field(tag="005", data=datetime.date(2024, 1, 2).strftime("%Y%m%d") + "000000.0"))
    new.add_field(Field("040", Indicators(" ", " "), [Subfield("a", "XX"), Subfield("c", "XX")]))
    for tag in ("100", "245", "250"):
        if old.get(tag):
            new.add_ordered_field(old[tag])
    price = Field("980", [" ", " "])
    price.add_subfield("b", "12.50")
    price.add_subfield("a", "EUR", 0)
    price["b"] = "13.00"
    new.add_field(
        price, Field("980", subfields=Field.convert_legacy_subfields(["x", "1", "y", "2"]))
    )
    return new


out = MARCWriter(open("orders.mrc", "wb"))
listing = JSONWriter(open("orders.json", "w"))
number = 0
for path in sys.argv[1:]:
    for old in MARCReader(open(path, "rb")):
        if old is None:
            continue
        number += 1
        new = brief(old, number)
        try:
            out.write(new)
        except (UnicodeError, ValueError) as e:
            print(number, type(e).__name__)
            continue
        listing.write(new)
        if number % 100 == 1:
            print(new, new.leader, len(str(new.leader)) == LEADER_LEN)
out.close()
listing.close()
print(number, "orders")

leader = Leader("00475cas a2200169 i 4500")
leader.record_status = "n"
print(leader, leader.record_length, leader.base_address, leader[17], leader[18:20])
attempts = (
    lambda: setattr(leader, "record_status", "too long"),
    lambda: Record().remove_field(Field("245")),
    lambda: Record()["245"],
    lambda: Field("245", ["0", "1"], [Subfield("a", "x")])["z"],
    lambda: Field("245", ["0", "1"], ["a", "x"]),
    lambda: MARCWriter(open("none.mrc", "wb")).write("a string"),
    lambda: Field("245", "toolong"),
    lambda: Record(leader="short"),
)
for attempt in attempts:
    try:
        print(attempt())
    except (BadLeaderValue, FieldNotFound) as e:
        print("pymarc:", type(e).__name__, e)
    except KeyError as e:
        print("not there:", e)
    except Exception as e:
        print(type(e).__name__)
