"""The guide: every number on it computed anew by other means, its questions, shapes and figures."""

import ast
import math
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from autograder.handout.notebook import cells
from autograder.judge.mistakes import bugs_of
from solutions import rnn
from solutions.guide import measured
from solutions.tasks import TASK_BY_ID, TASKS
from tests.conftest import REFERENCE
from tests.desk import handout

PAGES = {name: content.decode() for name, content in handout().items() if not name.endswith(".npz")}
GUIDE = PAGES["GUIDE.md"]
CELLS = {cell.id: cell.source for cell in cells()}
TINY = CELLS["tiny"]

FUNCTIONS = {node.name: node for node in ast.parse(REFERENCE).body if isinstance(node, ast.FunctionDef)}

# Half a digit of what is printed, and a little for numbers that were rounded before.
ROUNDED = 0.5001e-4


def chapter(task: str) -> str:
    """What the guide says of one task."""
    start = GUIDE.index(f"### {TASK_BY_ID[task].title}\n")
    end = re.compile(r"^##", re.MULTILINE).search(GUIDE, start + 3)
    return GUIDE[start : end.start() if end else len(GUIDE)]


def printed(task: str) -> dict[str, np.ndarray]:
    """The numbers of a task's example as the guide prints them, by their symbols."""
    rows = re.findall(r"^\| \$(.+?)\$ \| .*? \| `(.+)` \|$", chapter(task), re.MULTILINE)
    assert len(rows) == len({symbol for symbol, _ in rows}) > 0
    return {symbol: np.array(ast.literal_eval(value)) for symbol, value in rows}


def tiny() -> dict[str, Any]:
    """The tiny network, as a student gets it who pastes it."""
    names: dict[str, Any] = {"np": np, "Params": rnn.Params}
    exec(TINY, names)
    return names["tiny"]


# The network once more, a number at a time, in plain Python: nothing of numpy's products, and nothing of the reference.
T, H, D, K = 2, 2, 3, 3
Matrix = list[list[float]]
THETA: dict[str, Any] = {name: value.tolist() for name, value in tiny()["params"]._asdict().items()}
XS, YS, H_0 = (tiny()[name].tolist() for name in ("X", "Y", "h_init"))


def dot(row: list[float], column: list[float]) -> float:
    return sum(a * b for a, b in zip(row, column, strict=True))


def times(matrix: Matrix, vector: list[float]) -> list[float]:
    return [dot(row, vector) for row in matrix]


def plus(*vectors: list[float]) -> list[float]:
    return [sum(entries) for entries in zip(*vectors, strict=True)]


def turned(matrix: Matrix) -> Matrix:
    return [list(column) for column in zip(*matrix, strict=True)]


def outer(left: list[float], right: list[float]) -> Matrix:
    return [[a * b for b in right] for a in left]


def run(
    theta: dict[str, Any], xs: Matrix, h: list[float], nudge: dict[Any, float] | None = None
) -> list[dict[str, Any]]:
    """Run the network; `nudge` moves a_t, o_t or h_t at (letter, step, unit)."""

    def moved(letter: str, step: int, values: list[float]) -> list[float]:
        return [v + (nudge or {}).get((letter, step, unit), 0.0) for unit, v in enumerate(values)]

    steps = []
    for t, x in enumerate(xs, start=1):
        a = moved("a", t, plus(times(theta["U"], x), times(theta["W"], h), theta["b"]))
        h = moved("h", t, [math.tanh(v) for v in a])
        o = moved("o", t, plus(times(theta["V"], h), theta["c"]))
        e = [math.exp(v) for v in o]
        steps.append({"a": a, "h": h, "o": o, "e": e, "y": [v / sum(e) for v in e]})
    return steps


def loss(theta: dict[str, Any] = THETA, only: int = 0, **kwargs: Any) -> float:
    """The summed loss, or that of one step."""
    steps = run(theta, XS, H_0, **kwargs)
    costs = [-math.log(dot(step["y"], y)) for step, y in zip(steps, YS, strict=True)]
    return costs[only - 1] if only else sum(costs)


def slope(f: Callable[[float], Any], h: float = 1e-5) -> Any:
    return (np.asarray(f(h)) - np.asarray(f(-h))) / (2 * h)


