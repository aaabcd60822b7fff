"""Numbers of the kernel's calls on the two machines that the filter is written for, from the table beside this file."""

import platform
import re
import struct
from pathlib import Path
from typing import Literal

Architecture = Literal["x86_64", "aarch64"]


def _read_numbers() -> dict[str, dict[str, int]]:
    """Return the numbers of the calls by name, for each section of the table."""
    text = Path(__file__).with_suffix(".tbl").read_text(encoding="ascii")
    sections = re.findall(r"^\[(\w+) from (\d+)\]\n([^\[]*)", text, re.MULTILINE)
    return {
        machine: {name: number for number, name in enumerate(names.split(), int(first)) if name != "-"}
        for machine, first, names in sections
    }


_READ = _read_numbers()
NUMBERS: dict[Architecture, dict[str, int]] = {
    "x86_64": _READ["x86_64"] | _READ["all"],
    "aarch64": _READ["aarch64"] | _READ["all"],
}
NAMES = {machine: {number: name for name, number in table.items()} for machine, table in NUMBERS.items()}


def architecture() -> Architecture | None:
    """Return the machine that this interpreter runs on, or None if no filter can be built for it."""
    if struct.calcsize("P") != 8:
        return None  # a 32-bit interpreter on a 64-bit kernel uses another table
    return next((machine for machine in NUMBERS if machine == platform.machine()), None)
