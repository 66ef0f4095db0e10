"""zcat *.mrc.gz | stdin_grep.py 245 a 'history' > found.mrc"""

import re
import sys

from pymarc import MARCReader, MARCWriter

tag, code, pattern = sys.argv[1:4]
regex = re.compile(pattern, re.IGNORECASE)

seen = found = 0
reader = MARCReader(sys.stdin.buffer)
writer = MARCWriter(sys.stdout.buffer)
for record in reader:
    seen += 1
    if record is None:
        sys.stderr.write("%d: %s\n" % (seen, reader.current_exception))
        continue
    values = [v for f in record.get_fields(tag) for v in f.get_subfields(code)]
    if any(regex.search(v) for v in values):
        found += 1
        writer.write(record)
writer.close(close_fh=False)
sys.stderr.write("%d of %d records\n" % (found, seen))