def by(letter: str, step: int, size: int, only: int = 0) -> np.ndarray:
    """∂L/∂a_t, ∂L/∂o_t or ∂L/∂h_t by finite differences."""
    return np.array([slope(lambda d, i=i: loss(only=only, nudge={(letter, step, i): d})) for i in range(size)])


def by_parameter(name: str) -> np.ndarray:
    """The gradient of one parameter by finite differences."""
    base = np.array(THETA[name])
    result = np.zeros(base.shape)
    for index in np.ndindex(base.shape):
        step = np.zeros(base.shape)
        step[index] = 1.0
        result[index] = slope(lambda d, step=step: loss(THETA | {name: (base + d * step).tolist()}))
    return result


def through(t: int, k: int) -> np.ndarray:
    """The term (t, k) of the double sum: how L_t depends on a_k."""
    return by("a", k, H, only=t)


STEPS = run(THETA, XS, H_0)
ONE, TWO = STEPS
SPARSE = run(THETA, [XS[0], [0.0] * D], H_0)
FROM_P = run(THETA, [[0.0, 0.0, 1.0], [1.0, 0.0, 0.0]], H_0)
TURNED = run(THETA, XS[::-1], H_0)
WRITTEN = run(THETA, [[0.0, 0.0, 1.0], [1.0, 0.0, 0.0]], TWO["h"])
JACOBIAN = np.array([slope(lambda d, j=j: run(THETA, XS, H_0, {("h", 1, j): d})[1]["h"]) for j in range(H)]).T
BETTER = {name: (np.array(THETA[name]) - 0.5 * by_parameter(name)).tolist() for name in "UWVbc"}
dO = {t: by("o", t, K) for t in (1, 2)}
STATES = {0: H_0, 1: ONE["h"], 2: TWO["h"]}


def outers(error: dict[int, np.ndarray], inputs: dict[int, list[float]], left: str, right: str, first: int) -> dict:
    """The two outer products, by their symbols."""
    return {
        rf"{left}_{t} \otimes {right}_{t + first - 1}": outer(list(error[t]), inputs[t + first - 1]) for t in (1, 2)
    }


DELTA = {t: by("a", t, H) for t in (1, 2)}
EXPECTED: dict[str, dict[str, Any]] = {
    "softmax": {
        "o_1": ONE["o"],
        "e^{o_1}": ONE["e"],
        r"\sum_j e^{(o_1)_j}": sum(ONE["e"]),
        r"\hat{y}_1": ONE["y"],
    },
    "cross_entropy": {
        r"\hat{y}_1": ONE["y"],
        r"\hat{y}_2": TWO["y"],
        "L_1": loss(only=1),
        "L_2": loss(only=2),
        r"L \text{ (mean)}": loss() / T,
        r"L \text{ (sum)}": loss(),
    },
    "forward": {
        symbol.replace("?", str(t)): step[letter]
        for t, step in enumerate(STEPS, start=1)
        for symbol, letter in (("a_?", "a"), ("h_?", "h"), ("o_?", "o"), (r"\hat{y}_?", "y"))
    },
    "output_error": {rf"\partial L/\partial o_{t}": dO[t] for t in (1, 2)}
    | {rf"\partial L/\partial o_{t} \text{{ (mean)}}": dO[t] / T for t in (1, 2)},
    "bptt_V": outers(dO, STATES, r"\partial L/\partial o", "h", 1) | {r"\partial L/\partial V": by_parameter("V")},
    "hidden_jacobian": {
        r"\varphi'(a_2)": [slope(lambda d, a=a: math.tanh(a + d)) for a in TWO["a"]],
        r"\partial h_2/\partial h_1": JACOBIAN,
    },
    "bptt_W": {rf"V^\top \partial L/\partial o_{t}": by("h", t, H, only=t) for t in (1, 2)}
    | {rf"\varphi'(a_{t})": [slope(lambda d, a=a: math.tanh(a + d)) for a in STEPS[t - 1]["a"]] for t in (1, 2)}
    | {f"t={t}, k={k}": through(t, k) for t, k in ((1, 1), (2, 1), (2, 2))}
    | {rf"\delta_{t}": DELTA[t] for t in (1, 2)}
    | {r"W^\top \delta_2": times(turned(THETA["W"]), list(DELTA[2]))}
    | outers(DELTA, STATES, r"\delta", "h", 0)
    | {r"\partial L/\partial W": by_parameter("W")},
    "bptt_U": outers(DELTA, {1: XS[0], 2: XS[1]}, r"\delta", "x", 1) | {r"\partial L/\partial U": by_parameter("U")},
    "bptt_bias": {r"\partial L/\partial b": by_parameter("b"), r"\partial L/\partial c": by_parameter("c")},
    "gradient_step": {"W": BETTER["W"], "b": BETTER["b"], "L": loss(), "L'": loss(BETTER)},
    "one_to_one": {
        "h_1": FROM_P[0]["h"],
        r"\hat{y}_1": FROM_P[0]["y"],
        "x_2": [1, 0, 0],
        "h_2": FROM_P[1]["h"],
        r"\hat{y}_2": FROM_P[1]["y"],
    },
    "one_to_many": {
        r"\hat{y}_1": SPARSE[0]["y"],
        "a_2": SPARSE[1]["a"],
        "h_2": SPARSE[1]["h"],
        r"\hat{y}_2": SPARSE[1]["y"],
    },
    "many_to_one": {"h_1": TURNED[0]["h"], "h_2": TURNED[1]["h"], r"\hat{y}_2": TURNED[1]["y"]},
    "many_to_many": {
        "h_0": TWO["h"],
        "h_1": WRITTEN[0]["h"],
        r"\hat{y}_1": WRITTEN[0]["y"],
        "x_2": [1, 0, 0],
        "h_2": WRITTEN[1]["h"],
        r"\hat{y}_2": WRITTEN[1]["y"],
    },
}


