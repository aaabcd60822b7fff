"""What submissions share and few others do: copies are found however they are dressed, independent work is not."""

import csv
import random
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from autograder.audit.submissions import styles
from autograder.cli import main
from autograder.model.loading import use
from autograder.review.similar.command import accepted, handed_out
from autograder.review.similar.pairs import similar_pairs
from autograder.review.similar.text import LEAST_SHARE, fingerprints, shared_texts
from tests.conftest import REFERENCE, SAMPLE_CLASS
from tests.sample_verdicts import graded
from tests.small_assignment import REFERENCE as SMALL_REFERENCE
from tests.small_assignment import bundled_again, make  # noqa: F401 - a fixture
from tests.test_exports import keep

STYLES = {name: [text] for name, text in styles().items() if name != "the reference"}


def renamed(text: str) -> str:
    """Return a file in which every name that its author chose is another."""
    own = set(re.findall(r"(?:def|class) (\w+)", text)) | set(re.findall(r"\b([a-zA-Z_]\w*)\b(?= = | in )", text))
    for number, name in enumerate(sorted(own - {"in", "is", "not"})):
        text = re.sub(rf"(?<![.\w]){name}\b(?!\.)", f"mine{number}", text)
    return text


def reordered(text: str) -> str:
    """Return a file with its functions and classes in another order."""
    head, *blocks = re.split(r"\n(?=def |class |@)", text)
    random.Random(7).shuffle(blocks)
    return "\n".join([head, *blocks])


def commented(text: str) -> str:
    """Return a file with a comment behind each line, and an empty line after it."""
    lines = (f"{line}  # I thought about it\n" if line.endswith((":", ")")) else line for line in text.split("\n"))
    return "\n".join(lines)


def pairs(texts: dict[str, list[str]], **known) -> list[tuple[str, str]]:
    return [pair.students for pair in similar_pairs(texts, {}, **known)]


def test_seventeen_independent_styles_give_no_pair():
    """Neither with what the kit knows taken away, nor without: it is not that they are known."""
    assert len(STYLES) == 17
    assert pairs(STYLES) == []
    assert pairs(STYLES, given=handed_out(), accepted=accepted()) == []


@pytest.mark.usefixtures("bundled_again")
def test_an_assignment_without_stubs_can_be_compared(tmp_path: Path):
    """Where the reference marks no solutions, nothing was handed out that could be taken away."""
    use(str(make(tmp_path / "tiny")))
    assert not any("def double" in chunk for text in handed_out() for chunk in text)
    assert [*accepted()] == [[SMALL_REFERENCE]]


@pytest.mark.parametrize("style", ["loops", "tape", "classes", "vectorized"])
@pytest.mark.parametrize("dress", [renamed, reordered, commented, lambda text: commented(reordered(renamed(text)))])
def test_a_copy_is_found_however_it_is_dressed(style, dress):
    """Other names, another order, comments and empty lines, and all of them at once."""
    texts = STYLES | {"copy": [dress(STYLES[style][0])]}
    assert texts["copy"] != texts[style]
    assert pairs(texts) == [tuple(sorted(("copy", style)))]


def test_a_notebook_that_was_copied_from_a_file_is_found():
    """Where the cells begin and end has no say."""
    cells = re.split(r"\n(?=def |class )", STYLES["tape"][0])
    assert pairs(STYLES | {"copy": cells}) == [("copy", "tape")]


