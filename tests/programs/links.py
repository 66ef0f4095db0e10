"""Harvests the links of 856 $u; writes them as TSV and counts hosts."""

import argparse
import collections
import re
from urllib.parse import urlsplit

from pymarc import MARCReader

parser = argparse.ArgumentParser()
parser.add_argument("files", nargs="+", type=argparse.FileType("rb"))
parser.add_argument("-o", "--output", default="links.tsv")
args = parser.parse_args()

hosts = collections.Counter()
with open(args.output, "w", encoding="utf-8", errors="backslashreplace") as out:
    for fh in args.files:
        for i, record in enumerate(MARCReader(fh, hide_utf8_warnings=True), 1):
            if record is None or "856" not in record:
                continue
            for field in record.get_fields("856"):
                label = field.get("3") or field.get("z", "")
                for url in field.get_subfields("u"):
                    url = re.sub(r"\s+", "", url)
                    try:
                        hosts[urlsplit(url).netloc] += 1
                    except ValueError as e:
                        print("record", i, "bad url", url, e)
                    print(i, field.indicator1 + field.indicator2, url, label, sep="\t", file=out)

for host, count in hosts.most_common():
    print(f"{count}\t{host}")
