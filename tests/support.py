"""A real daemon for a test.

  daemon = start_daemon("--roots=all=/")
  channel = grpc.insecure_channel(daemon.target)
  daemon.stop()                       # drains; the exit status must be 0

The program is the one that MARCD_DAEMON names; without it the test is skipped.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import grpc
import pytest

START_SECONDS = 60.0
STOP_SECONDS = 60.0


@dataclass
class Daemon:
    """A running daemon. `target` is what a gRPC channel takes."""

    target: str
    folder: Path  # its own; holds the socket and the log
    process: subprocess.Popen[bytes]

    @property
    def pid(self) -> int:
        return self.process.pid

    @property
    def log(self) -> str:
        """What it wrote on standard error so far."""
        return (self.folder / "log").read_text(errors="replace")

    def stop(self) -> None:
        """Asks it to drain, and waits. Fails when it hangs or does not exit with 0."""
        try:
            self.process.terminate()
            status = self.process.wait(STOP_SECONDS)
            assert status == 0, f"marcd exited with {status} after SIGTERM:\n{self.log}"
        finally:
            self.kill()

    def kill(self) -> None:
        """Ends it at once, if it still runs, and removes its folder."""
        self.process.kill()
        self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


def daemons(folder: Path) -> list[int]:
    """The processes that are daemons with their socket in the folder, or are about to be."""
    found = []
    for process in Path("/proc").iterdir():
        try:
            command = (process / "cmdline").read_bytes()
        except OSError:  # no process, or one that has gone
            continue
        if f"--listen=unix:{folder}/".encode() in command:
            found.append(int(process.name))
    return found


def await_answer(channel: grpc.Channel) -> None:
    """Waits for a daemon that may still have to begin. RpcError when none answers.

    Not by channel_ready_future: its thread may still poll the channel when that is closed, and
    then ends with an error.
    """
    check: Any = channel.unary_unary("/grpc.health.v1.Health/Check")
    check(b"", timeout=START_SECONDS, wait_for_ready=True)


def start_daemon(*flags: str, wrapper: Sequence[str] = ()) -> Daemon:
    """Starts a daemon with `flags` on a socket of its own and waits until it answers.

    `wrapper` is a command that ends by executing the one it is given, such as setpriv.
    """
    program = os.environ.get("MARCD_DAEMON", "")
    if not program:
        pytest.skip("MARCD_DAEMON does not name a daemon; tests/run sets it")
    # Not tmp_path: a socket's path may have 107 bytes, and pytest's are long.
    folder = Path(tempfile.mkdtemp(prefix="marcd-test-"))
    target = f"unix:{folder}/marcd.sock"
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [*wrapper, program, f"--listen={target}", *flags], stdin=subprocess.DEVNULL, stderr=log
        )
    daemon = Daemon(target, folder, process)
    try:
        # It does not listen yet when first asked: ask again soon, not in gRPC's second.
        often = [("grpc.initial_reconnect_backoff_ms", 20), ("grpc.max_reconnect_backoff_ms", 100)]
        with grpc.insecure_channel(target, often) as channel:
            await_answer(channel)
    except grpc.RpcError:
        ended, log_text = process.poll(), daemon.log
        daemon.kill()
        raise AssertionError(
            f"marcd does not answer on {target} after {START_SECONDS} s "
            f"(exit status {ended}):\n{log_text}"
        ) from None
    return daemon
