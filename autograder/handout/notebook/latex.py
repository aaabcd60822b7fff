"""A formula of a docstring, written in Unicode, as LaTeX: one source for the file and for the notebook."""

import re

# Between two formulas. What is written after a gap in quotes is a remark on the formula before it.
_GAP = re.compile(r' {2,}(?!\(")')
_NAME = r"[A-Za-zθ](?:_\{[^}]*\}|_\w+)?"
_TOKEN = re.compile(
    rf"∂(?P<above>{_NAME})/∂(?P<below>{_NAME})"
    r'| *\("(?P<remark>\w+)"\)'
    r"|_(?P<index>\{[^}]*\}|\w+)"
    r"|\(1/(?P<divisor>\w)\)"
    r"|(?P<dots>···)"
    r"|(?P<word>[A-Za-z]{2,})"
    r"|(?P<sign>[^\x00-\x7f])"
)
_SIGNS = {
    "Σ": r"\sum",
    "φ": r"\varphi",
    "δ": r"\delta",
    "θ": r"\theta",
    "α": r"\alpha",
    "ŷ": r"\hat{y}",
    "ᵀ": r"^{\top}",
    "⊗": r"\otimes",
    "·": r"\cdot",
    "≤": r"\le ",
    "←": r"\leftarrow",
}
_WORDS = {
    "exp": r"\exp",
    "log": r"\log",
    "tanh": r"\tanh",
    "softmax": r"\operatorname{softmax}",
    "diag": r"\operatorname{diag}",
    "identity": r"\text{identity}",
    "or": r"\text{ or }",
}


def display(lines: list[str]) -> str:
    """Return the lines of a formula as one displayed block, aligned at the first relation of each.

    Raises:
        ValueError: a word or a sign that this module has no LaTeX for.
    """
    rows = [re.sub(r" ?(=|\\leftarrow) ", r" &\1 ", latex(line), count=1) for line in lines]
    return "$$\n\\begin{aligned}\n" + " \\\\\n".join(rows) + "\n\\end{aligned}\n$$"


def latex(formula: str) -> str:
    """Return one line of a formula as LaTeX, in ASCII.

    Raises:
        ValueError: a word or a sign that this module has no LaTeX for.
    """
    text = r" \quad ".join(_TOKEN.sub(_spell, part) for part in _GAP.split(formula.strip()))
    tall = re.sub(r"\((\\frac\{[^()]*\})\)", r"\\left(\1\\right)", text)
    return tall.replace("[ ", r"\left[ ").replace(" ]", r" \right]")


def _spell(token: re.Match[str]) -> str:
    if token["above"]:
        above, below = (_TOKEN.sub(_spell, token[name]) for name in ("above", "below"))
        return rf"\frac{{\partial {above}}}{{\partial {below}}}"
    if token["remark"]:
        return f'\\ \\text{{("{token["remark"]}")}}'
    if token["index"]:
        return f"_{{{''.join(_SIGNS.get(sign, sign) for sign in token['index'].strip('{}'))}}}"
    if token["divisor"]:
        return rf"\tfrac{{1}}{{{token['divisor']}}}"
    if token["dots"]:
        return r"\cdots"
    known = _WORDS.get(token["word"]) if token["word"] else _SIGNS.get(token["sign"])
    if known is None:  # letters side by side would be set as a product
        raise ValueError(f"no LaTeX is known for {token[0]!r}")
    return known
