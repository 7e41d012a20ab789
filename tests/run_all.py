"""Run every suite of the repository: each package's in a process of its own, then the ones across packages.

`make test` runs this. Several suites run at a time; what one printed is shown when it ends, so that two of them never
mix. In CI, Python runs the packages' own suites in its development mode. The last line is `N passed, M failed`, summed
over all suites; the exit code is 0 only when nothing failed and every suite that must run did run.
"""

from __future__ import annotations

import argparse
import concurrent.futures
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import xml.etree.ElementTree as ET
from dataclasses import dataclass, replace
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SHOWN_LINES = 400
SUITE_SECONDS = 2400
NO_TESTS_COLLECTED = 5
WITHOUT_BROWSER = "not browser"
MARK = "pytest.mark.browser"
# Their tests start servers and mostly wait for them; each file brings its own, so files can run beside one another.
WAITING = ("e2e", "faults")
AT_ONCE = 7
# Parts of a package's tests that take longest: suites of their own, beside the rest of the package.
APART = {
    "webnet-core": ("tests/db/test_on_postgresql.py", "tests/db/test_workers.py", "tests/api"),
    "webnet-nornir": (
        "tests/sim/test_hangs.py",
        "tests/sim/test_loading.py",
        "tests/sim/test_logins.py",
        "tests/sim/test_matrix.py",
        "tests/sim/test_refusals.py",
    ),
}
# What `make test` has no time for unless it is named: the same tests once more on PostgreSQL, stacks of PostgreSQL,
# brokers and several workers with what breaks in them (the product on one machine, and its faults, it runs), nine sites
# of other makes, every route with another customer's rows, thousands of made-up requests and a generated client, and
# every byte of a stack searched for canaries.
CI_ONLY = (
    "webnet-core test_on_postgresql",
    "tests/faults/test_celery",
    "tests/e2e/test_stacks",
    "tests/compositions",
    "tests/tenancy",
    "tests/clients",
    "tests/e2e/test_canaries",
)
# Those that take longest begin first, and of these the ones that mostly wait: others find the processor free.
LONGEST = (
    "tests/faults/test_celery",
    "tests/e2e/test_stacks",
    "tests/e2e/test_canaries",
    "tests/e2e/test_power_failure",
    "webnet-core",
    "browser: webnet-ui",
    "tests/faults/test_one_machine",
    "tests/e2e/test_demo",
    "webnet-core test_on_postgresql",
    "browser: tests/e2e",
    "tests/compositions",
    "webnet-core api",
    "webnet-nornir test_logins",
    "webnet-nornir",
    "webnet-nornir test_loading",
    "tests/clients",
    "webnet-nornir test_hangs",
    "tests/e2e/test_live_log",
    "webnet-sim",
)
# What `--quick` leaves out: proofs with processes, brokers and hanging devices, every nasty value of every field, and
# sites that must not start. They hang little on the versions of Python and Django; the same run of CI has them on the
# oldest pair and on the newest.
QUICK_LEAVES_OUT = {
    "webnet-core": (
        "tests/db/test_on_postgresql.py",
        "tests/db/test_workers.py",
        "tests/db/test_database_away.py",
        "tests/db/test_rotation.py",
        "tests/api/test_hostile_input.py",
        "tests/api/test_roles.py",
        "tests/api/test_admin.py",
    ),
    "webnet-nornir": APART["webnet-nornir"],
    "webnet-sim": ("tests",),
    "tests/compositions": (
        "tests/compositions/test_embedding_as_told.py",
        "tests/compositions/test_harbour_at_work.py",
        "tests/compositions/test_hostile.py",
        "tests/compositions/test_refusals.py",
    ),
}
CHROMIUMS = ("chromium", "chromium-browser", "google-chrome")


@dataclass(frozen=True, kw_only=True, slots=True)
class Suite:
    """One pytest process: its name, the folder it starts in and what it is given."""

    name: str
    folder: Path
    arguments: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Report:
    """How one suite went."""

    suite: Suite
    passed: int
    failed: int
    skipped: int
    seconds: float
    processor: float
    output: str
    trouble: str = ""


