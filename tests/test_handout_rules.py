"""What must not be lost or leaked by a release: files that no release wrote, and solutions in stubs."""

import json
from pathlib import Path

import pytest

from autograder.handout.manifest import MANIFEST, manifest, own_files
from autograder.handout.stubs import BEGIN, END, HandoutError, stub, without_solutions
from tests.conftest import REFERENCE

FILES = {"README.md": b"read", "selfcheck/checks.py": b"check"}


def released(folder: Path) -> Path:
    """Write a handout of two files."""
    for name, content in {**FILES, MANIFEST: manifest(FILES)}.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return folder


def test_an_earlier_handout_is_known_by_its_manifest(tmp_path: Path) -> None:
    """Also where a file of it is gone, and with what the self-check and git leave; a new or empty folder has none."""
    assert own_files(tmp_path / "new") == own_files(tmp_path) == []
    folder = released(tmp_path / "a")
    for name in (".git/config", "selfcheck/__pycache__/x.pyc", ".pytest_cache/v", ".ipynb_checkpoints/x"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()
    assert sorted(own_files(folder)) == sorted([*FILES, MANIFEST])
    (folder / "README.md").unlink()
    assert sorted(own_files(folder)) == sorted(["selfcheck/checks.py", MANIFEST])


def harm(folder: Path, what: str) -> None:
    """Put something into a handout, or change it."""
    if what == "a file more":
        (folder / "rnn.py").write_text("my work")
    elif what == "a hidden file":
        (folder / ".mine").touch()
    elif what == "a link":
        (folder / "link").symlink_to("nowhere")
    elif what == "a changed file":
        (folder / "README.md").write_bytes(b"reads")
    elif what == "a link in a file's place":
        (folder / "copy").write_bytes(b"read")
        (folder / "README.md").unlink()
        (folder / "README.md").symlink_to("copy")
        (folder / MANIFEST).write_bytes(manifest(FILES | {"copy": b"read"}))
    elif what == "a folder in a file's place":
        (folder / "README.md").unlink()
        (folder / "README.md").mkdir()
        (folder / "README.md" / "mine").touch()


HARM = {
    "a file more": "(not of the handout: rnn.py)",
    "a hidden file": "(not of the handout: .mine)",
    "a link": "(not of the handout: link)",
    "a changed file": "(changed since: README.md)",
    "a link in a file's place": "(changed since: README.md)",
    "a folder in a file's place": "(not of the handout: README.md/mine)",
}


@pytest.mark.parametrize("what", HARM)
def test_what_no_release_wrote_is_never_written_over(tmp_path: Path, what: str) -> None:
    """Each is named, and nothing is done."""
    folder = released(tmp_path / "a")
    harm(folder, what)
    with pytest.raises(HandoutError) as caught:
        own_files(folder)
    assert f"holds what no release wrote {HARM[what]}. Nothing was written" in str(caught.value)


@pytest.mark.parametrize(
    "text", [None, "", "[]", "{}", '{"schema": "other", "files": {}}', '{"schema": 3, "files": []}']
)
def test_a_folder_without_a_manifest_of_ours_is_nobody_s_handout(tmp_path: Path, text: str | None) -> None:
    """Whatever lies in it."""
    (tmp_path / "mine.txt").touch()
    if text is not None:
        (tmp_path / MANIFEST).write_text(text)
    with pytest.raises(HandoutError, match=r"is no handout of bptt: there is .*choose an empty folder"):
        own_files(tmp_path)


def test_the_manifest_lists_all_but_itself() -> None:
    """Sorted, so that the same files give the same bytes."""
    facts = json.loads(manifest(FILES | {MANIFEST: b"old"}))
    assert (facts["schema"], list(facts["files"])) == ("bptt-kit/handout/v1", sorted(FILES))
    assert manifest(dict(reversed(FILES.items()))) == manifest(FILES)


# --- stubs -----------------------------------------------------------------------------------------

SOFTMAX = f'''\
"""A module."""

{BEGIN}
def helper():
    return 1
{END}

def softmax(o):
    """Normalise."""
    {BEGIN}
    secret = helper()
    return secret
    {END}

RATE = 1
'''


def test_a_solution_goes_and_its_stub_names_the_task() -> None:
    """A region at the margin goes without a trace; what is outside of regions stays."""
    assert without_solutions(SOFTMAX) == (
        '"""A module."""\n\n\ndef softmax(o):\n    """Normalise."""\n'
        '    raise NotImplementedError("Task 1: softmax")\n\nRATE = 1\n'
    )


@pytest.mark.parametrize(
    ("source", "words"),
    [
        (f"{BEGIN}\nx = 1\n{BEGIN}\n{END}\n", f"line 3: {BEGIN} inside the region that line 1 began"),
        (f"x = 1\n{END}\n", f"line 2: {END} without a {BEGIN}"),
        (f"x = 1\n{BEGIN}\ny = 1\n", f"line 2: {BEGIN} without an {END}"),
        (f"def plot():\n    {BEGIN}\n    return 1\n    {END}\n", "line 2: plot is no task's function"),
    ],
)
def test_a_marker_without_a_partner_stops_a_release(source: str, words: str) -> None:
    """With its line."""
    with pytest.raises(HandoutError) as caught:
        without_solutions(source)
    assert words in str(caught.value)


@pytest.mark.parametrize(
    "kept",
    [
        "    half = 1\n    {begin}\n    return {{}}\n    {end}\n",
        "    {begin}\n    pass\n    {end}\n    return 1\n",
        "    return 1\n",
    ],
)
def test_no_line_of_an_answer_is_left_beside_a_stub(kept: str) -> None:
    """A function whose body is not a solution as a whole stops a release."""
    start = REFERENCE.index('"""', REFERENCE.index('"""', REFERENCE.index("\ndef softmax(")) + 3) + 4
    end = REFERENCE.index(END, start) + len(END) + 1
    with pytest.raises(HandoutError, match="softmax: the whole body below the docstring must stand between"):
        stub(REFERENCE[:start] + kept.format(begin=BEGIN, end=END) + REFERENCE[end:])
    assert "NotImplementedError" in stub(REFERENCE)