def test_half_a_copy_is_found():
    """Half of the text of somebody else, and half of one's own."""
    theirs, own = STYLES["tape"][0], STYLES["loops"][0]
    cut = theirs.index("\ndef ", len(theirs) // 2)
    texts = STYLES | {"copy": [theirs[:cut] + own[len(own) // 2 :]]}
    del texts["loops"]
    assert ("copy", "tape") in pairs(texts)


def test_a_copy_is_found_in_a_small_class_of_copies():
    """Where everybody copied from one, all are pairs: that many share it does not hide it."""
    texts = {"ana": STYLES["tape"], "bo": [renamed(STYLES["tape"][0])], "cy": [reordered(STYLES["tape"][0])]}
    assert sorted(pairs(texts)) == [("ana", "bo"), ("ana", "cy"), ("bo", "cy")]


def test_what_everybody_was_given_is_no_pair():
    """Untouched handouts are alike, and so are those in which one easy task was written."""
    given = [*handed_out()]
    stub = given[0][0]
    easy = stub.replace('raise NotImplementedError("Task 9: bptt_bias")', "return dO.sum(axis=0)")
    texts = {"ana": [stub], "bo": [stub], "cy": [easy], "di": [easy], "ed": given[1], "flo": given[1]}
    assert pairs(texts, given=given, accepted=accepted()) == []


def test_work_that_is_near_what_is_accepted_is_no_pair_unless_it_is_the_same():
    """Two who both write it as the reference does share what is known; two equal files are told."""
    own = REFERENCE.replace("return np.einsum", "answer = np.einsum")
    assert pairs({"ana": [REFERENCE], "bo": [own + "\nx = 1\n"]}, accepted=accepted()) == []
    assert pairs({"ana": [REFERENCE], "bo": [REFERENCE]}, accepted=accepted()) == [("ana", "bo")]


def test_text_that_is_no_python_is_compared_all_the_same():
    """Open quotes, lone backslashes, half characters and nothing at all end nothing."""
    broken = STYLES["tape"][0] + '\n"""open\n\\ \ud800 \x00 (((('
    assert pairs({"ana": [broken], "bo": [broken], "cy": [""], "di": ["'"], "ed": []}) == [("ana", "bo")]


def test_the_share_is_of_the_shorter_text():
    """A copy with as much again of one's own is as much a copy."""
    texts = {"ana": STYLES["tape"], "bo": [STYLES["tape"][0] + STYLES["loops"][0]]}
    (found,) = shared_texts({name: fingerprints(text) for name, text in texts.items()}, set()).values()
    assert found.share > 0.95 > LEAST_SHARE


def test_wrong_answers_that_few_share_make_a_pair():
    """Two who alone answer alike are a pair; what a third of the class answers tells of the task."""
    answers = {f"s{number:02}": {"bptt_W": "same", "softmax": f"own {number}"} for number in range(10)}
    answers |= {"ana": {"bptt_V": "odd"}, "bo": {"bptt_V": "odd"}}
    texts = {f"s{number:02}": [""] for number in range(28)} | {"ana": [""], "bo": [""]}
    found = similar_pairs(texts, answers)
    assert [(pair.students, dict(pair.answers)) for pair in found] == [(("ana", "bo"), {"bptt_V": 2})]


def test_who_shares_most_comes_first():
    """Text and wrong answers count together."""
    texts = {"ana": STYLES["tape"], "bo": [renamed(STYLES["tape"][0])], "cy": STYLES["loops"]}
    texts["di"] = [renamed(STYLES["loops"][0])]
    answers = {"ana": {"bptt_V": "x"}, "bo": {"bptt_V": "x"}, "ed": {"softmax": "y"}, "flo": {"softmax": "y"}}
    found = similar_pairs(texts, answers)
    assert [pair.students for pair in found] == [("ana", "bo"), ("cy", "di"), ("ed", "flo")]


CHEN = (SAMPLE_CLASS / "chen" / "rnn.py").read_text()
ODD_V = "return np.add.reduce(np.multiply(dO[..., np.newaxis], H[:, np.newaxis]), axis=0)"
ODD_LOOP = "0.01 * H.sum() * dO.sum(0)[:, None] + np.einsum('tk,th->kh', dO, H)"


@pytest.fixture(scope="module")
def results(tmp_path_factory) -> Path:
    """Grade a class with a secret: two copies, one who is wrong alone, and two who share an odd wrong answer."""
    folder = tmp_path_factory.mktemp("similar")
    vectorized, tape = STYLES["vectorized"][0], STYLES["tape"][0]
    assert ODD_V in vectorized
    hand_ins = {
        "ana": vectorized.replace(ODD_V, f"return {ODD_LOOP}"),
        "bo": re.sub(r"def bptt_V\(dO, H\):\n(?:    .*\n)+", f"def bptt_V(dO, H):\n    return {ODD_LOOP}\n", tape),
        "di": STYLES["pure_python"][0]
        + "\ndef output_error(Y_hat, Y, reduction='sum'):\n    return Y_hat * Y * Y_hat\n",
        "ed <b>": commented(renamed(CHEN)),
        "flo": CHEN,
    }
    for student, text in hand_ins.items():
        (folder / "class" / student).mkdir(parents=True)
        (folder / "class" / student / "rnn.py").write_text(text)
    (folder / "class" / "mia").mkdir()
    (folder / "secret").write_text("a secret of more than sixteen bytes")
    grade = ["grade", str(folder / "class"), "--out", str(folder / "results"), "--jobs", "1"]
    assert CliRunner().invoke(main, [*grade, "--seed-secret", str(folder / "secret")]).exit_code == 0
    before = {path: path.read_bytes() for path in (folder / "results").rglob("*") if path.suffix in (".html", ".csv")}
    done = CliRunner().invoke(main, ["similar", str(folder / "results")], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    assert all(path.read_bytes() == content for path, content in before.items())
    (folder / "said").write_text(done.stdout)
    return folder / "results"


def test_the_command_finds_the_same_wrong_answer_though_inputs_differed(results):
    """With a secret everybody had inputs of their own: wrong tasks are asked again on common ones."""
    rows = {(row["student_a"], row["student_b"]): row for row in csv.DictReader((results / "similar.csv").open())}
    assert rows["ana", "bo"]["same_wrong_answers"] == "bptt_V"
    assert "ana and bo: identical wrong answers to bptt_V" in (results.parent / "said").read_text()


def test_the_command_shows_pairs_and_nobody_else(results):
    """Who wrote it alone, right or wrong, and who handed in nothing, is in no pair."""
    rows = {(row["student_a"], row["student_b"]) for row in csv.DictReader((results / "similar.csv").open())}
    assert rows == {("ana", "bo"), ("ed <b>", "flo")}


def test_the_page_is_for_the_instructor_and_says_that_it_proves_nothing(results):
    """Both sides stand there with the function concerned; no student's page says a word of it."""
    page = (results / "similar.html").read_text()
    assert "For the instructor alone" in page
    assert "no proof" in page
    assert page.count("0.01 * H.sum() * dO.sum(0)[:, None]") == 2
    assert "ed &lt;b&gt;" in page
    assert not any("similar" in path.read_text().lower() for path in (results / "feedback").iterdir())


def test_the_submissions_must_be_there(results, tmp_path):
    """Where they are gone, it says from where they were graded, and what to do."""
    hidden = results.parent / "elsewhere"
    (results.parent / "class").rename(hidden)
    try:
        gone = CliRunner().invoke(main, ["similar", str(results)])
        assert gone.exit_code == 2
        assert "say where they are with --submissions" in gone.stderr
        there = CliRunner().invoke(main, ["similar", str(results), "--submissions", str(hidden)])
        assert there.exit_code == 0
    finally:
        hidden.rename(results.parent / "class")


def test_who_is_forgotten_is_in_no_pair(tmp_path, monkeypatch):
    """The page names people and shows their code: it goes with the first of them."""
    monkeypatch.chdir(tmp_path)
    keep([graded("ana"), graded("bo")])
    for name in ("similar.html", "similar.csv"):
        Path("results", name).write_text("ana and bo")
    assert CliRunner().invoke(main, ["forget", "results", "ana"], catch_exceptions=False).exit_code == 0
    assert not [*Path("results").glob("similar.*")]
