"""The steps of tests/run: runs each, shows its output, goes on after a failure."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests import interpreters
from tests.step_counts import Count, Report, count_bazel, count_junit, count_words

ROOT = Path(__file__).resolve().parent.parent
CACHE = ROOT / ".cache"
PACKAGE = ROOT / "clients/python"
DAEMON = PACKAGE / "marcd/_bin/marcd"
BAZEL_FLAGS = [
    "--noshow_progress",
    "--color=no",
    "--keep_going",
    f"--disk_cache={Path.home() / '.cache/marcd-bazel'}",
]
SEEDED = ["--test_env=MARCD_SEEDS=20000"]  # of the schedulers, in a full run
FUZZ_SECONDS = 20  # for each target

STEP_SECONDS = 25 * 60

# What meets records as the client makes them, and so runs on both forms.
BOTH_FORMS = [
    "tests/python",
    *(f"tests/e2e/test_{n}.py" for n in ("programs", "examples", "readme")),
]
# What is about the daemon's start alone: once will do, whatever the form or the interpreter.
OF_THE_START = ["daemon_changes", "main", "start_directories", "start_failures", "start_users"]
# What runs on one form, for the forms do not differ there or it takes long for what it adds.
ONE_FORM = [
    *("aio_ends", "check", "corpus", "daemon", "exit", "forks", "install", "marc8", "marc8_twins"),
    *("notebooks", "processes", "progress", "resume"),
    *OF_THE_START,
]
# What no grpcio, protobuf or interpreter changes: what the daemon makes of the corpus.
OF_THE_DAEMON = ["corpus", "marc8_twins"]
# What has to do with records and text alone, whatever grpcio and protobuf brought them.
OF_RECORDS = [
    *("accelerator", "codec", "collector", "forms", "frame", "marc8", "marcjson", "marcmaker"),
    *("marcxml", "pymarc_mode", "record"),
]
# What a CPython between the oldest and the newest might do in a way of its own: its C API, how it
# collects, forks, ends and interrupts.
OF_INTERPRETERS = [
    *("accelerator", "aio_ends", "collector", "exit", "forks", "forms", "handles", "notebooks"),
    *("processes", "record", "sources", "threads"),
]
# Records in pure Python; the form is tested as a whole on Debian's CPython.
OF_PURE_RECORDS = ["codec", "forms", "frame", "native_api", "record"]
# Ends with 1 unless the form that is to be tested is the one that runs.
FORM = (
    "import marcd, sys; form = marcd.accelerated; form is {} or sys.exit(f'accelerated: {{form}}')"
)
# Interpreters with a script of their own, by the flags of tests/run.
SCRIPTS = {
    "--python-3.14": ("client tests on CPython 3.14", "tests/python-3.14"),
    "--free-threaded": ("records on a free-threaded Python", "tests/python-3.13t"),
}


def run(
    command: list[str], env: dict[str, str] | None = None, folder: Path = ROOT
) -> tuple[int, list[str]]:
    """Runs a command, shows its output and gives it: exit status and lines."""
    print("   $", " ".join(command), flush=True)
    lines = []
    with subprocess.Popen(
        command,
        cwd=folder,
        env={**os.environ, **(env or {})},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        start_new_session=True,
    ) as process:
        assert process.stdout is not None
        # At the limit the whole group ends, and with it the pipe that is read here.
        signal.signal(signal.SIGALRM, lambda *_: os.killpg(process.pid, signal.SIGKILL))
        signal.alarm(STEP_SECONDS)
        for line in process.stdout:
            print("  ", line, end="", flush=True)
            lines.append(line.rstrip("\n"))
        status = process.wait()
        signal.alarm(0)
    if status == -signal.SIGKILL:
        print(f"   ended after {STEP_SECONDS} s, the limit of a step", flush=True)
    return status, lines


class Steps:
    """The steps, in order."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.report = Report()

    def lint(self, *options: str) -> None:
        started = time.monotonic()
        status, lines = run(["tools/lint", *options])
        self.report.skips += [line for line in lines if line.startswith("skipped ")]
        self.report.step("checks", count_words(lines), status, time.monotonic() - started)

    def bazel(self, name: str, *options: str) -> None:
        started = time.monotonic()
        events = self.folder / "events.json"
        command = ["bazel", "test", *BAZEL_FLAGS, *options, "//..."]
        status, _ = run([*command, f"--build_event_json_file={events}"])
        count = count_bazel(events) if events.exists() else Count()
        self.report.step(name, count, status, time.monotonic() - started)

    def pytest(
        self, name: str, *options: str, python: str = sys.executable, pure: bool = False
    ) -> None:
        """On the accelerator, or on the pure form."""
        env = {
            "MARCD_DAEMON": str(DAEMON),
            "MARCD_PURE_PYTHON": str(int(pure)),
            "PYTHONPATH": str(PACKAGE),
        }
        if run([python, "-c", FORM.format(not pure)], env)[0] != 0:
            self.report.step(name, Count(), 1, 0)
            return
        command = [python, "-m", "pytest", "-q", "-rs", "--color=no", *options]
        self._pytest(name, command, env)

    def script(self, name: str, program: str) -> None:
        """What a program that ends in pytest finds."""
        self._pytest(name, [program], {})

    def _pytest(self, name: str, command: list[str], env: dict[str, str]) -> None:
        started = time.monotonic()
        junit = self.folder / "pytest.xml"
        status, _ = run([*command, f"--junitxml={junit}"], env)
        count = count_junit(junit)
        junit.unlink(missing_ok=True)  # the next run must not count it again
        self.report.step(name, count, status, time.monotonic() - started)

    def fuzz(self) -> None:
        """Each target for a while; what one fails on stays in .cache/fuzz."""
        started = time.monotonic()
        lines: list[str] = []
        status, _ = run(["bazel", "build", *BAZEL_FLAGS, "--config=fuzz", "//tests/fuzz"])
        if status == 0:
            command = [sys.executable, "-m", "tests.fuzz.run", f"--seconds={FUZZ_SECONDS}"]
            status, lines = run(command)
        self.report.step("fuzz targets", count_words(lines), status, time.monotonic() - started)

    def accelerator(self) -> None:
        """The client's compiled part under sanitizers, which Bazel does not build."""
        started = time.monotonic()
        command = [sys.executable, "-m", "tests.fuzz.accelerator_asan"]
        status, lines = run([*command, f"--seconds={FUZZ_SECONDS}"])
        name = "accelerator under ASan and UBSan"
        self.report.step(name, count_words(lines), status, time.monotonic() - started)

    def lowest(self) -> None:
        """The client's tests on the oldest grpcio and protobuf that it accepts."""
        name = "client tests on the lowest grpcio and protobuf"
        venv = self.folder / "lowest"
        python = str(venv / "bin/python")
        wanted = ["-r", "requirements/test.txt", "-r", "requirements/lowest.txt"]
        for command in (
            [sys.executable, "-m", "venv", str(venv)],
            [python, "-m", "pip", "install", "-q", *wanted],
        ):
            if run(command)[0] != 0:
                self.report.step(name, Count(), 1, 0)
                return
        left_out = without([*OF_THE_START, *OF_THE_DAEMON, *OF_RECORDS])
        self.pytest(name, "tests/python", *left_out, python=python)

    def interpreters(self) -> None:
        """The client's tests on the CPythons that this one is not: most on the first and last."""
        for version in interpreters.VERSIONS:
            if version == "{}.{}".format(*sys.version_info):
                continue
            name = f"client tests on CPython {version}"
            found = interpreters.find(version)
            if found is None:
                self.report.skip(name, f"no CPython {version} with its headers here")
                continue
            venv = CACHE / "pythons" / version
            python = str(venv / "bin/python")
            if not interpreters.prepare(found, venv, lambda command: run(command)[0] == 0):
                self.report.step(name, Count(), 1, 0)
                continue
            self._build_accelerator(python, version)
            chosen = ["tests/python", *without([*OF_THE_START, *OF_THE_DAEMON])]
            if version not in (interpreters.VERSIONS[0], interpreters.VERSIONS[-1]):
                chosen = only(OF_INTERPRETERS)
            self.pytest(name, *chosen, python=python)
            if version == interpreters.VERSIONS[-1]:
                self.pytest(f"{name}, pure form", *only(OF_PURE_RECORDS), python=python, pure=True)

    def _build_accelerator(self, python: str, version: str) -> None:
        """In place, under a name that holds the version. If that fails, pytest's step does."""
        for old in (PACKAGE / "marcd").glob(f"*.cpython-{version.replace('.', '')}-*.so"):
            old.unlink()
        command = [python, "setup.py", "-q", "build_ext", "--inplace", "--force"]
        run(command, {"CFLAGS": "-Werror"}, PACKAGE)

    def wheels(self) -> None:
        """The wheels, built, and then installed in bare systems."""
        started = time.monotonic()
        status, lines = run(["deploy/build-wheel"])
        if status == 0:
            status, lines = run(["tests/wheel/run"])
        self.report.skips += [line for line in lines if line.startswith("skipped ")]
        count = Count.of(lines[-1]) if lines else Count()
        self.report.step("wheels in bare systems", count, status, time.monotonic() - started)

    def offline(self) -> None:
        """Builds what is delivered, from nothing, where there is no network but loopback."""
        name = "build without network"
        unshare = ["unshare", "--net"] if os.geteuid() == 0 else ["unshare", "--net", "-r"]
        probe = subprocess.run([*unshare, "ip", "link", "set", "lo", "up"], capture_output=True)
        if probe.returncode != 0:
            self.report.skip(name, "unshare --net is not permitted here")
            return
        started = time.monotonic()
        root = self.folder / "bazel"
        build = (
            "ip link set lo up && "
            f"bazel --batch --output_user_root={root} build --config=opt --color=no "
            f"--noshow_progress --symlink_prefix={self.folder}/out- //server:marcd //proto:py"
        )
        status, _ = run([*unshare, "sh", "-c", build])
        count = Count(passed=int(status == 0))
        self.report.step(name, count, status, time.monotonic() - started)
        # Bazel takes write permission from what it made.
        subprocess.run(["chmod", "-R", "u+w", str(root)], check=False)


