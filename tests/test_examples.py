"""The lecture's examples, as a student runs them: each in a process of its own, in a released folder."""

import importlib.util
import re
import sys
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from autograder.handout.release import stub
from solutions import rnn as reference
from solutions.rnn import Params
from solutions.tasks import TASK_BY_ID
from tests.conftest import REFERENCE
from tests.desk import Student, scores, solved
from tests.example_outputs import EXAMPLES as TABLE
from tests.example_outputs import OUTPUT

EXAMPLES = {example.name: example for example in TABLE}
DOUBLED = "return (dO.T @ H) * 2"


@pytest.fixture(scope="module")
def student(tmp_path_factory: pytest.TempPathFactory) -> Student:
    """A desk whose rnn.py a test writes first."""
    return Student(tmp_path_factory.mktemp("desk"))


@pytest.fixture(scope="module")
def outputs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What each example prints with the reference."""
    done = Student(tmp_path_factory.mktemp("done")).hand(REFERENCE)
    runs = {name: done.module("examples", name) for name in EXAMPLES}
    assert {name: (run.returncode, run.stderr) for name, run in runs.items()} == dict.fromkeys(EXAMPLES, (0, ""))
    return {name: run.stdout for name, run in runs.items()}


@pytest.fixture(scope="module")
def translation(student: Student) -> Iterator[ModuleType]:
    """The handout's module with the phrases, imported in the folder that it was released into."""
    before = set(sys.modules)
    sys.path.insert(0, str(student.folder))
    try:
        yield importlib.import_module("examples.translation")
    finally:
        sys.path.remove(str(student.folder))
        for name in set(sys.modules) - before:
            if name.partition(".")[0] in ("examples", "selfcheck", "tools"):
                del sys.modules[name]


def numbers(text: str) -> list[float]:
    return [float(number) for number in re.findall(r"\d+\.\d+", text)]


def held_out(output: str) -> float:
    found = re.search(r"^  held out: +(\d+) of (\d+) right", output, re.MULTILINE)
    assert found
    return int(found[1]) / int(found[2])


def test_deep_is_learnt_and_completed(outputs: dict[str, str]) -> None:
    """One to one: from "d", fed with its own outputs, the network says e, e, p, <stop>; before learning it did not."""
    said = outputs["completion"]
    steps = re.findall(r"^ +\d   (\S+) .* (\S+)$", said, re.MULTILINE)
    assert steps == [("d", "e"), ("e", "e"), ("e", "p"), ("p", "<stop>")]
    assert '"d" is completed to "deep".' in said
    assert '"d" goes on with: e e p <stop>' not in said


def test_words_are_drawn_at_a_temperature(outputs: dict[str, str]) -> None:
    """At temperature 1 the learnt word is said each time; at a high one, words that were never read come up."""
    words = {
        heat: said.split() for heat, said in re.findall(r"^  temperature (\d) +(.*)$", outputs["completion"], re.M)
    }
    assert list(words) == ["1", "3", "5"]
    assert set(words["1"]) == {"deep"}
    assert set(words["5"]) - {"deep"}
    assert all(set(word) <= set("dep") for said in words.values() for word in said)


def test_melodies_are_played_from_one_note(outputs: dict[str, str]) -> None:
    """One to many: every melody comes out note for note, up to its end; a note that begins none makes another one."""
    played = dict(re.findall(r"^  ([A-G]) -> (.*?)(?: {2,}.*)?$", outputs["melody"], re.MULTILINE))
    own = played.pop("F")
    assert own.endswith(" <end>")
    assert own not in played.values()
    assert played == {
        "C": "D E C C D E C E F G <end>",
        "E": "E F G G F E D C C D E E D D <end>",
        "G": "A G E G A G E D D B C C G <end>",
    }


def test_sentiment_and_movements_are_told_apart(outputs: dict[str, str]) -> None:
    """Many to one: at least nine in ten of the sequences that were never seen are judged right."""
    assert held_out(outputs["sentiment"]) >= 0.9
    assert held_out(outputs["surya_namaskar"]) >= 0.9
    kinds = dict(re.findall(r"^  (\S.*?) +(\d+ of \d+)$", outputs["surya_namaskar"], re.MULTILINE))
    assert set(kinds) == {"Surya Namaskar", "its poses in another order", "broken off half-way", "squats"}
    assert sum(int(count.split()[2]) for count in kinds.values()) == 80


def test_phrases_are_translated_exactly(outputs: dict[str, str], translation: ModuleType) -> None:
    """Many to many: the slide's pair and every other phrase come out word for word, in Kannada's own letters."""
    said = outputs["translation"]
    assert "How are you          neevu hegiddeeri       ನೀವು ಹೇಗಿದ್ದೀರಿ\n" in said
    for english, kannada, _ in translation.FIXED:
        assert re.search(rf"^  {english} .* {kannada}$", said, re.MULTILINE)
    assert f"{len(translation.PHRASES)} of {len(translation.PHRASES)} phrases are translated exactly." in said


