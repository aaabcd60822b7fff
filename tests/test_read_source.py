"""Reading submissions within limits: files, notebooks, and what is neither."""

import hashlib
import json
from contextlib import suppress
from pathlib import Path

import pytest

from autograder.submissions import Unreadable, read_source, survey
from tests.odd_submissions import ODD, make_odd_class, unprivileged

LIMIT = 1_000_000


def notebook(path: Path, *cells: object) -> Path:
    """Write a notebook of format 4; a cell that is a text is a code cell."""
    full = [{"cell_type": "code", "source": c} if isinstance(c, str) else c for c in cells]
    path.write_text(json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": full}))
    return path


def test_a_python_file_is_one_chunk(tmp_path: Path) -> None:
    """The text comes whole under the file's name, with the digest of its bytes; a mark of UTF-8 is dropped."""
    raw = b"\xef\xbb\xbf# caf\xc3\xa9\r\nx = 1\r\n"
    (tmp_path / "rnn.py").write_bytes(raw)
    source = read_source(tmp_path / "rnn.py", LIMIT)
    assert source.kind == "py"
    assert source.chunks == (("rnn.py", "# café\r\nx = 1\r\n"),)
    assert source.digest == hashlib.sha256(raw).hexdigest()


def test_offsets_count_from_the_files_first_byte(tmp_path: Path) -> None:
    """The place of a byte that is no UTF-8 is counted with the mark before the text."""
    (tmp_path / "rnn.py").write_bytes(b"\xef\xbb\xbfx\n\xff")
    with pytest.raises(Unreadable, match=r"0xff at offset 5 \(line 2\)"):
        read_source(tmp_path / "rnn.py", LIMIT)


def test_code_is_text_to_the_reader(tmp_path: Path) -> None:
    """Source that no compiler takes is read all the same: judging it is the room's work."""
    (tmp_path / "rnn.py").write_text("def softmax(:\n" + "(" * 5000)
    assert read_source(tmp_path / "rnn.py", LIMIT).chunks[0][1].startswith("def softmax(:")


def test_the_limit_is_the_last_size_that_is_read(tmp_path: Path) -> None:
    """A file of exactly the limit is read; one byte more is refused with both numbers."""
    (tmp_path / "rnn.py").write_text("x" * 1000)
    assert read_source(tmp_path / "rnn.py", 1000).chunks == (("rnn.py", "x" * 1000),)
    with pytest.raises(Unreadable, match=r"1,000 bytes, and at most 999 "):
        read_source(tmp_path / "rnn.py", 999)


def test_a_file_larger_than_it_says_is_refused() -> None:
    """Where a size of 0 is a lie (as in /proc), no more than the limit is read."""
    endless = Path("/proc/self/environ")
    if not endless.exists() or len(endless.read_bytes()) < 2:
        pytest.skip("no /proc here")
    with pytest.raises(Unreadable, match="more than the 1 bytes"):
        read_source(endless, 1)


def test_every_odd_submission_is_refused_with_its_reason(tmp_path: Path) -> None:
    """Large, not UTF-8, not a file, closed, no notebook, ambiguous: each message says which and what to do."""
    expected = make_odd_class(tmp_path / "class")
    found = {s.student_id: s for s in survey(tmp_path / "class").submissions}
    assert found.keys() == expected.keys()
    for name, submission in found.items():
        message = submission.problem
        if not message:
            assert submission.path is not None
            with pytest.raises(Unreadable) as caught:
                read_source(submission.path, LIMIT)
            message = str(caught.value)
        assert [word for word in expected[name].says if word not in message] == [], (name, message)
        assert message.isprintable()


@pytest.mark.parametrize("name", ["link", "pipe", "folder", "socket"])
def test_reading_never_waits_for_or_follows_what_is_no_file(tmp_path: Path, name: str) -> None:
    """A link, a pipe nobody writes to, a folder or a socket that took the file's place is refused at once."""
    (tmp_path / "class" / name).mkdir(parents=True)
    ODD[name].make(tmp_path / "class" / name)
    with pytest.raises(Unreadable, match=r"rnn\.py .*(link|pipe|folder|socket)"):
        read_source(tmp_path / "class" / name / "rnn.py", LIMIT)


def test_no_permission_is_a_reason(tmp_path: Path) -> None:
    """A file that may not be read is refused with that reason."""
    (tmp_path / "rnn.py").touch(mode=0)
    with unprivileged(), pytest.raises(Unreadable, match="permission"):
        read_source(tmp_path / "rnn.py", LIMIT)


def test_the_machines_failures_are_not_the_students(tmp_path: Path) -> None:
    """A file that is gone raises what the system raises, so that nobody's work is refused for it."""
    with pytest.raises(FileNotFoundError):
        read_source(tmp_path / "rnn.py", LIMIT)


@pytest.mark.parametrize(
    ("head", "encoding"),
    [
        ("# -*- coding: latin-1 -*-", "latin-1"),
        ("#!/usr/bin/env python\n# vim: set fileencoding=cp1252 :", "cp1252"),
        ("# coding=koi8-r", "koi8-r"),
        ("# coding: utf-8", "utf-8"),
        ("# -*- coding: iso-8859-15-unix -*-", "iso-8859-15"),
    ],
)
def test_the_encoding_that_a_file_declares_is_its_encoding(tmp_path: Path, head: str, encoding: str) -> None:
    """A declaration in one of the first two lines is followed, as Python follows it."""
    text = f"{head}\nname = 'é'\n" if encoding != "koi8-r" else f"{head}\nname = 'я'\n"
    (tmp_path / "rnn.py").write_bytes(text.encode(encoding))
    assert read_source(tmp_path / "rnn.py", LIMIT).chunks == (("rnn.py", text),)


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"# coding: rot13\nx = 1\n", "declares the encoding rot13, which is not read: save it as UTF-8"),
        (b"# coding: unicode_escape\nx = 1\n", "declares the encoding unicode_escape"),
        (b"# coding: klingon\nx = 1\n", "declares the encoding klingon"),
        (b"# coding: latin-99\nx = 1\n", "declares the encoding latin-99"),
        (b"# coding: ascii\nx = '\xe9'\n", "is not ascii text: byte 0xe9 at offset 21 (line 2)"),
        (b"x = 1\n# coding: latin-1\ny = '\xe9'\n", "is not UTF-8 text"),
        (b"\n\n# coding: latin-1\ny = '\xe9'\n", "is not UTF-8 text"),
    ],
)
def test_what_is_declared_is_not_guessed(tmp_path: Path, raw: bytes, words: str) -> None:
    """What is no encoding of text, or not the file's, is refused; a declaration further down is none."""
    (tmp_path / "rnn.py").write_bytes(raw)
    with pytest.raises(Unreadable) as caught:
        read_source(tmp_path / "rnn.py", LIMIT)
    assert words in str(caught.value)


