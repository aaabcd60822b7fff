"""The settings file: what it may say, and what is said about it when it can't be used."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from autograder.model.settings import Settings
from autograder.model.settings_file import ConfigError, load_settings
from solutions.tasks import TASKS


@pytest.fixture
def load(tmp_path: Path):
    """Load settings from a text, as a file called course.toml."""

    def load(text: str) -> Settings:
        path = tmp_path / "course.toml"
        path.write_text(text, encoding="utf-8")
        return load_settings(path)

    return load


@pytest.fixture
def complaint(load):
    """Return the message about a text that must be refused."""

    def complaint(text: str) -> str:
        with pytest.raises(ConfigError) as caught:
            load(text)
        return str(caught.value)

    return complaint


def test_without_a_file_the_rubric_decides():
    """No settings file means every task, at the rubric's points: 100 in all."""
    settings = load_settings(None)
    assert settings.enabled_tasks() == TASKS
    assert [settings.points(task.id) for task in TASKS] == [task.points for task in TASKS]
    assert settings.max_score == 100


def test_the_documented_example_is_valid(load):
    """The first settings file in docs/instructors.md can be loaded as it stands, and shows the defaults of limits."""
    documented = (Path(__file__).parents[1] / "docs" / "instructors.md").read_text(encoding="utf-8")
    settings = load(documented.partition("```toml\n")[2].partition("```")[0])
    assert settings.points("bptt_W") == 20
    assert settings.limits == Settings().limits
    assert settings.follow_through == Settings().follow_through


def test_points_and_switches(load):
    """Points replace the rubric's, and a task that is switched off is not among the enabled ones."""
    settings = load("[tasks.bptt_W]\npoints = 20\n[tasks.softmax]\nenabled = false")
    assert settings.points("bptt_W") == 20
    assert "softmax" not in [task.id for task in settings.enabled_tasks()]
    assert settings.max_score == 100 + 5 - 8


def test_limits_in_bytes(load):
    """A megabyte is 2**20 bytes, and a part of one will do."""
    limits = load("[limits]\nfile_mb = 0.5\nmemory_mb = 512").limits
    assert limits.file_bytes == 2**19
    assert limits.memory_bytes == 2**29
    assert (limits.output_bytes, limits.reply_bytes) == (2**20, 16 * 2**20)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (
            '[limits]\ncall_cpu_seconds = "fast"',
            'limits.call_cpu_seconds: found "fast"; expected a number above 0, at most 60',
        ),
        ("[limits]\ncall_cpu_seconds = 0", "limits.call_cpu_seconds: found 0; expected a number above 0, at most 60"),
        ("[limits]\ncall_cpu_seconds = 61", "limits.call_cpu_seconds: found 61; expected a number above 0, at most 60"),
        ("[limits]\nfile_mb = nan", "limits.file_mb: found nan; expected a number above 0, at most 100"),
        ("[limits]\nfile_mb = inf", "limits.file_mb: found inf; expected a number above 0, at most 100"),
        ("[limits]\nmemory_mb = 64", "limits.memory_mb: found 64; expected a number at least 128, at most 65536"),
        ("[follow_through]\ncap = 1.5", "follow_through.cap: found 1.5; expected a number at least 0, at most 1"),
        ("[follow_through]\ncap = true", "follow_through.cap: found true; expected a number at least 0, at most 1"),
        (
            "[repeated_mistakes]\nshare = 1.5",
            "repeated_mistakes.share: found 1.5; expected a number at least 0, at most 1",
        ),
        ("[tasks.forward]\nenabled = 1", "tasks.forward.enabled: found 1; expected true or false"),
        ("[tasks.forward]\npoints = -1", "tasks.forward.points: found -1; expected a number at least 0, at most 1000"),
        ("seed = 1.5", "seed: found 1.5; expected a whole number at least 0, at most 9223372036854775807"),
        ("seed = [1, 2]", "seed: found a list; expected a whole number at least 0, at most 9223372036854775807"),
        ("limits = 3", "limits: found 3; expected a table"),
        ("[tasks]\nforward = 3", "tasks.forward: found 3; expected a table"),
    ],
)
def test_a_wrong_value(complaint, text, line):
    """A wrong value is named by its dotted key, with what was found and what is allowed."""
    assert line in complaint(text).splitlines()[1]


