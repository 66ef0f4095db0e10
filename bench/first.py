"""A program that reads the first record of a file when it is told to: `first.py FILE`.

It imports all that this takes, prints a line, and waits for a line with the moment from which
time counts; then it prints how many milliseconds later it had the record.
"""

import importlib
import sys
import time

import marcd

for name in ("file_service", "options", "record_service", "server_service"):
    importlib.import_module(f"marcd.v1.{name}_pb2")
    importlib.import_module(f"marcd.v1.{name}_pb2_grpc")
for name in ("marcd._daemon", "grpc._channel"):
    importlib.import_module(name)
print("ready", flush=True)
began = float(sys.stdin.readline())
next(marcd.MARCReader(sys.argv[1]))
print((time.perf_counter() - began) * 1e3)