def test_a_phrase_that_was_held_out_is_translated(outputs: dict[str, str], translation: ModuleType) -> None:
    """It was never learnt from, and comes out word for word: each of its words is known from other phrases."""
    english, kannada, _ = translation.HELD_OUT
    assert english not in [known for known, _, _ in translation.PHRASES]
    assert re.search(rf"^  {english} .* {kannada}$", outputs["translation"], re.MULTILINE)


def test_kannada_is_in_nfc_and_never_cut(translation: ModuleType) -> None:
    """Every text of the examples is in Unicode NFC, and no token begins with a sign that needs a letter before it."""
    folder = Path(translation.__file__ or "").parent
    texts = [path.read_text(encoding="utf-8") for pattern in ("*.py", "output/*.txt") for path in folder.glob(pattern)]
    assert len(texts) > 10
    assert all(unicodedata.is_normalized("NFC", text) for text in texts)
    kannada = [word for _, phrase, _ in translation.PHRASES for word in phrase.split()]
    assert all(0x0C80 <= ord(letter) <= 0x0CFF for word in kannada for letter in word)
    assert not [word for word in kannada if unicodedata.category(word[0]).startswith("M")]
    assert not [word for word in kannada if word.endswith("\N{KANNADA SIGN VIRAMA}")]
    tokens = set(translation._KANNADA) - {translation.START, translation.STOP}
    assert tokens == set(kannada)


def test_the_encoder_learns_by_the_gradient_of_the_decoders_loss(translation: ModuleType) -> None:
    """What both networks learn by is the numerical gradient of the loss of the translation."""
    functions = importlib.import_module("selfcheck.functions")
    selfcheck = importlib.import_module("selfcheck")
    rnn = functions.Functions(selfcheck.Student(vars(reference)))
    encoder, decoder = translation.first_networks(rnn, np.random.default_rng(5))
    pair = translation._pair(*translation.PHRASES[0][:2])

    def loss(encoder: Params, decoder: Params) -> float:
        read, _ = reference.forward(encoder, pair.read, np.zeros(len(encoder.b)))
        _, Y_hat = reference.forward(decoder, pair.fed, read[-1])
        return reference.cross_entropy(Y_hat, pair.due)

    _, *grads = translation.pair_gradients(rnn, encoder, decoder, pair)
    rng = np.random.default_rng(6)
    for network, grad in enumerate(grads):
        for field in Params._fields:
            toward, step = rng.standard_normal(getattr(grad, field).shape), 1e-5
            moved = []
            for sign in (1, -1):
                networks = [encoder, decoder]
                new = getattr(networks[network], field) + sign * step * toward
                networks[network] = networks[network]._replace(**{field: new})
                moved.append(loss(*networks))
            numerical = (moved[0] - moved[1]) / (2 * step)
            assert np.sum(getattr(grad, field) * toward) == pytest.approx(numerical, rel=1e-6, abs=1e-8)


@pytest.mark.parametrize("name", EXAMPLES)
def test_what_the_handout_shows_is_what_is_printed(outputs: dict[str, str], name: str) -> None:
    """The outputs that the notebook and the folder show are those of the reference, but for last digits."""
    kept = (OUTPUT / f"{name}.txt").read_text(encoding="utf-8")
    assert re.sub(r"\d+\.\d+", "#", outputs[name]) == re.sub(r"\d+\.\d+", "#", kept)
    np.testing.assert_allclose(numbers(outputs[name]), numbers(kept), rtol=0.05, atol=0.011)


def test_outputs_fit_80_columns(outputs: dict[str, str]) -> None:
    """No line is wider than the terminal; signs that stand on a letter take no column."""
    for output in outputs.values():
        for line in output.splitlines():
            assert sum(not unicodedata.category(letter).startswith("M") for letter in line) < 80, line


@pytest.mark.parametrize("name", EXAMPLES)
def test_stubs_lock_every_example_and_name_their_tasks(student: Student, name: str) -> None:
    """Nothing written: the tasks that it needs are named, in order, with no traceback, and the status is 1."""
    run = student.hand(stub(REFERENCE)).module("examples", name)
    assert (run.returncode, run.stderr) == (1, "")
    named = re.findall(r"^  (Task \d+: \w+) +not written yet$", run.stdout, re.MULTILINE)
    assert named == [TASK_BY_ID[task].title for task in EXAMPLES[name].tasks]
    assert f"{EXAMPLES[name].title} is locked" in run.stdout


