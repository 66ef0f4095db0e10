"""`python -m marcd`: this user's daemon, for who wants to see to it. Nobody has to."""

from __future__ import annotations

import argparse
import os
import select
import signal
import sys

from . import _daemon
from .client import Client
from .exceptions import ServerError

# The Linux Standard Base, "Init Script Actions": the status of what does not run.
NOT_RUNNING = 3
# The daemon drains for 10 s unless it is told otherwise, and then cancels what is left.
STOP_SECONDS = 30.0


def serve(flags: list[str]) -> int:
    """Become the daemon, in the foreground. Later flags win over earlier ones."""
    own = _daemon.place()
    os.execv(own.binary, [os.fspath(own.binary), *own.flags(), *flags])


def status() -> int:
    """Say whether the daemon runs, and what it does; starts none."""
    target = os.environ.get("MARCD_SERVER")
    if not target:
        own = _daemon.place()
        target = own.target
        if own.pid is None:
            print(f"not running: nobody listens at {target}; the next program starts it")
            return NOT_RUNNING
    with Client(target) as client:
        info = client.info()
    print(
        f"running: version {info.version}, process {info.pid}, at {target}\n"
        f"streams: {info.open_streams} of {info.max_streams} open,"
        f" {info.decode_threads} threads decode\n"
        f"roots: {', '.join(info.roots) or 'none'}"
    )
    return 0


def stop() -> int:
    """Ask the daemon to end what it does, and wait until it has gone."""
    own = _daemon.place()
    pid = own.pid
    if pid is None:
        print(f"not running: nobody listens at {own.target}")
        return 0
    try:
        process = os.pidfd_open(pid)
    except ProcessLookupError:  # it was just leaving
        return 0
    try:
        signal.pidfd_send_signal(process, signal.SIGTERM)
        poll = select.poll()
        poll.register(process, select.POLLIN)
        if not poll.poll(STOP_SECONDS * 1000):
            print(
                f"process {pid} is still there after {STOP_SECONDS:.0f} s: kill -9 {pid} ends it;"
                f" its log is {own.log}",
                file=sys.stderr,
            )
            return 1
    finally:
        os.close(process)
    print(f"stopped: process {pid}")
    return 0


def log() -> int:
    """Print what the daemon has said."""
    own = _daemon.place()
    try:
        with open(own.log, "rb") as said:
            sys.stdout.buffer.write(said.read())
    except FileNotFoundError:
        print(f"nothing was said yet: there is no {own.log}", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"marcd: cannot read {own.log}: {error.strerror}", file=sys.stderr)
        return 1
    return 0


def main(arguments: list[str] | None = None) -> int:
    """Do what the arguments say; the exit status."""
    parser = argparse.ArgumentParser(prog="marcd", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser(
        "serve",
        add_help=False,  # the daemon has its own
        help="run it here, in the foreground; what follows are its flags: serve --help",
    )
    commands.add_parser("status", help="whether it runs, and what it does")
    commands.add_parser("stop", help="let it finish what it does, and go")
    commands.add_parser("log", help="what it has said")
    given, flags = parser.parse_known_args(arguments)
    if flags and given.command != "serve":
        parser.error(f"{given.command} has no {' '.join(flags)}")
    try:
        if given.command == "serve":
            return serve(flags)
        return {"status": status, "stop": stop, "log": log}[given.command]()
    except ServerError as error:
        print(f"marcd: {error}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