def package_suites(only: list[str]) -> list[Suite]:
    """The suites of the packages and example plugins that have tests."""
    names = ["webnet-nornir", "webnet-core", "webnet-sim", "webnet-ui", "webnet-config", "webnet-compliance"]
    folders = [ROOT / "packages" / name for name in names]
    folders += [path for path in sorted((ROOT / "packages").glob("*/")) if path.name not in names]
    folders += sorted((ROOT / "plugins").glob("webnet-*/"))
    chosen = [
        folder for folder in folders if any(folder.glob("tests/**/test_*.py")) and (not only or folder.name in only)
    ]
    return [suite for folder in chosen for suite in suites_of(folder)]


def suites_of(folder: Path) -> list[Suite]:
    """A package's suite, and one for each part of it that stands apart."""
    apart = [path for path in APART.get(folder.name, ()) if (folder / path).exists()]
    rest = [f"--ignore={path}" for path in apart]
    whole = Suite(name=folder.name, folder=folder, arguments=("tests", *without_browser(folder / "tests"), *rest))
    parts = [Suite(name=f"{folder.name} {Path(path).stem}", folder=folder, arguments=(path,)) for path in apart]
    return [whole, *(part for part in parts if runs_here(part))]


def runs_here(suite: Suite) -> bool:
    """Whether this run has time for the suite; one that it leaves to CI is named aloud."""
    if suite.name not in CI_ONLY or "CI" in os.environ:
        return True
    named = f"`make test ARGS={suite.name}`" if " " not in suite.name else "`CI=1 make test`"
    print(f"NOT RUN here: {suite.name}; {named} runs it, and so does CI", flush=True)
    return False


def shared_suites(only: list[str]) -> list[Suite]:
    """The suites under tests/, without those that drive a browser; where most of the time is waiting, one a file."""
    folders = sorted({path.relative_to(ROOT / "tests").parts[0] for path in (ROOT / "tests").glob("*/**/test_*.py")})
    places = [
        place
        for name in folders
        for place in (sorted((ROOT / "tests" / name).glob("test_*.py")) if name in WAITING else [ROOT / "tests" / name])
    ]
    suites = [
        Suite(
            name=str(place.relative_to(ROOT).with_suffix("")),
            folder=ROOT,
            arguments=(str(place.relative_to(ROOT)), *without_browser(place)),
        )
        for place in places
    ]
    if only:
        return [suite for suite in suites if any(suite.name.startswith(name) for name in only)]
    return [suite for suite in suites if runs_here(suite)]


def without_browser(place: Path) -> tuple[str, ...]:
    """What leaves the browser tests of a file or folder out; nothing where there are none, nor the mark to name."""
    files = [place] if place.is_file() else place.glob("**/test_*.py")
    return ("-m", WITHOUT_BROWSER) if any(MARK in path.read_text(encoding="utf-8") for path in files) else ()


def browser_suites(only: list[str], *, required: bool) -> list[Suite]:
    """The tests marked `browser`, wherever they lie, where a Chromium is there or must be."""
    if only and "browser" not in only:
        return []
    homes = [(folder.name, folder, "tests") for folder in sorted((ROOT / "packages").glob("*/"))]
    homes += [(f"tests/{folder.name}", ROOT, f"tests/{folder.name}") for folder in sorted((ROOT / "tests").glob("*/"))]
    suites = [
        Suite(name=f"browser: {name}", folder=folder, arguments=(tests, "-m", "browser"))
        for name, folder, tests in homes
        if any(MARK in path.read_text(encoding="utf-8") for path in (folder / tests).glob("**/test_*.py"))
    ]
    if not required and not any(shutil.which(name) or Path("/usr/bin", name).exists() for name in CHROMIUMS):
        print("NOT RUN: the browser tests, for want of a Chromium (apt-get install chromium)", flush=True)
        return []
    if required or only:
        return suites
    # Style isolation, accessibility and policy of every page take two minutes of a core; the way through the product
    # does not.
    for suite in suites:
        if suite.folder != ROOT:
            print(f"NOT RUN here: {suite.name}; `make test ARGS=browser` runs it, and so does CI", flush=True)
    return [suite for suite in suites if suite.folder == ROOT]