@pytest.mark.parametrize("line", ["!pip install x", "%matplotlib inline", "get_ipython().system('ls')", "# In[3]:"])
def test_a_notebook_saved_as_a_script_is_read_like_one(tmp_path: Path, line: str) -> None:
    """What only a notebook understands shows where the text came from."""
    (tmp_path / "rnn.py").write_text(f"{line}\nx = 1\n")
    assert read_source(tmp_path / "rnn.py", LIMIT).kind == "ipynb"
    (tmp_path / "rnn.py").write_text(f"x = 1  # {line}\n")
    assert read_source(tmp_path / "rnn.py", LIMIT).kind == "py"


# --- notebooks -------------------------------------------------------------------------------------


def test_code_cells_come_in_order_with_their_numbers(tmp_path: Path) -> None:
    """Text cells don't count, empty code cells count but aren't handed on, magics stay as written."""
    path = notebook(
        tmp_path / "RNN.IPYNB",  # as some systems rename uploads
        {"cell_type": "markdown", "source": ["# Task 1"]},
        {"cell_type": "code", "source": ["import numpy as np\n", "%matplotlib inline"], "outputs": []},
        "  \n",
        "%%time\n!pip install numpy",
        {"cell_type": "raw", "source": "x"},
    )
    source = read_source(path, LIMIT)
    assert source.kind == "ipynb"
    assert source.chunks == (
        ("cell 1", "import numpy as np\n%matplotlib inline"),
        ("cell 3", "%%time\n!pip install numpy"),
    )


