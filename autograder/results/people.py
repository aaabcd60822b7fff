"""Which columns of a table say who a row is about: by headers that are known, else by what stands in them.

Moodle writes headers in the language of its user, so only the English ones are known, and the others are recognised
by e-mail addresses, numbers, and words.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from autograder.results.matching import Row
from autograder.results.sheet import Sheet

# Headers of Canvas, Moodle, Gradescope and nbgrader, in small letters and without blanks and signs.
_NUMBERS = {"id", "identifier"}
_IDS = {"studentid", "sisuserid", "sisloginid", "integrationid", "sid", "idnumber", "username", "email"}
_IDS |= {"emailaddress", "login", "lmsuserid"}
_NAMES = {"student", "fullname", "name"}
_PARTS_OF_NAMES = {"firstname", "lastname", "surname", "givenname", "familyname", "forename"}
_KNOWN = _NUMBERS | _IDS | _NAMES | _PARTS_OF_NAMES
_SECTIONS = {"section", "sections", "group", "groups"}
_WHOLE = re.compile(r"(\d+)[.,]0+")
_PARTICIPANT = re.compile(r"(\D*?)\s*(\d+)")
_KINDS: dict[str, Callable[[str], bool]] = {
    "addresses": lambda text: "@" in text and " " not in text,
    "codes": lambda text: any(map(str.isdigit, text)) and " " not in text,
    "words": lambda text: any(map(str.isalpha, text)),
}


@dataclass(frozen=True)
class Columns:
    """The columns about people, and the first row with somebody in it."""

    number: int | None
    participants: bool  # whether words stand before the numbers: "Participant 1001", "Teilnehmer/in1001"
    ids: tuple[int, ...]
    names: tuple[tuple[int, ...], ...]  # each the columns of one name; several where it is not plain which
    first: int = 1
    section: int | None = None

    def row(self, sheet: Sheet, index: int) -> Row:
        """Return what a row says about its student."""
        cell = _id(sheet, index, self.number)
        parts = _PARTICIPANT.fullmatch(cell)
        word, number = parts.groups() if parts and (self.participants or not parts[1]) else ("", "")
        cells = [[sheet.cell(index, column) for column in name] for name in self.names]
        names = tuple(dict.fromkeys(name for words in cells if (name := " ".join(filter(None, words)))))
        ids = [text for column in self.ids if (text := _id(sheet, index, column))]
        # Moodle numbers the hand-ins of an assignment: without a word or a name, that may be another's number.
        ids += [text for text in (cell, "" if names else number) if text and text not in ids]
        beside = (word, *(words[0] for words in cells[:1]))
        return Row(
            number,
            tuple(ids),
            names,
            names[0] if names else ", ".join(ids),
            beside,
            section=sheet.cell(index, self.section),
        )


def _id(sheet: Sheet, index: int, column: int | None) -> str:
    """Return an id, without the decimals that a spreadsheet gave it: 4711.0 is 4711."""
    cell = sheet.cell(index, column)
    return whole[1] if (whole := _WHOLE.fullmatch(cell)) else cell


def columns_of_roster(sheet: Sheet) -> Columns:
    """Find the columns about people, and the one with their section of the course, if there is one."""
    heads = [re.sub(r"[\W_]", "", head.casefold()) for head in sheet.header]
    section = next((index for index, head in enumerate(heads) if head in _SECTIONS), None)
    if section is None or len(heads) == 1:  # alone, it says nothing about whom it is of
        return columns_of_people(sheet)
    others = [index for index in range(len(heads)) if index != section]
    alone = Columns(None, False, tuple(others), (tuple(others),))  # ids or names, and the section of each
    found = columns_of_people(sheet, others) if len(others) > 1 or heads[others[0]] in _KNOWN else alone
    return replace(found, section=section)


def columns_of_people(sheet: Sheet, among: Iterable[int] | None = None, participants: int | None = None) -> Columns:
    """Find the columns about people, among these or all; that of Moodle's participants may be known."""
    chosen = range(len(sheet.header)) if among is None else among
    heads = {index: re.sub(r"[\W_]", "", sheet.header[index].casefold()) for index in chosen}
    known = _KNOWN & set(heads.values())
    kinds = {index: _kind(sheet.below(index)) for index in heads}
    first = 1 if known or among is not None else _first_row(sheet, kinds)
    if among is None and len(heads) == 1 and not known:  # ids or names, one a line
        return Columns(None, False, tuple(heads), (tuple(heads),), first)
    ids = [index for index, head in heads.items() if head in _IDS]
    number = next((index for index, head in heads.items() if head in _NUMBERS), participants)
    if not ids and number == participants:
        ids = [index for index in heads if kinds[index] == "codes" and heads[index] not in _KNOWN]
    ids += [index for index in heads if kinds[index] == "addresses" and index not in ids]
    moodle = number is not None and (number == participants or heads[number] == "identifier")
    return Columns(number, moodle, tuple(ids), _names(sheet, heads, kinds), first)


def _names(sheet: Sheet, heads: dict[int, str], kinds: dict[int, str]) -> tuple[tuple[int, ...], ...]:
    """Return the columns of the name: by their headers, else the first with words, and the next if it has some too."""
    parts = [index for index, head in heads.items() if head in _PARTS_OF_NAMES]
    full = [index for index, head in heads.items() if head in _NAMES][:1]
    if len(parts) > 1:
        return (tuple(parts),)
    if full and (parts or heads[full[0]] != "name"):  # the header "Name" is also German, of last names
        return ((*full, *parts),)
    words = [index for index in heads if kinds[index] == "words" and heads[index] not in _KNOWN - {"name"}]
    if not words:
        return tuple((index,) for index in full)
    start = full[0] if full and (_several(sheet, full[0]) or full[0] - 1 not in words) else words[0]
    if start + 1 not in words:
        # Where marking is blind, the first words are no names, but the status of everybody.
        alike = "addresses" not in kinds.values() and len(set(sheet.below(start))) == 1 < len(sheet.below(start))
        known = _KNOWN & set(heads.values())
        return ((start,),) if full or (not alike and (_several(sheet, start) or not known)) else ()
    # In a column with few different texts, or after one of several words, are hardly last names, but they may be.
    last = sheet.below(start + 1)
    alone = _several(sheet, start) or 2 * len(set(last)) < len(last)
    return ((start, start + 1), (start,)) if alone else ((start, start + 1),)


def _several(sheet: Sheet, column: int) -> bool:
    """Whether most cells of a column have several words, as full names have."""
    texts = sheet.below(column)
    return 2 * sum(" " in text for text in texts) > len(texts)


def _kind(texts: Sequence[str]) -> str:
    """Say what most cells of a column are: addresses, codes that are all different, or words."""
    kind = next((kind for kind, test in _KINDS.items() if 2 * sum(map(test, texts)) > len(texts)), "")
    return "" if kind == "codes" and len(set(texts)) < len(texts) else kind


def _first_row(sheet: Sheet, kinds: dict[int, str]) -> int:
    """Return 0 where the first row is no header: it has an address or a number where the others have theirs."""
    telling = {index: kind for index, kind in kinds.items() if kind in ("addresses", "codes")}
    if any(_KINDS[kind](sheet.cell(0, index)) for index, kind in telling.items()):
        return 0
    return 1 if telling or len(kinds) > 1 else 0
