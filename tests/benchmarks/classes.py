"""Classes for benchmarks and tests: as many students as wanted, with texts of mixed quality."""

from pathlib import Path

from tests.conftest import SAMPLE_CLASS, SAMPLES


def realistic_texts() -> list[tuple[str, str]]:
    """Return (suffix, text) of each sample submission that has one and runs into no limit."""
    found = []
    for student, row in sorted(SAMPLES.items()):
        paths = [path for path in (SAMPLE_CLASS / student).iterdir() if path.suffix in (".py", ".ipynb")]
        if paths and "unsafe" not in row:
            found.append((paths[0].suffix, paths[0].read_text(encoding="utf-8")))
    return found


def make_class(folder: Path, students: int) -> None:
    """Write a class into a new folder. The files of two students differ, if only by a space at the end."""
    texts = realistic_texts()
    for number in range(students):
        suffix, text = texts[number % len(texts)]
        path = folder / f"student{number:06}" / f"rnn{suffix}"
        path.parent.mkdir(parents=True)
        path.write_text(text + "\n" * (1 + number // len(texts)), encoding="utf-8")
