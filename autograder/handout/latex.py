"""A formula of a docstring, written in Unicode, as LaTeX: one source for the file and for the notebook."""

import re
import unicodedata

# Between two formulas. What is written after a gap in quotes is a remark on the formula before it.
_GAP = re.compile(r' {2,}(?!\(")')
_NAME = r"[A-Za-zα-ω](?:_\{[^}]*\}|_\w+)?"
_TOKEN = re.compile(
    rf"∂(?P<above>{_NAME})/∂(?P<below>{_NAME})"
    r'| *\("(?P<remark>\w+)"\)'
    r"|_(?P<index>\{[^}]*\}|\w+)"
    r"|\(1/(?P<divisor>\w)\)"
    r"|(?P<known>exp|ln|log|max|min|(?:sin|cos|tan)h?)\b"
    r"|(?P<function>[A-Za-z]{2,})(?=\()"
    r"|(?P<joint>or|and|if|for|where)\b"
    r"|(?P<dots>···)"
    r"|(?P<word>[A-Za-z]{2,})"
    r"|(?P<sign>[^\x00-\x7f])"
)
_SIGNS = {
    "Σ": r"\sum",
    "∏": r"\prod",
    "φ": r"\varphi",
    "ᵀ": r"^{\top}",
    "⊗": r"\otimes",
    "·": r"\cdot",
    "≤": r"\le ",
    "≥": r"\ge ",
    "∈": r"\in ",
    "←": r"\leftarrow",
}
_ACCENTS = {"\u0302": "hat", "\u0303": "tilde", "\u0304": "bar"}


def display(lines: list[str]) -> str:
    """Return the lines of a formula as one displayed block, aligned at the first relation of each.

    Raises:
        ValueError: a sign that this module has no LaTeX for.
    """
    rows = [re.sub(r" ?(=|\\leftarrow) ", r" &\1 ", latex(line), count=1) for line in lines]
    return "$$\n\\begin{aligned}\n" + " \\\\\n".join(rows) + "\n\\end{aligned}\n$$"


def latex(formula: str) -> str:
    """Return one line of a formula as LaTeX, in ASCII.

    Raises:
        ValueError: a sign that this module has no LaTeX for.
    """
    text = r" \quad ".join(_TOKEN.sub(_spell, part) for part in _GAP.split(formula.strip()))
    tall = re.sub(r"\((\\frac\{[^()]*\})\)", r"\\left(\1\\right)", text)
    return tall.replace("[ ", r"\left[ ").replace(" ]", r" \right]")


def _spell(token: re.Match[str]) -> str:
    kind, text = str(token.lastgroup), str(token[str(token.lastgroup)])
    if kind == "below":
        above, below = (_TOKEN.sub(_spell, token[name]) for name in ("above", "below"))
        return rf"\frac{{\partial {above}}}{{\partial {below}}}"
    if kind == "index":
        return f"_{{{''.join(_sign(sign) if not sign.isascii() else sign for sign in text.strip('{}'))}}}"
    if kind == "sign":
        return _sign(text)
    return {
        "remark": rf'\ \text{{("{text}")}}',
        "divisor": rf"\tfrac{{1}}{{{text}}}",
        "known": rf"\{text}",
        "function": rf"\operatorname{{{text}}}",
        "dots": r"\cdots",
        "joint": rf"\text{{ {text} }}",
        "word": rf"\text{{{text}}}",  # letters side by side would be set as a product
    }[kind]


def _sign(sign: str) -> str:
    if sign in _SIGNS:
        return _SIGNS[sign]
    apart = unicodedata.normalize("NFD", sign)
    if apart[1:] in _ACCENTS:
        return rf"\{_ACCENTS[apart[1:]]}{{{apart[0]}}}"
    name = unicodedata.name(sign, "").split()
    if name[:1] == ["GREEK"] and "LETTER" in name:
        return "\\" + (name[-1].lower() if "SMALL" in name else name[-1].capitalize())
    raise ValueError(f"no LaTeX is known for {sign!r}")