@pytest.mark.parametrize("extra", ["NaN", '"\\ud83d"', "[" * 200 + "]" * 200])
def test_what_jupyter_writes_elsewhere_in_the_file_is_no_obstacle(tmp_path: Path, extra: str) -> None:
    """NaN in an output, half an emoji, nested metadata: all legal to Jupyter, none of it our concern."""
    cells = '[{"cell_type": "code", "source": "x = 1", "input": 3}]'
    (tmp_path / "rnn.ipynb").write_text(f'{{"nbformat": 4, "metadata": {{"x": {extra}}}, "cells": {cells}}}')
    assert read_source(tmp_path / "rnn.ipynb", LIMIT).chunks == (("cell 1", "x = 1"),)


@pytest.mark.parametrize(
    ("major", "code"), [(2, "x = 1\ny = 2"), (2, ["x = 1", "y = 2"]), (3, ["x = 1\n", "y = 2"]), (3, "x = 1\ny = 2")]
)
def test_old_notebooks_are_read(tmp_path: Path, major: int, code: str | list[str]) -> None:
    """Formats 2 and 3 keep their cells in worksheets and their code in "input", format 2 without the ends of lines."""
    cells = [
        {"cell_type": "markdown", "source": "Hello", "metadata": {}},
        {"cell_type": "code", "input": code, "language": "python", "outputs": [], "collapsed": False},
    ]
    old = {"nbformat": major, "nbformat_minor": 0, "metadata": {"name": ""}, "worksheets": [{"cells": cells}]}
    (tmp_path / "rnn.ipynb").write_text(json.dumps(old))
    assert read_source(tmp_path / "rnn.ipynb", LIMIT).chunks == (("cell 1", "x = 1\ny = 2"),)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[]", ("not a notebook", "array")),
        ("{}", ("not a notebook", "nbformat")),
        ('{"nbformat": 4}', ("not a notebook", "cells")),
        ('{"nbformat": 4, "cells": []}', ("no code cells",)),
        ('{"nbformat": 4, "cells": [{"cell_type": "markdown", "source": "x"}]}', ("no code cells",)),
        ('{"nbformat": 4, "cells": [{"cell_type": "code", "source": 3}]}', ("source", "int")),
        ('{"nbformat": 4, "cells": [{"cell_type": "code", "source": [["x"]]}]}', ("source", "array")),
        ('{"nbformat": 4, "cells": {"a": 1}}', ("cells", "object")),
        ('{"nbformat": "4", "cells": []}', ("nbformat", "str")),
        ('{"nbformat": 3, "worksheets": 7}', ("worksheets", "int")),
        ('{"nbformat": -1, "cells": []}', ("worksheets",)),
        ('{"nbformat": 4, "cells": [', ("JSON", "line 1")),
        ('{"nbformat": 4, "x": ' + "9" * 5000 + ', "y": NaN}', ("JSON", "digits")),
        ('{"nbformat": 4, "x": ' + "[" * 100_000 + "]" * 100_000 + "}", ("nested too deep",)),
        ('{"nbformat": 4, "x": NaN, "y": ' + "[" * 100_000 + "]" * 100_000 + "}", ("nested too deep",)),
        ('{"nbformat": 4, "cells": [{"cell_type": "code", "source": "\\u0000"}]}', ("cell 1", "NUL")),
        ('{"nbformat": 4, "cells": [{"cell_type": "code", "source": "\\ud800"}]}', ("cell 1", "half a character")),
    ],
)
def test_what_is_no_notebook_says_why(tmp_path: Path, text: str, words: tuple[str, ...]) -> None:
    """Wrong structure, wrong types, broken or hostile JSON: a message each, and never another exception."""
    (tmp_path / "rnn.ipynb").write_text(text)
    with pytest.raises(Unreadable) as caught:
        read_source(tmp_path / "rnn.ipynb", LIMIT)
    assert [word for word in ("rnn.ipynb", *words) if word not in str(caught.value)] == [], str(caught.value)