@pytest.mark.parametrize("name", EXAMPLES)
def test_one_wrong_task_is_the_one_that_is_named(student: Student, name: str) -> None:
    """All but one are right: that one is named, and that its check says why."""
    run = student.hand(solved(bptt_V=DOUBLED)).module("examples", name)
    assert run.returncode == 1
    assert re.findall(r"Task \d+: \w+", run.stdout) == ["Task 5: bptt_V"]
    assert "not right yet: its check says why" in run.stdout


def test_an_example_needs_only_the_parts_that_it_uses(student: Student) -> None:
    """No guard in the softmax, no identity activation, no mean: every example runs all the same."""
    text = solved(softmax="e = np.exp(o)\nreturn e / e.sum(axis=-1, keepdims=True)", output_error="return Y_hat - Y")
    text = text.replace('    if activation == "identity":\n', '    if activation == "linear":\n', 1)  # in forward
    assert scores(student.hand(text).check().stdout)["forward"].endswith("partial: not yet φ = identity")
    assert student.module("examples").stdout.count(" ready\n") == len(EXAMPLES)
    assert 'completed to "deep"' in student.module("examples", "completion").stdout


def test_an_example_needs_no_other_task(student: Student) -> None:
    """Tasks that an example does not need may be stubs: completion runs without the other ways to use a network."""
    stubs = stub(REFERENCE)
    one_to_one_done = REFERENCE[: REFERENCE.index("def one_to_many(")] + stubs[stubs.index("def one_to_many(") :]
    student.hand(one_to_one_done)
    listed = student.module("examples").stdout
    assert re.search(r"^completion .* ready$", listed, re.MULTILINE)
    assert re.search(r"^translation .* locked, 1 of 10 tasks are not done$", listed, re.MULTILINE)
    assert 'completed to "deep"' in student.module("examples", "completion").stdout
    assert "Task 12: one_to_many" in student.module("examples", "melody").stdout


def test_lists_and_prints_do_not_disturb(student: Student) -> None:
    """Code that is right in an unusual way runs: lists for arrays, and a print in every call."""
    text = solved(
        bptt_c="""
            print("here")
            return [sum(column) for column in dO.T.tolist()]
        """
    )
    run = student.hand(text).module("examples", "completion")
    assert run.returncode == 0
    assert 'completed to "deep"' in run.stdout
    assert "here" not in run.stdout


def test_an_exception_in_the_middle_is_told_in_words(student: Student) -> None:
    """A function that passes its check and breaks on the example's sizes: its name, the exception and its line."""
    text = solved(
        bptt_V="""
        if H.shape[1] == 24:
            raise RuntimeError("never seen")
        return dO.T @ H
    """
    )
    run = student.hand(text).module("examples", "melody")
    assert (run.returncode, run.stderr) == (1, "")
    assert "bptt_V: raised an exception" in run.stdout
    assert "RuntimeError: never seen" in run.stdout
    assert 'raise RuntimeError("never seen")' in run.stdout


def test_a_broken_file_is_told_in_words(student: Student) -> None:
    """rnn.py that is no Python: the line, and no traceback of ours."""
    run = student.hand("def softmax(o:\n").module("examples", "melody")
    assert (run.returncode, run.stderr) == (1, "")
    assert "rnn.py is not valid Python" in run.stdout


def test_a_slip_in_the_name_is_answered(student: Student) -> None:
    """An unknown name is a usage error that lists the names."""
    run = student.module("examples", "meoldy")
    assert run.returncode == 2
    assert "did you mean melody?" in run.stderr
    assert all(name in run.stderr for name in EXAMPLES)


def test_a_console_without_kannada_shows_no_mojibake(student: Student) -> None:
    """Where the console has no such letters, each is a question mark, and how it sounds stays."""
    run = student.hand(REFERENCE).module("examples", "translation", encoding="cp1252")
    assert run.returncode == 0
    assert "How are you          neevu hegiddeeri       ???? ??????????" in run.stdout


def test_the_table_is_complete() -> None:
    """Each way to use a network has an example, each example its module and its output, each task is the rubric's."""
    assert {task for example in EXAMPLES.values() for task in example.tasks} == set(TASK_BY_ID) - {"hidden_jacobian"}
    for name, example in EXAMPLES.items():
        assert (OUTPUT.parent / f"{name}.py").is_file()
        assert (OUTPUT / f"{name}.txt").is_file()
        assert [TASK_BY_ID[task].number for task in example.tasks] == sorted(
            TASK_BY_ID[task].number for task in example.tasks
        )


def test_the_readme_lists_every_example(student: Student) -> None:
    """Names, tasks and slides come from the table."""
    readme = (student.folder / "README.md").read_text(encoding="utf-8")
    for name, example in EXAMPLES.items():
        tasks = ", ".join(str(TASK_BY_ID[task].number) for task in example.tasks)
        assert f"| `{name}` | {example.learns} | {tasks} | {example.slide} |" in readme
