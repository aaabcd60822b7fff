"""What every page shares: templates that escape, one style sheet, and a policy that lets nothing else run.

Every text that a template shows is made printable, which leaves no control or bidi character in it, and escaped by
Jinja. The page's Content-Security-Policy then forbids whatever might get past both.
"""

import base64
import hashlib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from statistics import fmean, median
from typing import Any

import jinja2
from markupsafe import Markup

from autograder.model.points import number
from autograder.model.text import printable
from autograder.reports.words import in_words, plural, safe

_FOLDER = Path(__file__).parent / "templates"


def render(template: str, script: str = "", **values: Any) -> str:
    """Return a page. It holds its style sheet and, if there is one, its script; both are allowed by their hashes.

    Args:
        template: the file's name in `templates/`.
        script: the file's name of the script in `templates/`, "" for a page without one.
        values: what the template shows; every text is made printable and escaped.
    """
    css, code = _text("style.css"), _text(script) if script else ""
    policy = _policy({"style-src": css, "script-src": code})
    page = _environment().get_template(template)
    return page.render(css=Markup(css), script=Markup(code), policy=policy, **values)  # noqa: S704 - our own files


def _policy(inline: Mapping[str, str]) -> str:
    allowed = [f"{what} '{_hash(text)}'" for what, text in inline.items() if text]
    return "; ".join(["default-src 'none'", *allowed, "base-uri 'none'", "form-action 'none'"])


def _hash(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


def _shown(value: object) -> object:
    return printable(value, None) if type(value) is str else value


@cache
def _text(name: str) -> str:
    return (_FOLDER / name).read_text(encoding="utf-8")


@cache
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_FOLDER),
        finalize=_shown,
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"mean": fmean, "median": median, "number": number, "words": in_words, "counted": plural}
    environment.filters["safe_text"] = safe
    return environment