@pytest.mark.parametrize(
    ("magic", "is_code"),
    [
        ("%%writefile rnn.py", True),
        ("%%file  rnn.py", True),
        ("%%writefile -a 'src/my rnn.py'", True),
        ("\n%%writefile helpers.py", True),
        ("%%writefile notes.txt", False),
        ("%%writefile Test_rnn.py", False),
        ("%%writefile conftest.py", False),
        ("%%bash", False),
    ],
)
def test_what_a_cell_writes_to_a_python_file_is_code(tmp_path: Path, magic: str, is_code: bool) -> None:
    """%%writefile and %%file of a Python file become a comment, so that lines keep their numbers."""
    path = notebook(tmp_path / "rnn.ipynb", f"{magic}\nx = 1\n")
    ((_, code),) = read_source(path, LIMIT).chunks
    assert code == (f"{magic}\nx = 1\n".replace("%%", "# %%") if is_code else f"{magic}\nx = 1\n")


def test_code_in_a_markdown_cell_is_told(tmp_path: Path) -> None:
    """Functions of the assignment that stand only in Markdown are named with the cell; notes and others are not."""
    prose = [
        {"cell_type": "markdown", "source": "# Mine\n\ndef softmax(o):\n    return o"},
        {"cell_type": "markdown", "source": "def forward(x): is explained here, and def plot(x): as well"},
        {"cell_type": "raw", "source": "def bptt_W(X):\n    pass\ndef bptt_V(X):\n    pass"},
    ]
    source = read_source(notebook(tmp_path / "rnn.ipynb", *prose, "def forward(x):\n    return x"), LIMIT)
    assert source.notes == (
        'softmax is written in the Markdown cell that begins "# Mine", and only code is graded: '
        "change the cell's type to Code",
        'bptt_W, bptt_V are written in the raw cell that begins "def bptt_W(X):", and only code is graded: '
        "change the cell's type to Code",
    )
    with pytest.raises(Unreadable, match="no code cells with anything in them; softmax is written in the Markdown"):
        read_source(notebook(tmp_path / "all.ipynb", prose[0]), LIMIT)


def test_of_much_prose_a_few_cells_are_told(tmp_path: Path) -> None:
    """Three remarks say enough."""
    prose = [{"cell_type": "markdown", "source": f"{n}\ndef softmax(o):"} for n in range(5)]
    source = read_source(notebook(tmp_path / "rnn.ipynb", *prose, "x = 1"), LIMIT)
    assert ['begins "0"' in source.notes[0], len(source.notes)] == [True, 3]


def test_the_format_says_where_a_notebooks_cells_are(tmp_path: Path) -> None:
    """What another format would call its cells is passed over."""
    new, old = ([{"cell_type": "code", "source": code}] for code in ("new = 1", "old = 1"))
    for major, code in ((3, "old = 1"), (4, "new = 1"), (5, "new = 1")):
        text = json.dumps({"nbformat": major, "cells": new, "worksheets": [{"cells": old}]})
        (tmp_path / "rnn.ipynb").write_text(text)
        assert read_source(tmp_path / "rnn.ipynb", LIMIT).chunks == (("cell 1", code),)


def test_no_file_is_left_open(tmp_path: Path) -> None:
    """Ten thousand submissions, those that are refused among them, take no more descriptors than one."""
    (tmp_path / "rnn.py").write_text("x = 1\n")
    before = len(list(Path("/dev/fd").iterdir()))
    for limit in (100, 1):
        for _ in range(3):
            with suppress(Unreadable):
                read_source(tmp_path / "rnn.py", limit)
    assert len(list(Path("/dev/fd").iterdir())) == before
