"""LaTeX as MathML, which browsers set without a script or a network: as much of LaTeX as the handout's pages use."""

import re
import unicodedata
from html import escape

_TOKEN = re.compile(r"\\(?:text|operatorname|begin|end)\{[^{}]*\}|\\[A-Za-z]+|\\.|\d+(?:\.\d+)?|\S", re.DOTALL)
_NAMES = re.compile("exp|ln|log|max|min|lim|(?:sin|cos|tan)h?")
# fmt: off
_SIGNS = {
    "cdot": "·", "times": "×", "otimes": "⊗", "odot": "⊙", "circ": "∘", "le": "≤", "ge": "≥", "ne": "≠", "approx": "≈",
    "in": "∈", "leftarrow": "←", "rightarrow": "→", "partial": "∂", "top": "⊤", "ldots": "…", "cdots": "⋯",
    "nabla": "∇", "infty": "∞", "lbrace": "{", "rbrace": "}", "{": "{", "}": "}", "sum": "∑", "prod": "∏",
}
# fmt: on
_LARGE = ("\\sum", "\\prod")
_SPACES = {"quad": 1.0, "qquad": 2.0, " ": 0.3, ",": 0.17}  # in em
_ACCENTS = {"hat": "^", "tilde": "~", "bar": "¯"}


def mathml(latex: str, *, display: bool = False) -> str:
    """Return a formula as MathML; its LaTeX goes with it, for who copies it.

    Raises:
        ValueError: something in the formula is not known here, or a bracket is not closed.
    """
    body = _Formula(latex).row("")
    block = ' display="block"' if display else ""
    source = f'<annotation encoding="application/x-tex">{escape(latex.strip())}</annotation>'
    return f"<math{block}><semantics><mrow>{body}</mrow>{source}</semantics></math>"


def _space(width: float) -> str:
    return f'<mspace width="{width}em"></mspace>'


class _Formula:
    """The tokens of a formula, read from left to right."""

    def __init__(self, latex: str) -> None:
        self._latex = latex
        self._tokens = [*_TOKEN.findall(latex)[::-1]]

    def _next(self) -> str:
        if not self._tokens:
            raise ValueError(f"the formula {self._latex.strip()} ends too early")
        return str(self._tokens.pop())

    def _ahead(self) -> str:
        return self._tokens[-1] if self._tokens else ""

    def row(self, *ends: str) -> str:
        """Return what stands before one of these tokens, which is left there; "" is the end of the formula."""
        parts = []
        while self._ahead() not in ends:
            name = self._ahead().removeprefix("\\")
            parts.append(self._scripted())
            if _NAMES.fullmatch(name) and self._ahead() not in ("(", *ends):
                parts.append(_space(0.17))
        return "".join(parts)

    def _scripted(self) -> str:
        """Return one sign or group, with what stands below and above it."""
        token = self._ahead()
        base, below, above = self._item(), "", ""
        while (mark := self._ahead()) in ("_", "^", "'") and mark:
            self._next()
            if mark == "_":
                below = self._item()
            else:
                above += "<mo>′</mo>" if mark == "'" else self._item()
        kind = ("munder", "mover", "munderover") if token in _LARGE else ("msub", "msup", "msubsup")
        above = above and f"<mrow>{above}</mrow>"
        if below and above:
            return f"<{kind[2]}>{base}{below}{above}</{kind[2]}>"
        name = kind[0] if below else kind[1]
        return f"<{name}>{base}{below}{above}</{name}>" if below or above else base

    def _item(self) -> str:
        sign = self._next()
        if sign == "{":
            inside = self.row("}")
            self._next()
            return f"<mrow>{inside}</mrow>"
        if sign.startswith("\\"):
            name, _, text = sign[1:].rstrip("}").partition("{") if "{" in sign[2:] else (sign[1:], "", "")
            return self._command(name, text)
        if sign[0].isdigit():
            return f"<mn>{sign}</mn>"
        if sign.isalpha():
            return f"<mi>{sign}</mi>"
        if sign in "()[]|":
            return f'<mo stretchy="false">{sign}</mo>'
        if sign in "+-=/<>,.;:!":
            return f"<mo>{escape('−' if sign == '-' else sign)}</mo>"
        if not sign.isascii():
            return f"<mo>{sign}</mo>"
        raise self._unknown(sign)

    def _command(self, name: str, text: str) -> str:
        if name == "text":
            return f"<mtext>{escape(text).replace(' ', chr(0xA0))}</mtext>"
        if name == "operatorname" or _NAMES.fullmatch(name):
            return f"<mi>{escape(text or name)}</mi>"
        if name in ("frac", "tfrac"):
            fraction = f"<mfrac>{self._item()}{self._item()}</mfrac>"
            return fraction if name == "frac" else f'<mstyle displaystyle="false">{fraction}</mstyle>'
        if name in _ACCENTS:
            return f'<mover accent="true">{self._item()}<mo stretchy="false">{_ACCENTS[name]}</mo></mover>'
        if name == "left":
            opening, inside, _, closing = self._next(), self.row("\\right"), self._next(), self._next()
            return f'<mrow><mo form="prefix">{opening}</mo>{inside}<mo form="postfix">{closing}</mo></mrow>'
        if name == "begin" and text == "aligned":
            return self._aligned()
        if name in _SPACES:
            return _space(_SPACES[name])
        return f"<mo>{_SIGNS[name]}</mo>" if name in _SIGNS else f"<mi>{self._greek(name)}</mi>"

    def _aligned(self) -> str:
        """Return the lines of a formula, one below the other, in columns set right and left in turn."""
        lines: list[list[str]] = [[]]
        while True:
            cell = self.row("&", "\\\\", "\\end{aligned}")
            lines[-1].append(f"<mtd>{cell}</mtd>")
            mark = self._next()
            if mark == "\\end{aligned}":
                break
            if mark == "\\\\":
                lines.append([])
        rows = "".join(f"<mtr>{''.join(cells)}</mtr>" for cells in lines)
        return f'<mtable displaystyle="true" class="aligned">{rows}</mtable>'

    def _greek(self, name: str) -> str:
        size = "CAPITAL" if name[0].isupper() else "SMALL"
        letter = name.removeprefix("var").upper().replace("LAMBDA", "LAMDA")
        try:
            return unicodedata.lookup(f"GREEK {size} LETTER {letter}")
        except KeyError:
            raise self._unknown(f"\\{name}") from None

    def _unknown(self, token: str) -> ValueError:
        return ValueError(f"no MathML is known for {token} in the formula {self._latex.strip()}")
