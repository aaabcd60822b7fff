"""Text that students control (names, ids, messages), made safe to print."""

import difflib
from collections.abc import Iterable, Sequence

_MOST_NEAR = 3  # names that are offered in the place of one that nobody has


def near(name: str, there: Iterable[str]) -> str:
    """Return words that name what is spelled like `name`, or holds it, to end a message with; "" where nothing does."""
    word, known = name.casefold(), {one.casefold(): one for one in there}
    found = difflib.get_close_matches(word, known, n=_MOST_NEAR)
    found += [one for one in sorted(known) if word and word in one and one not in found]
    shown = " or ".join(printable(known[one]) for one in found[:_MOST_NEAR])
    return f": did you mean {shown}?" if shown else ""


def printable(text: str, limit: int | None = 120) -> str:
    r"""Return `text` on one line, with everything invisible or active written as an escape such as `\x1b`.

    Controls, terminal escapes, line breaks, bidi and zero-width characters and the lone surrogates of
    undecodable file names are escaped; letters of every script stay. A result longer than `limit`
    characters is cut and ends with "…".

    Args:
        text: what a student wrote or named.
        limit: the most characters to return, at least 1; None for all of them.
    """
    # More than `limit` characters are never shown, so a huge text is not looked at in full.
    shown = text if limit is None else text[: limit + 1]
    if not shown.isprintable():
        shown = "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in shown)
    if limit is not None and len(shown) > limit:
        return shown[: limit - 1] + "…"
    return shown


def some(names: Sequence[str], most: int = 5) -> str:
    """Return names for a message, safe to print: a few of them and how many more where there are many."""
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(printable(name) for name in names[:most]) + more


def listing(title: str, lines: Sequence[str], most: int = 20) -> list[str]:
    """Return lines below a title with their number, safe to print: a few of them where there are many."""
    if not lines:
        return []
    more = [f"  and {len(lines) - most} more"] if len(lines) > most else []
    return [f"{title} ({len(lines)}):", *(f"  {printable(line, 300)}" for line in lines[:most]), *more]