@pytest.mark.parametrize(
    ("text", "key", "meant"),
    [
        ("[limits]\nmemory = 3", "limits.memory", "limits.memory_mb"),
        ("[tasks.bptt_W]\npoint = 3", "tasks.bptt_W.point", "tasks.bptt_W.points"),
        ("sede = 3", "sede", "seed"),
        ("call_cpu_seconds = 3", "call_cpu_seconds", "limits.call_cpu_seconds"),
        ("[bptt_W]\npoints = 3", "bptt_W", "tasks.bptt_W"),
    ],
)
def test_an_unknown_key(complaint, text, key, meant):
    """An unknown key is answered with the likeliest one, wherever that belongs."""
    assert f"{key}: unknown key; did you mean {meant}? Allowed in " in complaint(text)


def test_an_unknown_key_lists_its_neighbours(complaint):
    """What is allowed in a table is listed, also where no key resembles the unknown one."""
    message = complaint("[follow_through]\nzzzzzz = 1")
    assert "follow_through.zzzzzz: unknown key; Allowed in [follow_through]: cap" in message


def test_an_unknown_task(complaint):
    """A task that does not exist is answered with the likeliest id, and all of them."""
    message = complaint("[tasks.bptt_w]\npoints = 3")
    assert "tasks.bptt_w: no such task; did you mean tasks.bptt_W?" in message
    assert all(task.id in message for task in TASKS)


def test_every_problem_is_listed(complaint):
    """One message names all problems, so that a file is mended in one go."""
    message = complaint('seed = "x"\nspeed = 1\n[limits]\nfile_mb = 0\n[tasks.nope]\nenabled = true')
    head, *lines = message.splitlines()
    assert head.endswith("has 4 problems:")
    assert sorted(line.strip().partition(":")[0] for line in lines) == ["limits.file_mb", "seed", "speed", "tasks.nope"]


@pytest.mark.parametrize("change", ["enabled = false", "points = 0"])
def test_nothing_to_earn(complaint, change):
    """A run in which no task gives a point is refused."""
    text = "\n".join(f"[tasks.{task.id}]\n{change}" for task in TASKS)
    assert "no task that is enabled and has points" in complaint(text)


def test_broken_toml_names_file_and_line(complaint):
    """A syntax error says in which file and line it is."""
    message = complaint("seed = 1\n\n[limits\n")
    assert "course.toml is not valid TOML" in message
    assert "line 3" in message


def test_a_file_that_cannot_be_read(tmp_path):
    """A missing file, a folder and a file that is not text are each named as such."""
    with pytest.raises(ConfigError, match=r"nowhere\.toml does not exist"):
        load_settings(tmp_path / "nowhere.toml")
    with pytest.raises(ConfigError, match="can't be read: Is a directory"):
        load_settings(tmp_path)
    latin = tmp_path / "latin.toml"
    latin.write_bytes(b"seed = 1\n# caf\xe9\n")
    with pytest.raises(ConfigError, match="byte 0xe9 in line 2 is not UTF-8"):
        load_settings(latin)


def test_a_byte_order_mark_is_no_error(tmp_path):
    """A file saved by an editor that writes a byte order mark loads like any other."""
    path = tmp_path / "marked.toml"
    path.write_bytes(b"\xef\xbb\xbfseed = 7\n")
    assert load_settings(path).seed == 7


def test_settings_do_not_change():
    """Settings can't be changed once they are read."""
    with pytest.raises(ValidationError):
        Settings().seed = 3


@pytest.mark.parametrize(
    "text",
    [
        "seed = 1",
        "[tasks.bptt_W]\npoints = 14",
        "[tasks.bptt_W]\nenabled = false",
        "[limits]\ncall_cpu_seconds = 3",
        "[limits]\nreply_mb = 17",
        "[follow_through]\ncap = 0.6",
        'numerical_gradients = "reject"',
        "[repeated_mistakes]\nshare = 0.5",
    ],
)
def test_the_digest_sees_what_decides_a_mark(load, text):
    """Each setting that can change a mark changes the digest."""
    assert load(text).digest() != Settings().digest()


def test_the_digest_sees_values_and_not_their_spelling(load):
    """Defaults written out, tables in another order and 2 for 2.0 leave the digest as it is."""
    spelled_out = (
        "[follow_through]\ncap = 0.7\n[limits]\nmemory_mb = 1024\ncall_cpu_seconds = 2\n[tasks.bptt_W]\npoints = 15"
    )
    assert load(spelled_out).digest() == Settings().digest()
    off = "[tasks.softmax]\nenabled = false\n"
    assert load(off).digest() == load(off + "points = 50").digest()
