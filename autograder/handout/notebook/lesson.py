"""What the guide and the notebook say of a task beside its formula, as Markdown."""

from solutions.guide import LESSONS, WORKED, Worked, array_shown, measured, shown

TINY = """\
One tiny network is worked by hand below each task: T = 2 steps, H = 2 hidden units, and the first two characters of
the lecture's "deep", out of D = K = 3 (d, e, p): d comes in and e is due, then e comes in and e is due. Numbers
are rounded to four decimals, so with a pocket calculator your last digit can differ."""

CALLS = "The first line of each example is the call that gives it, once your function is written."


def why(task: str) -> str:
    """Return what a task is for."""
    return LESSONS[task].why


def shapes(task: str) -> str:
    """Return the shapes that meet in a task."""
    return "Shapes: " + "; ".join(f"`{part.strip()}`" for part in LESSONS[task].shapes.split(";"))


def questions(task: str) -> str:
    """Return what a tutor would ask, as a list."""
    asked = "\n".join(f"- {_plain(question)}" for question in LESSONS[task].questions)
    return f"Ask yourself:\n\n{asked}"


def worked(task: str) -> str:
    """Return a task's example: the call, a table of its numbers, and one entry spelled out."""
    example = WORKED[task]
    rows = [f"| ${line.symbol}$ | {line.how} | `{array_shown(line.value)}` |" for line in example.lines]
    table = "\n".join(["| what | from | value |", "|---|---|---|", *rows])
    return "\n\n".join([f"    {example.call}", table, _entry(example)])


def slides(task: str, named: str) -> str:
    """Return the slides of a task, as its docstring names them, and what is misprinted there."""
    links = ", ".join(
        f"[{misprint.name}](ERRATA.md#{misprint.name})" for misprint in measured() if misprint.task == task
    )
    return f"Slides: {named}" + (f" Misprinted: {links}." if links else "")


def folded(summary: str, text: str) -> str:
    """Return a text that opens with a click."""
    return f"<details><summary>{summary}</summary>\n\n{text}\n\n</details>"


def _entry(example: Worked) -> str:
    entry = example.entry
    spelled = f"By hand: ${entry.symbol}$ = `{entry.arithmetic}` = `{shown(entry.value)}`."
    return f"{spelled} {example.remark}".strip()


def _plain(text: str) -> str:
    """Return a text whose angle brackets are no tags."""
    return text.replace("<", "&lt;")
