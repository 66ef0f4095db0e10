"""Prints titles from a file that lies on a server where marcd runs, or from one of one's own.

remote_titles.py HOST:PORT ROOT PATH    ROOT is one of those that the server names
remote_titles.py HOST:PORT FILE         FILE is sent there to be parsed

A line that breaks is made again, and the read goes on where it was.
"""

import sys

import marcd


def main(address: str, *what: str) -> None:
    with marcd.connect(address) as client:
        if len(what) == 2 and what[0] not in client.info().roots:
            sys.exit(f"{address} has no root {what[0]!r}: {', '.join(client.info().roots)}")
        source = client.file(*what) if len(what) == 2 else what[0]
        for record in marcd.read(source, client=client):
            print(record.title)


if __name__ == "__main__":
    main(*sys.argv[1:])