@pytest.mark.parametrize("task", TASK_BY_ID)
def test_every_number_of_an_example_is_right(task: str) -> None:
    """Each value in a table, computed anew in plain Python and by finite differences, is the one that is printed."""
    found = printed(task)
    assert found.keys() == EXPECTED[task].keys()
    for symbol, value in EXPECTED[task].items():
        assert found[symbol].shape == np.shape(value), symbol
        np.testing.assert_allclose(found[symbol], value, rtol=0, atol=ROUNDED, err_msg=symbol)


@pytest.mark.parametrize("task", TASK_BY_ID)
def test_what_is_spelled_out_gives_what_is_said(task: str) -> None:
    """The arithmetic of "By hand", of rounded numbers, gives the printed result to its last digit."""
    ((symbol, arithmetic, result),) = re.findall(
        r"^By hand: \$(.+?)\$ = `(.+?)` = `(.+?)`\.", chapter(task), re.MULTILINE
    )
    assert re.fullmatch(r"[\d. ()+*/·-]+", arithmetic)
    assert round(eval(arithmetic.replace("·", "*")), 4) == float(result)
    assert abs(float(result) - entry_of(task, symbol)) < ROUNDED


# Entries of what an example does not print as a whole.
BESIDES: dict[str, dict[str, Any]] = {
    "cross_entropy": {"L": loss()},
    "one_to_one": {"a_2": FROM_P[1]["a"]},
    "many_to_one": {"o_2": TURNED[1]["o"]},
    "many_to_many": {"a_1": WRITTEN[0]["a"]},
}


def entry_of(task: str, symbol: str) -> float:
    """The entry that is spelled out, computed anew: its symbol names an array and counts from 1."""
    known = EXPECTED[task] | BESIDES.get(task, {})
    if symbol in known:
        return float(known[symbol])
    name, index = re.fullmatch(r"(.+)_\{?(\d+)\}?", symbol).groups()  # type: ignore[union-attr]
    array = np.array(known[name.removeprefix("(").removesuffix(")")])
    return float(array[tuple(int(digit) - 1 for digit in index)])


