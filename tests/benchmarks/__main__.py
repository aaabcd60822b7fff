"""All benchmarks, one after the other: `make bench`. Their tables go to the screen and into build/benchmarks.md."""

import os
import platform
import subprocess
import sys
import time
from importlib.metadata import version
from pathlib import Path

BENCHMARKS = {
    "throughput": [],
    "floor": ["--runs", "15"],
    "isolation": ["--runs", "20"],
    "scaling": [],
    "coordinator": ["--students", "5000"],
    "selfcheck": [],
}
OUT = Path("build/benchmarks.md")


def machine() -> str:
    """Return a line about the machine, the versions and the date."""
    model = platform.processor() or platform.machine()
    if Path("/proc/cpuinfo").exists():
        found = [line for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")]
        model = found[0].partition(":")[2].strip() if found else model
    versions = ", ".join(f"{name} {version(name)}" for name in ("bptt-kit", "numpy", "nbgrader"))
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    return (
        f"{time.strftime('%Y-%m-%d')}, {os.cpu_count()} × {model}, {platform.system()} {platform.release()}, "
        f"Python {platform.python_version()}, {versions}; load before: {load}"
    )


def main() -> None:
    """Run them all; the exit status is 1 if one of them misses its aim."""
    lines = ["# Benchmarks", "", machine(), ""]
    missed = []
    for name, options in BENCHMARKS.items():
        command = [sys.executable, "-m", f"tests.benchmarks.{name}", *options]
        started = time.perf_counter()
        done = subprocess.run(
            command, stdout=subprocess.PIPE, text=True, check=False, env=os.environ | {"COLUMNS": "118"}
        )
        seconds = time.perf_counter() - started
        print(f"== {name} ({seconds:.0f} s)\n{done.stdout}", flush=True)
        said = " ".join(["python -m", f"tests.benchmarks.{name}", *options])
        lines += [f"## {name}", "", f"`{said}` ({seconds:.0f} s)", "", "```text", done.stdout.rstrip(), "```", ""]
        if done.returncode:
            missed.append(name)
    OUT.parent.mkdir(exist_ok=True)
    OUT.write_text("\n".join(lines), encoding="utf-8")
    print(f"written to {OUT}")
    if missed:
        raise SystemExit(f"aims missed, or failed: {', '.join(missed)}")


if __name__ == "__main__":
    main()
