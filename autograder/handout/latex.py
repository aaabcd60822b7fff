"""A formula of a docstring, written in Unicode, as LaTeX: one source for the file and for the notebook."""

import re
import unicodedata

# Between two formulas. What is written after a gap in quotes is a remark on the formula before it.
_GAP = re.compile(r' {2,}(?!\(")')
_INDEX = r"\{[^}]*\}|[^\W²³ᵀ]+"
_NAME = rf"[A-Za-zα-ω]+\d*(?:_(?:{_INDEX}))?'*"
_TOKEN = re.compile(
    rf"∂(?P<above>{_NAME})/∂(?P<below>{_NAME})"
    r'| *\("(?P<remark>\w+)"\)'
    rf"|_(?P<index>{_INDEX})"
    r"|\(1/(?P<divisor>\w)\)"
    r"|(?P<known>exp|ln|log|max|min|(?:sin|cos|tan)h?)\b"
    r"|(?P<function>[A-Za-z]{2,})(?=\()"
    r"|(?P<joint>or|and|if|for|where)\b"
    r"|(?P<dots>···)"
    r"|(?<![A-Za-z])[A-Za-z](?P<number>\d+)"
    r"|(?P<word>[A-Za-z]{2,})"
    r"|(?P<sign>[^\x00-\x7f])"
)
_SIGNS = {
    "Σ": r"\sum",
    "∏": r"\prod",
    "φ": r"\varphi",
    "ᵀ": r"^{\top}",
    "²": "^{2}",
    "³": "^{3}",
    "−": "-",
    "⊗": r"\otimes",
    "⊙": r"\odot",
    "×": r"\times",
    "·": r"\cdot",
    "≤": r"\le ",
    "≥": r"\ge ",
    "≠": r"\ne ",
    "≈": r"\approx ",
    "∈": r"\in ",
    "←": r"\leftarrow",
    "→": r"\rightarrow",
    "∞": r"\infty",
    "∇": r"\nabla",
    "∂": r"\partial",
}
_ACCENTS = {"\u0302": "hat", "\u0303": "tilde", "\u0304": "bar"}


def display(lines: list[str]) -> str:
    """Return the lines of a formula as one displayed block, aligned at the first relation of each."""
    rows = [re.sub(r" ?(=|\\leftarrow) ", r" &\1 ", latex(line), count=1) for line in lines]
    return "$$\n\\begin{aligned}\n" + " \\\\\n".join(rows) + "\n\\end{aligned}\n$$"


def latex(formula: str) -> str:
    """Return one line of a formula as LaTeX; a sign that is not known here stays as it is, which can be read."""
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
    if kind == "number":
        return f"{token[0][0]}_{{{text}}}"
    if kind == "sign":
        spelled, after = _sign(text), token.string[token.end() :][:1]
        # A letter would become part of the command's name.
        return f"{spelled} " if re.search(r"\\[a-zA-Z]+$", spelled) and after.isalpha() and after.isascii() else spelled
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
    return sign