# By task: the symbols of the terms, and of their sum.
SUMS = (
    ("cross_entropy", ("L_1", "L_2"), r"L \text{ (sum)}"),
    (
        "bptt_V",
        (r"\partial L/\partial o_1 \otimes h_1", r"\partial L/\partial o_2 \otimes h_2"),
        r"\partial L/\partial V",
    ),
    ("bptt_W", ("t=1, k=1", "t=2, k=1"), r"\delta_1"),
    ("bptt_W", ("t=2, k=2",), r"\delta_2"),
    ("bptt_W", (r"\delta_1 \otimes h_0", r"\delta_2 \otimes h_1"), r"\partial L/\partial W"),
    ("bptt_U", (r"\delta_1 \otimes x_1", r"\delta_2 \otimes x_2"), r"\partial L/\partial U"),
)


def same_digits(terms: list[np.ndarray], total: np.ndarray) -> None:
    """See that printed terms give the printed sum to its last digit."""
    np.testing.assert_array_equal(np.round(np.sum(terms, axis=0), 4), total)


@pytest.mark.parametrize(("task", "terms", "total"), SUMS)
def test_the_sum_of_shown_terms_is_the_shown_sum(task: str, terms: tuple[str, ...], total: str) -> None:
    """Rounding does not show: added up as they are printed, the terms give the sum that is printed."""
    numbers = printed(task)
    same_digits([numbers[term] for term in terms], numbers[total])


def test_sums_across_examples_come_out_as_shown() -> None:
    """Probabilities sum to 1, errors to 0, and what one example takes from another adds up there too."""
    errors, deltas = printed("output_error"), printed("bptt_W")
    same_digits(list(printed("softmax")["e^{o_1}"]), printed("softmax")[r"\sum_j e^{(o_1)_j}"])
    for t in (1, 2):
        same_digits(list(printed("forward")[rf"\hat{{y}}_{t}"]), np.array(1.0))
        same_digits(list(errors[rf"\partial L/\partial o_{t}"]), np.array(0.0))
    biases = printed("bptt_bias")
    same_digits([deltas[rf"\delta_{t}"] for t in (1, 2)], biases[r"\partial L/\partial b"])
    same_digits([errors[rf"\partial L/\partial o_{t}"] for t in (1, 2)], biases[r"\partial L/\partial c"])


def test_no_example_repeats_that_of_task_3() -> None:
    """The four ways to use a network are shown on runs of their own."""
    known = list(printed("forward").values())
    for task in ("one_to_one", "many_to_one"):
        for symbol, value in printed(task).items():
            assert not any(np.array_equal(value, other) for other in known), (task, symbol)


DERIVED = {
    "cross_entropy": (r"H(P, Q) = -\sum_{c} P(c) \log Q(c)", "likelihood"),
    "output_error": (r"\frac{\exp(o_{i})}{\sum_{j} \exp(o_{j})} = \hat{y}_{i} - y_{i}",),
    "bptt_W": (r"W^{\top} \delta_{t+1} \right), \quad \delta_{T+1} = 0",),
}


def test_the_formulas_are_derived() -> None:
    """The guide and the notebook lead to cross-entropy, to its derivative, to the chain rule of several ways and to
    the backward recursion; the example of Task 7 obeys the last."""
    for task, said in DERIVED.items():
        assert all(part in chapter(task) and part in CELLS[f"{task}-text"] for part in said)
    rule = r"\frac{\partial z}{\partial x} \cdot \frac{\partial x}{\partial t} + \frac{\partial z}{\partial y}"
    assert rule in GUIDE
    assert rule in CELLS["part-output_error"]
    table = printed("bptt_W")
    arriving = table[r"V^\top \partial L/\partial o_1"] + table[r"W^\top \delta_2"]
    np.testing.assert_allclose(table[r"\varphi'(a_1)"] * arriving, table[r"\delta_1"], rtol=0, atol=2e-4)


