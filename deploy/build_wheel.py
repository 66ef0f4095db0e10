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
    """The daemon, as Bazel has built it."""
    say("building the daemon (minutes the first time)")
    configuration = ["--config=ship", f"--define=zig={sys.executable}"]
    cache = f"--disk_cache={Path.home() / '.cache/marcd-bazel'}"
    run("bazel", "build", *configuration, cache, "--noshow_progress", "//server:marcd_ship")
    return Path(run("bazel", "info", *configuration, "bazel-bin").strip()) / "server/marcd_ship"


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
    folder = PACKAGE / "marcd/_bin"
    folder.mkdir()
    daemon = folder / "marcd"
    shutil.copy(built, daemon)
    daemon.chmod(0o755)
    digest = hashlib.sha256(daemon.read_bytes()).hexdigest()
    (folder / "BUILD_ID").write_text(digest[:12] + "\n")


def platform_of(made: Path) -> str:
    """The oldest platform that the wheel runs on, by auditwheel."""
    said = run(sys.executable, "-m", "auditwheel", "show", made)
    found = re.search(r'"(manylinux_\w+)"', said)
    if found is None:
        sys.exit(f"build-wheel: auditwheel knows no platform for {made.name}:\n{said}")
    return found[1]


def wheel(python: Path | str, kind: str) -> None:
    """Build one, and name it after the platform that it turns out to run on."""
    new = WORK / "new"
    shutil.rmtree(new, ignore_errors=True)
    shutil.rmtree(PACKAGE / "build", ignore_errors=True)
    run(python, "-m", "pip", "wheel", "-q", "--no-deps", "-w", new, PACKAGE, MARCD_WHEEL=kind)
    [made] = new.glob("*.whl")
    platform = platform_of(made)
    run(sys.executable, "-m", "wheel", "tags", "--remove", f"--platform-tag={platform}", made)
    [tagged] = new.glob("*.whl")
    shutil.move(tagged, DIST)


def main() -> None:
    pythons = [Path(name) for name in sys.argv[1:]] or [p for p in map(find, VERSIONS) if p]
    built = build()
    stage()
    shutil.rmtree(DIST, ignore_errors=True)
    sdist = f"import os; os.chdir({str(PACKAGE)!r}); import setuptools.build_meta as backend"
    run(sys.executable, "-c", f"{sdist}; backend.build_sdist({str(DIST)!r})")
    add_daemon(built)
    wheel(sys.executable, "every")
    for python in pythons:
        wheel(python, "this")
    for made in sorted(DIST.iterdir()):
        say(f"{made.stat().st_size / 2**20:5.1f} MiB  dist/{made.name}")


if __name__ == "__main__":
    main()
