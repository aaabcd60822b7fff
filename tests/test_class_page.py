"""The class page: the figures on it, who is named where, and what can't run on it."""

import base64
import hashlib
import itertools
import re
from dataclasses import replace
from importlib import resources

import pytest

from autograder.model.settings import Settings
from autograder.model.verdict import Diagnosis, Late, Outcome, Verdict
from autograder.reports import class_page, write_report
from autograder.reports.bars import histogram, shares
from autograder.reports.class_page import TALK, Beside, talk_page
from autograder.reports.overview import overview
from autograder.reports.words import plural
from autograder.results.absent import compare, read_roster
from autograder.results.anonymous import anonymised
from autograder.results.matching import Row
from autograder.results.sheet import SheetError
from tests.hostile import EVERYTHING, hostile_verdict
from tests.lms import DATA
from tests.sample_verdicts import graded, missing, not_graded
from tests.test_feedback_page import Page

SLOPE = Diagnosis((("no-tanh-slope",),), "the slope of tanh is left out", ("What is tanh'?",), ("Grad W",))


def with_state(student: str, task: str, state: str, points: float = 0.0, **changes) -> Verdict:
    """A full mark but for one task."""
    verdict = graded(student)
    tasks = tuple(
        replace(outcome, state=state, points=points, **changes) if outcome.task == task else outcome
        for outcome in verdict.tasks
    )
    return replace(verdict, tasks=tasks, score=sum(outcome.points for outcome in tasks))


CLASS = [
    graded("ana"),
    with_state("ben", "bptt_W", "fail", diagnoses=(SLOPE,)),
    with_state("cy", "bptt_W", "partial", 3.0, diagnoses=(SLOPE,)),
    with_state("dora", "softmax", "timeout"),
    graded("eve", 0, "fail", flags=("asked for the network",)),
    missing("fay"),
    not_graded("gus"),
    graded("hal", 0, status="import_error", tasks=(), message="line 3: SyntaxError"),
]


def test_pass_rates_are_over_who_handed_in():
    """Who handed in nothing, or has no mark by our fault, is in no figure; a file that broke is, with nothing."""
    seen = overview(CLASS, Settings())
    assert (seen.handed_in, len(seen.scores)) == (7, 6)
    bptt_W = next(task for task in seen.tasks if task.id == "bptt_W")
    assert [count for _, count, _ in bptt_W.shown] == [2, 1, 3]
    assert bptt_W.mean == pytest.approx((15 + 0 + 3 + 15 + 0 + 0) / 6)


def test_discrimination_is_the_correlation_with_the_rest():
    """A task that goes with the others is near 1, one that goes against them below 0, and a constant one has none."""
    strong, weak = graded("a"), graded("b", 0, "fail")
    against = [
        with_state("a", "softmax", "fail"),
        replace(weak, tasks=(Outcome("softmax", "pass", 8, 8), *weak.tasks[1:])),
    ]
    by_id = {task.id: task.discrimination for task in overview(against, Settings()).tasks}
    assert by_id["softmax"] == pytest.approx(-1)
    assert by_id["bptt_W"] == pytest.approx(1, abs=0.1)
    assert {task.discrimination for task in overview([strong, strong], Settings()).tasks} == {None}


def test_misconceptions_come_by_frequency_with_their_students():
    """A mistake is counted once per student, whatever the number of tasks it shows in."""
    other = Diagnosis((("x",),), "another", (), ())
    both = tuple(
        replace(outcome, diagnoses=(SLOPE,)) if outcome.task in ("bptt_W", "bptt_U") else outcome
        for outcome in graded("zoe").tasks
    )
    seen = overview(
        [*CLASS, graded("zoe", tasks=both), with_state("yan", "softmax", "fail", diagnoses=(other,))], Settings()
    )
    first, second = seen.misconceptions
    assert (first.diagnosis, first.students, first.tasks) == (SLOPE, ("ben", "cy", "zoe"), ("bptt_W", "bptt_U"))
    assert second.students == ("yan",)


def test_who_needs_a_look_is_named_with_the_reason():
    """Timeouts, flags, what could not be run and what the grader failed on; nobody else."""
    look = dict(overview(CLASS, Settings()).look)
    assert look.keys() == {"dora", "eve", "gus", "hal"}
    assert look["dora"] == "softmax timeout"
    assert look["eve"] == "0 of 100 points; flag: asked for the network"
    assert look["hal"] == "import error: line 3: SyntaxError; 0 of 100 points"