def test_the_calls_give_the_examples() -> None:
    """Typed one after the other with the reference's functions, each call returns the last lines of its example."""
    names: dict[str, Any] = {"np": np} | {name: getattr(rnn, name) for name in dir(rnn)}
    exec(TINY, names)
    for task in TASK_BY_ID:
        (call,) = re.findall(r"^Worked by hand:\n\n    (.+)\n\n", chapter(task), re.MULTILINE)
        *_, statement = ast.parse(call).body
        got = eval(compile(ast.Expression(statement.value), "<call>", "eval"), names)
        exec(call, names)
        lines = printed(task)
        if task == "forward":
            due = [lines["h_1"], lines["h_2"], lines[r"\hat{y}_1"], lines[r"\hat{y}_2"]]
            got = [*got[0], *got[1]]
        elif task == "output_error":
            due = [lines[rf"\partial L/\partial o_{t}"] for t in (1, 2)]
        elif task == "bptt_bias":
            due = list(lines.values())
        elif task == "gradient_step":
            due, got = [lines["W"], lines["b"]], [got.W, got.b]
        elif task in ("one_to_one", "one_to_many", "many_to_many"):
            due = [lines[rf"\hat{{y}}_{t}"] for t in (1, 2)]
            assert len(got) == 2
        else:
            due, got = [list(lines.values())[-1]], [got]
        for ours, theirs in zip(got, due, strict=True):
            np.testing.assert_allclose(ours, theirs, rtol=0, atol=3e-4, err_msg=task)


def test_the_way_follows_the_tasks() -> None:
    """The guide has a chapter for every task, in order: why, what its docstring says, shapes, example, questions,
    slide."""
    starts = [GUIDE.index(f"### {task.title}\n") for task in TASKS]
    assert starts == sorted(starts)
    for task in TASKS:
        text = chapter(task.id)
        places = [text.index(part) for part in ("Shapes: ", "Worked by hand:", "Ask yourself", "Slides: ")]
        assert places == sorted(places)
        _, why, said, *_ = text.split("\n\n")
        assert len(why) > 60
        assert said == (ast.get_docstring(FUNCTIONS[task.functions[0]]) or "").partition("\n\n")[0]
        assert task.slide in text[places[-1] :]
        # What has no formula in its docstring is told in words there.
        assert "$$" in text or task.number >= 11


def test_the_notebook_says_the_same() -> None:
    """Above each stub stands what the guide says; the example, and what is derived, in folds of their own."""
    for task in TASKS:
        text, guide = CELLS[f"{task.id}-text"], chapter(task.id)
        _, *said = text.partition("\n\nPoints:")[0].split("\n\n")
        folds = [part for part in said if "<summary>" in part and part not in guide]
        assert [fold for fold in folds if "Worked by hand" in fold]
        assert len(folds) == 2 if task.id in DERIVED else len(folds) == 1
        assert [part for part in said if part not in folds and part != "</details>" and part not in guide] == []
    assert CELLS["tiny"] in GUIDE


def test_traps_are_questions_of_the_bug_library() -> None:
    """Each chapter asks two to five questions, all of them questions, each of them one that the library asks, and
    each has an answer folded away below it, in plain text without code."""
    for task in TASKS:
        folds = re.findall(r"^<details><summary>(.+)</summary>\n\n(.+)\n\n</details>$", chapter(task.id), re.MULTILINE)
        asked = [question.replace("&lt;", "<") for question, _ in folds]
        assert all(len(answer) > 20 and not re.search(r"np\.|\[.*\]|\breturn\b| @ ", answer) for _, answer in folds)
        assert 2 <= len(asked) == len(set(asked)) <= 5
        assert set(asked) <= {bug.question for bug in bugs_of(task.id)}
        assert all("?" in question for question in asked)


SHAPE = r"\(([^()]*)\)"
SIZES = {"T": 7, "D": 3, "H": 5, "K": 4, "1": 1, "...": 6, "steps": 8, "n": 9}


def test_shapes_fit_together() -> None:
    """In a line of shapes, the products and sums of arrays of those shapes have the shape that is named."""
    operators = {"·": np.matmul, "⊗": np.outer, "∘": np.multiply}
    checked = 0
    for task in TASK_BY_ID:
        (shapes,) = re.findall(r"^Shapes: (.+)$", chapter(task), re.MULTILINE)
        for part in re.findall("`(.+?)`", shapes):
            terms, _, result = part.partition("→")
            # A name, its shape, and the sign before it; the names may have signs of their own in them.
            named = re.findall(rf"(?:^| ([·⊗+∘-]) )\s*[^ ]+ {SHAPE}", terms.strip())
            assert named, part
            arrays = [
                (sign, np.ones([SIZES[s.strip()] for s in shape.split(",") if s.strip()])) for sign, shape in named
            ]
            sums: list[np.ndarray] = []
            for sign, array in arrays:
                if sign in operators:
                    sums[-1] = operators[sign](sums[-1], array)
                    checked += 1
                else:
                    sums.append(array)
            if len(arrays) == 1:
                continue
            due = re.search(SHAPE, result)
            assert due
            shape = tuple(SIZES[s.strip()] for s in due[1].split(",") if s.strip())
            assert {total.shape for total in sums} == {shape}, part
    assert checked >= 8


