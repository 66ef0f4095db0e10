"""What a record is: copies, pickles, equality, hashes, and changes that must not leak."""

import copy
import pickle
import sys

import pymarc
from pymarc import Field, Indicators, MARCReader, Subfield

seen, kept = set(), {}
for path in sys.argv[1:]:
    for n, record in enumerate(MARCReader(open(path, "rb"))):
        if record is None:
            continue
        seen.add(record)
        twin = copy.deepcopy(record)
        shallow = copy.copy(record)
        thawed = pickle.loads(pickle.dumps(record, pickle.HIGHEST_PROTOCOL))
        assert record != twin and record == record and twin not in seen
        assert shallow.fields is record.fields or shallow.fields == record.fields
        assert str(thawed) == str(twin) == str(record)
        kept[record] = n

        twin.remove_fields("245")
        twin.leader[9] = "a"
        thawed.add_field(Field("999", Indicators(" ", " "), [Subfield("a", "copied")]))
        print(n, "245" in record, "245" in twin, len(record.fields), len(thawed.fields))
        for field in record.get_fields("245", "650"):
            other = copy.copy(field)
            other.subfields = [Subfield("a", "changed")]
            third = copy.deepcopy(field)
            third.add_subfield("x", "only there")
            print("  ", field.value()[:40], "/", other, "/", third.subfields[-1], field == third)
            if field.subfields:
                first = field.subfields[0]
                print("  ", first == (first.code, first.value), hash(first) == hash(tuple(first)))
                print("  ", first._replace(value="x"), Subfield(*first) in field.subfields)
        if record.fields and record.as_marc() != pickle.loads(pickle.dumps(record)).as_marc():
            print("  a pickle changed it")
        if n >= 200:
            break

print(len(seen), len(kept), sum(kept.values()))
field = pymarc.Field("245", ["0", "1"], [Subfield("a", "x")])
print(field == copy.copy(field), field.indicators == Indicators("0", "1") == ("0", "1"))
print(pickle.loads(pickle.dumps(field)), repr(Indicators("0", "1")), repr(Subfield("a", "b")))