def quicker(suites: list[Suite]) -> list[Suite]:
    """The same suites without what `--quick` leaves out, which is said aloud."""
    kept = []
    for suite in suites:
        package = suite.name.split(" ")[0]
        left_out = QUICK_LEAVES_OUT.get(package, ())
        if suite.arguments[0] in left_out:
            print(f"LEFT OUT, for it is run elsewhere: {suite.name}", flush=True)
            continue
        if left_out and suite.name == package:
            print(f"LEFT OUT, for it is run elsewhere: {package} {' '.join(left_out)}", flush=True)
        kept.append(replace(suite, arguments=(*suite.arguments, *(f"--ignore={path}" for path in left_out))))
    return kept


def develops(suite: Suite) -> bool:
    """Whether Python's development mode can find something in a suite.

    Not where servers in other processes are what is tested, nor in a browser; and a simulated network in this process
    becomes several times as slow by it.
    """
    return suite.folder != ROOT and (" " not in suite.name or suite.name == "webnet-core api")


def run(suite: Suite, *, developing: bool) -> Report:
    """Run one suite and count from pytest's own record of it; `developing` is Python's development mode."""
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as scratch:
        record, printed = Path(scratch, "record.xml"), Path(scratch, "printed")
        command = [sys.executable, "-m", "pytest", "-q", "--color=no", f"--junit-xml={record}", *suite.arguments]
        command += ["-p", "no:cacheprovider", *without_plugins(suite)]  # several runs may be at work in one folder
        with printed.open("wb") as file:
            process = subprocess.Popen(
                command, cwd=suite.folder, env=environment(developing=developing), stdout=file, stderr=file
            )
            code, processor, late = ended(process)
        output = printed.read_text(errors="replace") + (f"\nended after {SUITE_SECONDS} s" if late else "")
        passed, failed, skipped = counts(record)
    # Where there are only browser tests, nothing is left for the run without them.
    empty = code == NO_TESTS_COLLECTED and WITHOUT_BROWSER in suite.arguments
    trouble = "" if code == 0 or empty else f"exit code {code}"
    if trouble and not failed:
        failed = 1
    seconds = time.monotonic() - started
    return Report(
        suite=suite, passed=passed, failed=failed, skipped=skipped, seconds=seconds, processor=processor,
        output=output, trouble=trouble,
    )  # fmt: skip


def without_plugins(suite: Suite) -> list[str]:
    """Keep pytest from importing what the suite has no use for, a third of what starting it takes."""
    left_out = [] if suite.name.startswith("tests/clients") else ["schemathesis"]
    if not suite.name.startswith("browser"):
        left_out.append("playwright")
    return [argument for name in left_out for argument in ("-p", f"no:{name}")]


def ended(process: subprocess.Popen[bytes]) -> tuple[int, float, bool]:
    """Wait for a suite; return its exit code, its seconds of processor with all it started, and whether it was late."""
    late = threading.Timer(SUITE_SECONDS, os.kill, (process.pid, signal.SIGKILL))  # Popen.kill might take it from us
    late.daemon = True
    late.start()
    _, status, used = os.wait4(process.pid, 0)
    in_time = late.is_alive()
    late.cancel()
    process.returncode = os.waitstatus_to_exitcode(status)  # nobody is to wait for it again
    return process.returncode, used.ru_utime + used.ru_stime, not in_time