def test_figures_can_be_read_by_everybody() -> None:
    """Each figure of the handout is well-formed SVG that says what it shows, stands on paper of its own in light and
    in dark, and holds nothing active or fetched."""
    figures = {name: text for name, text in PAGES.items() if name.endswith(".svg")}
    assert len(figures) == 7
    for name, text in figures.items():
        tree = ET.fromstring(text)
        tags = {node.tag.rpartition("}")[2] for node in tree.iter()}
        assert tags <= {"svg", "title", "desc", "style", "defs", "marker", "path", "rect", "circle", "text"}
        assert not re.search(r"https?://(?!www\.w3\.org/2000/svg)", text)
        assert f"]({name})" in GUIDE
        style = next(node.text for node in tree.iter() if node.tag.endswith("style"))
        colours = {
            value for node in tree.iter() for key in ("fill", "stroke") if (value := node.get(key, "none")) != "none"
        }
        assert {f'[fill="{colour}"]' in (style or "") for colour in colours} == {True}


def contrast(first: str, second: str) -> float:
    """WCAG's ratio between two colours."""

    def light(colour: str) -> float:
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
        return dot([0.2126, 0.7152, 0.0722], linear)

    high, low = sorted((light(first), light(second)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_text_stands_out_in_light_and_dark() -> None:
    """Text on each ground of the figures has a contrast of 7 and more, in both schemes."""
    style = dict(re.findall(r'\[fill="(#\w+)"\]\{fill:(#\w+)\}', PAGES["figures/tasks.svg"]))
    ink = "#1f2937"
    grounds = [colour for colour in style if colour not in (ink, "#b91c1c")]
    assert len(grounds) == 5
    for ground in grounds:
        assert contrast(ink, ground) >= 7
        assert contrast(style[ink], style[ground]) >= 7


def test_the_map_names_every_task() -> None:
    """The figure has a sign for each task, a title, and a description that speaks of each."""
    tree = ET.fromstring(PAGES["figures/tasks.svg"])
    texts = [node.text for node in tree.iter() if node.tag.endswith("text")]
    assert [text for task in TASKS if (text := f"{task.number} {task.id}") not in texts] == []
    title, description = tree[0], tree[1]
    assert title.text
    assert [task.id for task in TASKS if task.id not in (description.text or "")] == []
    assert "figures/tasks.svg" in PAGES["README.md"]


def test_links_lead_somewhere() -> None:
    """Whatever a page links to or shows is in the handout, or out in the network."""
    for name in ("README.md", "GUIDE.md", "ERRATA.md"):
        for target in re.findall(r"\]\(([^)]+)\)", PAGES[name]):
            page, _, anchor = target.partition("#")
            if page.startswith("https://"):
                continue
            assert page in PAGES, f"{name}: {target}"
            assert not anchor or f"\n### {anchor}\n" in PAGES[page]
    assert {"GUIDE.md", "ERRATA.md"} <= set(re.findall(r"\]\(([^)]+)\)", PAGES["README.md"]))


def test_every_misprint_is_named_at_its_task() -> None:
    """The chapter of the task that a misprint would lead astray links to it."""
    for misprint in measured():
        assert f"[{misprint.name}](ERRATA.md#{misprint.name})" in chapter(misprint.task)


def test_pages_are_the_same_every_time() -> None:
    """Another process makes the same bytes."""
    code = """if True:
        import sys
        from autograder.handout.render import pages
        from autograder.model.settings import Settings
        sys.stdout.buffer.write("".join(pages(Settings()).values()).encode())"""
    again = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout
    assert again == "".join(PAGES[name] for name in ("ERRATA.md", "GUIDE.md", "README.md")).encode()
