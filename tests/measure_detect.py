"""Measures how often the daemon tells a record's encoding rightly.

Usage: python3 -m tests.measure_detect [--generated N] [--every N] [--seed N]
Prints the section `Detection, measured` of docs/reading.md. Asks the program
//tests/core/text:detect_cat (built with --config=opt, for the times) of every text of
tests/labelled_text.py, once said to be UTF-8 and once MARC-8.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import islice

from tests.labelled_text import Labelled, labelled_texts
from tests.text_tools import CORPUS, program

ASK_SECONDS = 120.0

ENCODINGS = ("UTF-8", "MARC-8", "iso8859-1", "cp1252", "cp1251")
CLAIMS = {"u": "UTF-8", "m": "MARC-8"}
TIMED, ROUNDS = 2000, 20
MANY = 10  # bytes that are not ASCII
BOUNDS = {"many": 0.99, "few": 0.95}


@dataclass
class Table:
    """How often texts of a label got a verdict; keyed by size, label, claim, verdict."""

    counts: Counter[tuple[str, str, str, str]] = field(default_factory=Counter)
    wrong: list[tuple[Labelled, str, str]] = field(default_factory=list)

    def total(self, size: str, label: str | None, verdict: str | None) -> int:
        """Texts that are not ASCII; None stands for any."""
        return sum(
            n
            for (s, la, _, v), n in self.counts.items()
            if s == size and la != "ascii" and label in (None, la) and verdict in (None, v)
        )

    def recall(self, size: str, encoding: str) -> float:
        return self.total(size, encoding, encoding) / self.total(size, encoding, None)

    def precision(self, size: str, encoding: str) -> float:
        return self.total(size, encoding, encoding) / self.total(size, None, encoding)


def ask(questions: Iterable[tuple[str, bytes]], *flags: str) -> list[str]:
    """What detect_cat answers, line by line, to claims and texts."""
    asked = b"".join(b"%s%d\n%s" % (claim.encode(), len(text), text) for claim, text in questions)
    answer = subprocess.run(
        [program("detect_cat"), *flags],
        input=asked,
        stdout=subprocess.PIPE,
        timeout=ASK_SECONDS,
        check=True,
    )
    return answer.stdout.decode("utf-8").splitlines()


def measure(texts: Iterable[Labelled]) -> Table:
    table = Table()
    texts = list(texts)
    answers = iter(ask((claim, item.text) for item in texts for claim in CLAIMS))
    for item in texts:
        for claim, claimed in CLAIMS.items():
            verdict = next(answers).partition("\t")[0]
            size = "many" if item.high >= MANY else "few"
            table.counts[size, item.label, claim, verdict] += 1
            if verdict != (claimed if item.label == "ascii" else item.label):
                table.wrong.append((item, claimed, verdict))
    return table


METHOD = """\
## Detection, measured

Each text was asked about twice: marked as UTF-8, and as MARC-8. The verdict must be the same both
times; of ASCII, which is alike in all of them, it must be what the record is marked as. Latin-1 is
called `cp1252` where bytes 80 to 9F stand in it, and only there: elsewhere the two do not differ.

The texts are real records (GPO's MARC-8 and UTF-8 twins and its bench file, OAPEN, the University
of Virginia's MARC-8, the samples of SolrMarc and pymarc) and seeded ones in thirteen groups of
languages, from French to Vietnamese, Russian and romanised Arabic, most with few words that are not
English. Each is taken as it stands, and in every other encoding that has all its characters: MARC-8
by the Library of Congress' code tables, CP1252 with typographic apostrophes, dashes and dots.
The weights of the detector come from lists of frequent words, not from these texts
(core/text/detect/make_byte_pairs.py). `python3 -m tests.measure_detect` makes this section; a test
holds precision and recall to 0.99 where ten bytes or more are not ASCII and to 0.95 elsewhere.
"""

WRONG = """\
What is wrong is mostly one or two letters to judge by, where both readings make a word (`Děti` of
MARC-8 is `Déeti` in Latin-1), and damage in the sources: accents that were misplaced before they
came to us (`Gutiérrez` with its accent before an `i` or an `r`), and underscores of addresses that
had become ANSEL's combining ones.

Time for a verdict on one core, and the texts' mean length:
"""


def section(table: Table, times: list[str]) -> str:
    """The section of docs/reading.md."""
    lines = [METHOD]
    for size, title in ("many", "Ten bytes or more"), ("few", "Fewer than ten bytes"):
        lines += [
            f"{title} that are not ASCII (two verdicts a text):\n",
            "| is | " + " | ".join(ENCODINGS) + " | recall | precision |",
            "|---|" + "---:|" * (len(ENCODINGS) + 2),
        ]
        for label in ENCODINGS:
            cells = [f"{table.total(size, label, verdict):,}" for verdict in ENCODINGS]
            rates = (table.recall(size, label), table.precision(size, label))
            cells += [f"{rate:.4f}" for rate in rates]
            lines.append(f"| {label} | {' | '.join(cells)} |")
        lines.append("")
    ascii_right = sum(table.counts["few", "ascii", c, v] for c, v in CLAIMS.items())
    ascii_all = sum(n for key, n in table.counts.items() if key[1] == "ascii")
    lines.append(f"ASCII: {ascii_right:,} of {ascii_all:,} as marked.\n")
    lines += [WRONG, *times]
    return "\n".join(lines)


def time_verdicts(texts: Sequence[Labelled]) -> list[str]:
    """A table of nanoseconds a verdict."""
    lines = ["| is | bytes | ns, marked UTF-8 | ns, marked MARC-8 |", "|---|---:|---:|---:|"]
    for label in ("ascii", *ENCODINGS):
        some = [item.text for item in texts if item.label == label][:TIMED]
        cells = [f"{sum(map(len, some)) / len(some):,.0f}"]
        for claim in CLAIMS:
            runs = [ask(((claim, text) for text in some), str(ROUNDS)) for _ in range(3)]
            cells.append(f"{min(float(run[0].split()[0]) for run in runs):,.0f}")
        lines.append(f"| {label} | {' | '.join(cells)} |")
    return lines


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--generated", type=int, default=300, help="texts of each language")
    options.add_argument("--every", type=int, default=1, help="take one text of so many")
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--wrong", action="store_true", help="print the wrong ones instead")
    given = options.parse_args()
    if not CORPUS.exists():
        sys.exit(f"there is no {CORPUS}")
    texts = list(islice(labelled_texts(given.seed, given.generated), 0, None, given.every))
    table = measure(texts)
    if given.wrong:
        for item, claimed, verdict in table.wrong:
            print(item.source, item.label, f"marked {claimed}: {verdict}", item.text, sep="\t")
        return
    print(section(table, time_verdicts(texts)))


if __name__ == "__main__":
    main()
