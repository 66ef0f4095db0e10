"""How results are printed, and how much they spread."""

from __future__ import annotations

import statistics


class Table:
    """Rows of text, printed as they come; `wrong` is what makes the run fail at its end."""

    def __init__(self) -> None:
        self.wrong: list[str] = []

    def head(self, title: str) -> None:
        print(f"\n{title}\n{'-' * len(title)}", flush=True)

    def row(self, name: str, *cells: str) -> None:
        print(f"{name:<38}" + "".join(f"  {cell:>20}" for cell in cells), flush=True)

    def note(self, text: str, wrong: bool = False) -> None:
        """A line about the row above; `wrong` if nobody may build on that row."""
        print(f"    {text}", flush=True)
        if wrong:
            self.wrong.append(text)


def spread(values: list[float], form: str = "{:,.0f}") -> str:
    """Median (least..most)."""
    few = (form.format(v) for v in (statistics.median(values), min(values), max(values)))
    return "{} ({}..{})".format(*few)
