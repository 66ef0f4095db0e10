"""Prints the first few records of each file whose title has a word, all files in one event loop.

asyncio_search.py WORD [MOST] FILE...
"""

import asyncio
import sys

import marcd.aio


async def search(word: str, most: int, file: str) -> list[str]:
    """Lines about the records found. Leaving early ends what the daemon does for it."""
    found: list[str] = []
    async with marcd.aio.MARCReader(file) as reader:
        async for record in reader:
            if record is not None and word in (record.title or "").casefold():
                found.append(f"{file} record {record.ordinal}: {record.title}")
                if len(found) == most:
                    break
    return found


async def main(word: str, *rest: str) -> None:
    most, files = (int(rest[0]), rest[1:]) if rest[0].isdigit() else (3, rest)
    for lines in await asyncio.gather(*(search(word.casefold(), most, file) for file in files)):
        print(*lines, sep="\n", end="\n" if lines else "")


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