def test_who_has_little_is_late_or_slow_needs_a_look():
    """Everybody with 0 points, less than half of the middle of the class or a quarter of all; late work; long runs."""
    late = Late("2026-11-21T10:00:00+01:00", 1, 10.0)
    people = [
        *(graded(f"s{n}", seconds=0.5) for n in range(5)),
        graded("late", 0.9, late=late, seconds=0.5),
        graded("low", 0.47, seconds=0.5),
        graded("middle", 0.51, seconds=2.4),
        graded("nothing", 0, "not_implemented", seconds=0.5),
        graded("slow", seconds=2.5),
    ]
    assert dict(overview(people, Settings()).look) == {
        "late": "Late by 1 day begun: −10 points, from 100 to 90",
        "low": "47 of 100 points",
        "nothing": "0 of 100 points, nothing is written",
        "slow": "took 2.5 s",
    }
    weak = [graded("a", 0.3), graded("b", 0.3), graded("c", 0.24), graded("d", 0, "fail")]
    assert dict(overview(weak, Settings()).look) == {"c": "24 of 100 points", "d": "0 of 100 points"}
    assert overview([missing("ana")], Settings()).look == ()


def test_the_page_says_it_all():
    """Totals, tasks, misconceptions behind a fold, who needs a look, times, and a row for everybody."""
    page = Page(class_page(CLASS, Settings()))
    for said in (
        "8 students: 5 graded, 1 import error, 1 missing, 1 not graded",
        "2 of 7: the slope of tanh is left out. Talk about slide “Grad W”. Seen in bptt_W.",
        "Ask: What is tanh'?",
        "softmax timeout",
        "Task 14: many_to_many",
        "Median 0.2 s",
        "0 to 5 points: 2",
        "85 to 90 points: 2",
        "95 to 100 points: 1",
    ):
        assert said in page.text, said
    assert len(page.all("details")) >= 3
    links = [link["href"] for link in page.all("a")]
    assert "feedback/ana.html" in links
    ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    assert all(header.get("scope") in ("row", "col") for header in page.all("th"))


def test_a_histogram_counts_every_value_once():
    """A value on an edge belongs to the bin that begins there, the largest to the last bin; all may be the same."""
    bins = histogram([0, 4.9, 5, 94.9, 95, 100], 100)
    assert [(one.start, one.end, one.count) for one in bins if one.count] == [
        (0, 5, 2), (5, 10, 1), (90, 95, 1), (95, 100, 2),
    ]  # fmt: skip
    assert [one.length for one in bins[:3]] == [100, 50, 0]
    assert [one.count for one in histogram([0.0, 0.0], 0.0)] == [2] + 19 * [0]


def test_the_shares_of_a_task_fill_its_bar():
    """Rounded shares add up to 100, whatever is rounded away in each."""
    assert shares((2, 1, 3)) == [33, 17, 50]
    assert shares((0, 5, 0)) == [0, 100, 0]
    for counts in itertools.product(range(7), repeat=3):
        if total := sum(counts):
            found = shares(counts)
            assert sum(found) == 100
            assert all(abs(share - 100 * count / total) <= 1 for share, count in zip(found, counts, strict=True))


def grey(colour: str) -> float:
    """How light a colour is on a printer without colours, from 0 to 1."""
    red, green, blue = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return 0.299 * red + 0.587 * green + 0.114 * blue


def test_charts_and_pictures_can_be_read_in_grey():
    """From state to state, and from step to step of an error's size, shades go one way and are far enough apart."""
    css = (resources.files("autograder") / "reports" / "templates" / "style.css").read_text()
    heats = re.findall(r"--heat-\d: (#\w{6})", css)
    for shades in (re.findall(r"--share-\d: (#\w{6})", css), heats[:5], heats[5:]):
        light = [grey(shade) for shade in shades]
        assert sorted(light) in (light, light[::-1])
        assert min(abs(a - b) for a, b in itertools.pairwise(light)) > 0.1, light


@pytest.mark.parametrize("verdicts", [[], [missing("ana")], [not_graded("ana")], [graded("ana", 0, tasks=())]])
def test_a_class_without_figures(verdicts):
    """Where there is nothing to count there is a page all the same."""
    assert plural(len(verdicts), "student") in Page(class_page(verdicts, Settings())).text