def without(subjects: list[str]) -> list[str]:
    """Options that leave out the client's tests of these."""
    return [f"--ignore=tests/python/test_{subject}.py" for subject in subjects]


def only(subjects: list[str]) -> list[str]:
    """The client's tests of these."""
    return [f"tests/python/test_{subject}.py" for subject in subjects]


def get_grpcurl() -> None:
    """Tries to; the tests that want it skip without."""
    if shutil.which("go"):
        run(["tools/get_grpcurl"])


def run_all(steps: Steps, fast: bool) -> None:
    get_grpcurl()
    steps.bazel("C++ tests", "--config=opt", *([] if fast else SEEDED))
    steps.pytest("Python tests")
    name = "client tests, pure form"
    if fast:
        steps.pytest(name, "tests/python", *without(ONE_FORM), pure=True)
        steps.lint("--fast")
        return
    steps.pytest(name, *BOTH_FORMS, *without(OF_THE_START), pure=True)
    steps.lint()
    steps.bazel("C++ tests under ASan and UBSan", "--config=asan")
    steps.bazel("C++ tests under TSan", "--config=tsan")
    steps.fuzz()
    steps.accelerator()
    steps.pytest("Python tests that take minutes", "-m", "full")
    steps.lowest()
    steps.interpreters()
    steps.wheels()
    steps.offline()


def main() -> int:
    CACHE.mkdir(exist_ok=True)
    options = sys.argv[1:]
    scripts = [SCRIPTS[option] for option in options if option in SCRIPTS]
    with tempfile.TemporaryDirectory(prefix="run-", dir=CACHE) as folder:
        steps = Steps(Path(folder))
        for script in scripts:
            steps.script(*script)
        if not scripts:
            run_all(steps, fast="--fast" in options)
    report = steps.report
    for line in report.skips:
        print("not run:", line.removeprefix("skipped "))
    for line in report.failures:
        print("FAILED", line)
    print(report.total, flush=True)
    return 1 if report.total.failed else 0


if __name__ == "__main__":
    sys.exit(main())
