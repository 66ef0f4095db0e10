"""Builds what deploy/build-wheel says: run that."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from tests.interpreters import VERSIONS, find

ROOT = Path(__file__).resolve().parent.parent
WORK = ROOT / ".cache/wheel"
PACKAGE = WORK / "source"
DIST = ROOT / "dist"
# Libraries that Debian has no archive of; they go beside the daemon, under the names that it
# asks for.
BESIDE = ("libtbb.so", "libsimdjson.so")


def run(*command: str | Path, **environment: str) -> str:
    """What a command prints; ends the program when it fails."""
    done = subprocess.run(
        list(map(str, command)),
        cwd=ROOT,
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        print(done.stdout, file=sys.stderr)
        sys.exit(f"build-wheel: failed: {' '.join(map(str, command))}")
    return done.stdout


def say(what: str) -> None:
    print(f"build-wheel: {what}", flush=True)


def build() -> Path:
    """The folder of what Bazel has built."""
    say("building the daemon (minutes the first time)")
    configuration = ["--config=ship", f"--disk_cache={Path.home() / '.cache/marcd-bazel'}"]
    run("bazel", "build", *configuration, "--noshow_progress", "//server:marcd")
    return Path(run("bazel", "info", "--config=ship", "bazel-bin").strip())


def stage() -> None:
    """Put together the package's source, with what tools/install_client has added to it."""
    shutil.rmtree(WORK, ignore_errors=True)
    tracked = run("git", "ls-files", "clients/python").splitlines()
    for name in tracked:
        target = PACKAGE / Path(name).relative_to("clients/python")
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, target)
    package = ROOT / "clients/python/marcd"
    without_caches = shutil.ignore_patterns("__pycache__")
    shutil.copytree(package / "v1", PACKAGE / "marcd/v1", ignore=without_caches)
    shutil.copy(package / "_marc8_table.txt", PACKAGE / "marcd")


def add_daemon(built: Path) -> None:
    """Put the daemon in, and what it wants beside it."""
    folder = PACKAGE / "marcd/_bin"
    folder.mkdir()
    daemon = folder / "marcd"
    shutil.copy(built / "server/marcd", daemon)
    daemon.chmod(0o755)
    found = dict(re.findall(r"(\S+) => (\S+)", run("ldd", daemon)))
    for name, path in found.items():
        if name.startswith(BESIDE):
            shutil.copy(path, folder / name)
    digest = hashlib.sha256(daemon.read_bytes()).hexdigest()
    (folder / "BUILD_ID").write_text(digest[:12] + "\n")


def wheel(python: Path | str, **environment: str) -> Path:
    """Build one; replaces what was there under its name."""
    new = WORK / "new"
    shutil.rmtree(new, ignore_errors=True)
    shutil.rmtree(PACKAGE / "build", ignore_errors=True)
    run(python, "-m", "pip", "wheel", "-q", "--no-deps", "-w", new, PACKAGE, **environment)
    [made] = new.glob("*.whl")
    DIST.mkdir(exist_ok=True)
    return Path(shutil.move(made, DIST / made.name))


def platform_of(made: Path) -> str:
    """The oldest platform that the wheel runs on, by auditwheel."""
    said = run(sys.executable, "-m", "auditwheel", "show", made)
    found = re.search(r'"(manylinux_\w+)"', said)
    if found is None:
        sys.exit(f"build-wheel: auditwheel knows no platform for {made.name}:\n{said}")
    return found[1]


def main() -> None:
    pythons = [Path(name) for name in sys.argv[1:]] or [p for p in map(find, VERSIONS) if p]
    built = build()
    stage()
    shutil.rmtree(DIST, ignore_errors=True)
    sdist = f"import os; os.chdir({str(PACKAGE)!r}); import setuptools.build_meta as backend"
    run(sys.executable, "-c", f"{sdist}; backend.build_sdist({str(DIST)!r})")
    add_daemon(built)
    trial = wheel(sys.executable, MARCD_WHEEL="every")
    platform = platform_of(trial)
    trial.unlink()
    say(f"runs on {platform}")
    wheel(sys.executable, MARCD_WHEEL="every", MARCD_PLATFORM=platform)
    for python in pythons:
        wheel(python, MARCD_WHEEL="this", MARCD_PLATFORM=platform)
    for made in sorted(DIST.iterdir()):
        say(f"{made.stat().st_size / 2**20:5.1f} MiB  dist/{made.name}")


if __name__ == "__main__":
    main()
