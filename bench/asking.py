"""How measurements are taken in processes of their own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

TASK_SECONDS = 600


class Failed(Exception):
    """A peer's process ended badly; says how."""


def ask(target: str, task: str, *arguments: object, pure: bool = False) -> Any:
    """A task of peer.py in a process of its own."""
    environment = {**os.environ, "MARCD_SERVER": target}
    environment.pop("MARCD_PURE_PYTHON", None)
    if pure:
        environment["MARCD_PURE_PYTHON"] = "1"
    ended = subprocess.run(
        [sys.executable, Path(__file__).with_name("peer.py"), task, *map(str, arguments)],
        env=environment,
        capture_output=True,
        text=True,
        timeout=TASK_SECONDS,
        check=False,
    )
    if ended.returncode != 0:
        said = ended.stderr.strip().splitlines()
        raise Failed(said[-1] if said else f"exit status {ended.returncode}")
    return json.loads(ended.stdout)