def environment(*, developing: bool) -> dict[str, str]:
    """The caller's environment, less what would change which code or settings are under test.

    Bytecode is kept whatever the caller says: tests start hundreds of processes, and each would compile Django again.
    """
    dropped = {"DJANGO_SETTINGS_MODULE", "PYTHONPATH", "PYTEST_ADDOPTS", "PYTHONDONTWRITEBYTECODE"}
    return {key: value for key, value in os.environ.items() if key not in dropped} | (
        {"PYTHONDEVMODE": "1"} if developing else {}
    )


def counts(record: Path) -> tuple[int, int, int]:
    """Passed, failed and skipped tests of a JUnit record; nothing when the suite never got so far."""
    if not record.exists():
        return 0, 0, 0
    total = failed = skipped = 0
    for suite in ET.parse(record).getroot().iter("testsuite"):
        total += int(suite.get("tests", 0))
        failed += int(suite.get("failures", 0)) + int(suite.get("errors", 0))
        skipped += int(suite.get("skipped", 0))
    return total - failed - skipped, failed, skipped


def show(report: Report) -> None:
    """Print what a suite said, its end if it said much."""
    lines = report.output.rstrip().splitlines()
    print(f"\n=== {report.suite.name} ({report.seconds:.0f} s, processor {report.processor:.0f} s)", flush=True)
    if len(lines) > SHOWN_LINES:
        print(f"... {len(lines) - SHOWN_LINES} lines above are left out")
    print("\n".join(lines[-SHOWN_LINES:]), flush=True)


def run_all(suites: list[Suite], *, workers: int, developing: bool) -> list[Report]:
    """Run suites `workers` at a time and show each as it ends."""
    reports = []
    with concurrent.futures.ThreadPoolExecutor(max_workers=workers) as pool:
        for future in concurrent.futures.as_completed(
            [pool.submit(run, suite, developing=developing and develops(suite)) for suite in suites]
        ):
            reports.append(future.result())
            show(reports[-1])
    return reports


def summarise(reports: list[Report], seconds: float) -> int:
    """Name what failed, print the closing line and return the exit code."""
    print(f"\n=== all suites ({seconds:.0f} s, processor {sum(report.processor for report in reports):.0f} s)")
    for report in reports:
        state = "FAILED" if report.trouble else "ok"
        tail = f", {report.skipped} skipped" if report.skipped else ""
        print(f"{state:6} {report.suite.name}: {report.passed} passed, {report.failed} failed{tail} {report.trouble}")
    for report in reports:
        for line in report.output.splitlines() if report.skipped else ():
            if line.startswith("SKIPPED"):
                print(f"NOT RUN in {report.suite.name}: {line.removeprefix('SKIPPED').strip()}")
    passed, failed, skipped = (sum(getattr(r, key) for r in reports) for key in ("passed", "failed", "skipped"))
    print(f"{passed} passed, {failed} failed" + (f", {skipped} skipped" if skipped else ""), flush=True)
    return 1 if failed or not passed else 0


def main() -> int:
    """Run what the command line asks for: everything, or the named suites."""
    parser = argparse.ArgumentParser(description="Run every suite, or those named.")
    parser.add_argument("suites", nargs="*", help="for example webnet-core, tests/repo, browser")
    parser.add_argument("--require-browser", action="store_true", help="run the browser tests even if none is found")
    parser.add_argument("--quick", action="store_true", help="leave out what does not depend on versions")
    parser.add_argument("--at-once", type=int, default=AT_ONCE, help=f"suites at a time (default {AT_ONCE})")
    options = parser.parse_args()
    # A shell has what it runs in the background ignore this, and so would all below: tests interrupt servers.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    started = time.monotonic()
    suites = package_suites(options.suites) + shared_suites(options.suites)
    suites += browser_suites(options.suites, required=options.require_browser)
    if options.quick:
        suites = quicker(suites)
    suites.sort(key=lambda suite: LONGEST.index(suite.name) if suite.name in LONGEST else len(LONGEST))
    reports = run_all(suites, workers=options.at_once, developing=not options.quick and "CI" in os.environ)
    return summarise(reports, time.monotonic() - started)


if __name__ == "__main__":
    sys.exit(main())
