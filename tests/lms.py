"""Makes `data/lms/`: what learning management systems give and take, by FORMATS.md. Run `python -m tests.lms`."""

import io
import zipfile
from pathlib import Path

from tests.gradebooks import CANVAS_GRADEBOOK, MOODLE_WORKSHEET

DATA = Path(__file__).parent / "data" / "lms"

CODE = "def bptt_c(dO):\n    return dO.sum(axis=0)\n"
OLD = "def bptt_c(dO):\n    return dO.sum()\n"
NOTEBOOK = '{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [{"cell_type": "code", "source": "x = 1"}]}\n'


def packed(files: dict[str, str | bytes]) -> bytes:
    """Return a zip of these files; the same files give the same bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in files.items():
            info = zipfile.ZipInfo(name, (2026, 11, 20, 12, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o644 << 16
            archive.writestr(info, content)
    return buffer.getvalue()


# Doe resubmitted, Müller was late and sent a notebook, Nguyen sent a zip of her folder, Okafor a text entry,
# Smith a link, and Rossi two files of other names.
CANVAS: dict[str, str | bytes] = {
    "doejane_4711_90210_rnn.py": OLD,
    "doejane_4711_90317_rnn-1.py": CODE,
    "doejane_4711_90318_report.pdf": "%PDF-1.4",
    "müllerjörg_LATE_4712_90211_rnn.ipynb": NOTEBOOK,
    "nguyenan_4713_90212_homework.zip": packed({"homework/rnn.py": CODE, "__MACOSX/homework/._rnn.py": "x"}),
    "okaforada_4714_text.html": "<p>I could not upload it.</p>",
    "smithsam_LATE_4715_link.html": '<a href="https://example.org">here</a>',
    "rossimaria_4716_90213_first.py": CODE,
    "rossimaria_4716_90214_second.py": CODE,
}
CANVAS_ANONYMOUS: dict[str, str | bytes] = {
    "anon_x7Kq2_90210_rnn.py": CODE,
    "LATE_anon_b0Zz9_90211_rnn (1).py": CODE,
}
MOODLE: dict[str, str | bytes] = {
    "Jane Doe_1001_assignsubmission_file/rnn.py": CODE,
    "Jane Doe_1001_assignsubmission_file/data/notes.txt": "notes",
    "Jörg Müller_1002_assignsubmission_file_/work/rnn.ipynb": NOTEBOOK,
    "Ada Okafor_1003_assignsubmission_onlinetext/onlinetext.html": "<p>see file</p>",
    "Ada Okafor_1003_assignsubmission_file/rnn.py": CODE,
}
MOODLE_FLAT: dict[str, str | bytes] = {
    "Participant_1001_assignsubmission_file_rnn.py": CODE,
    "Participant_1002_assignsubmission_file_homework.py": CODE,
}
# Doe and Müller handed in together; Doe's own earlier attempt is there as well; Okafor has no file.
GRADESCOPE: dict[str, str | bytes] = {
    "assignment_77_export/submission_metadata.yml": """\
---
submission_501:
  :submitters:
  - :name: Jane Doe
    :sid: s1001
    :email: jane@example.org
  :created_at: 2026-11-18 20:00:00.000000000 Z
  :score: 0.0
  :history: []
submission_502:
  :submitters:
  - :name: Jane Doe
    :sid: s1001
    :email: jane@example.org
  - :name: Jörg Müller
    :sid: ''
    :email: joerg@example.org
  :created_at: 2026-11-20 21:30:00.000000000 +01:00
  :score: !ruby/object:BigDecimal 18:0.1e1
  :history:
  - :created_at: 2026-11-19 08:00:00.000000000 Z
    :score: 3.0
  :results: {}
submission_503:
  :submitters:
  - :name: Ada Okafor
    :sid: s1003
    :email: ada@example.org
  :created_at: 2026-11-20 22:00:00.000000000 +01:00
""",
    "assignment_77_export/submission_501/rnn.py": OLD,
    "assignment_77_export/submission_502/rnn.py": CODE,
    "assignment_77_export/submission_502/metadata.txt": "ours",
}

DOWNLOADS = {
    "canvas.zip": CANVAS,
    "canvas-anonymous.zip": CANVAS_ANONYMOUS,
    "moodle.zip": MOODLE,
    "moodle-flat.zip": MOODLE_FLAT,
    "gradescope.zip": GRADESCOPE,
}


def files() -> dict[str, bytes]:
    """Return every file of `data/lms/` by name."""
    sheets = {"canvas-gradebook.csv": CANVAS_GRADEBOOK, "moodle-worksheet.csv": MOODLE_WORKSHEET}
    made = {name: packed(content) for name, content in DOWNLOADS.items()}
    return made | {name: text.encode() for name, text in sheets.items()}


if __name__ == "__main__":
    DATA.mkdir(parents=True, exist_ok=True)
    for name, content in files().items():
        (DATA / name).write_bytes(content)