def test_nothing_of_a_student_runs():
    """With hostile names and messages the page has one script, its own, and the policy names it by its hash."""
    source = class_page([hostile_verdict(), *CLASS], Settings())
    page = Page(source)
    harmless = Page(class_page([hostile_verdict("ana"), *CLASS], Settings()))
    assert [tag for tag, _ in page.elements] == [tag for tag, _ in harmless.elements]
    for _, attributes in page.elements:
        assert not any(name.startswith("on") or name == "style" for name in attributes)
    (policy,) = [meta["content"] for meta in page.all("meta") if meta.get("http-equiv") == "Content-Security-Policy"]
    (script,) = re.findall(r"<script>(.*?)</script>", source, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert policy is not None
    assert "default-src 'none'; style-src 'sha256-" in policy
    assert f"script-src 'sha256-{digest}'" in policy
    assert "unsafe" not in policy
    assert all(character.isprintable() or character == "\n" for character in source)
    ours = rf"#[\w-]+|feedback/[\w.~%@+-]+\.html|{TALK}"
    assert all(re.fullmatch(ours, link["href"]) for link in page.all("a"))


def test_an_anonymous_page_names_nobody():
    """With numbers in place of names, no id, no word of one and no link to a page of theirs is left."""
    named = [
        replace(verdict, student_id=f"quimby_{verdict.student_id}_{n}00{n}") for n, verdict in enumerate(CLASS, 11)
    ]
    source = class_page(anonymised(named), Settings(), linked=False)
    assert "quimby" not in source.casefold()
    assert "feedback/" not in source
    assert TALK not in source
    assert "student 1" in source


def test_where_the_points_went():
    """Each group of reasons, and each reason with its students behind a fold: how many, points, share."""
    text = " ".join(Page(class_page(CLASS, Settings())).text.split())
    for said in (
        "Known mistakes22711 % the slope of tanh is left out22711 %",
        "Exceptions, and calls that did not end210846 % import errorhal110043 % timeoutIn softmax.dora183 %",
        "Unexplained110043 % bptt_Weve1156 %",
    ):
        assert said in text, said
    assert "Lateness" not in text
    late = graded("a", late=Late("2026-11-21T10:00:00+01:00", 1, 10.0))
    assert "Lateness took 10 points more, from 1 student." in Page(class_page([late], Settings())).text


def test_what_to_talk_about_has_no_names(tmp_path):
    """Beside the class page lies a sheet with each mistake, how many show it, the question and the slide."""
    write_report(tmp_path / "report.html", CLASS, Settings())
    page = Page((tmp_path / TALK).read_text(encoding="utf-8"))
    for said in ("of 7 who handed in", "the slope of tanh is left out", "(bptt_W)", "What is tanh'?", "slide “Grad W”"):
        assert said in page.text, said
    assert not any(verdict.student_id in page.text for verdict in CLASS[:3])
    others = [
        with_state(f"s{n}", "softmax", "fail", diagnoses=(Diagnosis(((f"x{n}",),), f"mistake {n}", (), ()),))
        for n in range(20)
    ]
    assert "The class page has 12 more." in Page(talk_page(others, Settings())).text
    assert "No known mistake was found." in Page(talk_page([graded("ana")], Settings())).text


def test_the_same_class_gives_the_same_page():
    """No date and no random id is in it."""
    assert class_page(CLASS, Settings()) == class_page(CLASS, Settings())


def test_a_gradebook_is_a_roster():
    """The rows of Canvas's gradebook and Moodle's worksheet are students; points and the test student are none."""
    assert [row.shown for row in read_roster(DATA / "canvas-gradebook.csv")] == [
        "Doe, Jane", "Müller, Jörg", "Nguyen, An", "Zhou, Wei",
    ]  # fmt: skip
    absent = compare(read_roster(DATA / "canvas-gradebook.csv"), ["doejane_4711", "s1002", "stray"])
    assert absent.nothing == ("Nguyen, An", "Zhou, Wei")
    assert absent.strangers == ("stray",)
    moodle = read_roster(DATA / "moodle-worksheet.csv")
    assert moodle[0] == Row(
        "1001", ("jane@example.org", "Participant 1001"), ("Jane Doe",), "Jane Doe", ("Participant", "Jane Doe")
    )


def test_a_plain_list_is_a_roster(tmp_path):
    """A file with an id per line is a roster, and so is one with a column student_id."""
    (tmp_path / "plain.csv").write_text("ana\nben\n\n")
    assert [row.shown for row in read_roster(tmp_path / "plain.csv")] == ["ana", "ben"]
    (tmp_path / "named.csv").write_text("first,student_id\nAna,a1\nBen,b2\n")
    assert compare(read_roster(tmp_path / "named.csv"), ["a1"]).nothing == ("b2",)
    with pytest.raises(SheetError, match="can't be read"):
        read_roster(tmp_path / "nowhere.csv")


def test_the_page_lists_who_handed_in_nothing():
    """By the folders, by the roster, and who is not on it."""
    roster = [Row(ids=("ana",), shown="ana"), Row(ids=("zed",), shown=EVERYTHING)]
    page = Page(
        class_page(CLASS, Settings(), Beside(absent=compare(roster, [verdict.student_id for verdict in CLASS])))
    )
    assert "Nothing handed in, or nothing in it to grade: 1" in page.text
    assert "On the roster, and nothing was handed in: 1" in page.text
    assert "Graded, and not on the roster: 7" in page.text
