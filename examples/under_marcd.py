"""Runs a program that was written for pymarc, as it stands, with marcd in pymarc's place.

under_marcd.py PROGRAM [ARGUMENT...]
"""

import runpy
import sys

import marcd

# Before anything imports pymarc.
marcd.install_as_pymarc()

if __name__ == "__main__":
    del sys.argv[0]
    runpy.run_path(sys.argv[0], run_name="__main__")
