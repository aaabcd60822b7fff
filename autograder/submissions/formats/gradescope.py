"""Gradescope's export: `assignment_<id>_export/`, with `submission_metadata.yml` and a folder per submission.

The metadata is YAML as Ruby writes it, with symbols such as `:submitters` for keys. A submission of a group
counts for each of its members.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import yaml

from autograder.model.text import printable, some
from autograder.submissions.contents import Contents, Member
from autograder.submissions.hand_in import File, HandIn, Reading
from autograder.submissions.submission import Refused, as_id

TITLE = "Gradescope export"

_METADATA = "submission_metadata.yml"
_LIMIT = 500_000_000  # with every earlier result of ten thousand students in it


# What people write into a field that must not be empty.
_NO_ID = ("n/a", "na", "none", "null", "nil", "unknown", "-", "--", "x", "0", "?", ".", "tbd")


def follows(name: str) -> bool:
    """Whether an entry of this name is one of Gradescope's."""
    return name == _METADATA or re.fullmatch(r"submission_\d+", name) is not None


@dataclass(frozen=True)
class _Person:
    """Who handed in, as one submission has it; "" for what it does not say."""

    sid: str
    email: str
    name: str

    def is_same(self, other: "_Person") -> bool:
        """Whether two submissions are of one person: never where their e-mails differ."""
        if self.email and other.email:
            same = self.email.casefold() == other.email.casefold()
            return same and not (_differ(self.sid, other.sid) and _differ(self.name, other.name))
        return _is_id(self.sid) and self.sid == other.sid and not _differ(self.name, other.name)


def _is_id(text: str) -> bool:
    return bool(text) and text.casefold() not in _NO_ID


def _differ(one: str, other: str) -> bool:
    return one != "" != other and one != other


def read(contents: Contents) -> Reading:
    """Sort the files by student, by what the metadata says.

    Raises:
        Refused: the metadata can't be read, or is not there.
    """
    folders: dict[str, list[File]] = {}
    strays: list[tuple[Member, str]] = []
    submissions: dict[str, Any] = {}
    for member in contents.members:
        if member.parts == (_METADATA,):
            submissions = _metadata(contents.read(member, _LIMIT))
        elif len(member.parts) > 1:
            folders.setdefault(member.parts[0], []).append(File(member.parts[1:], member, contents))
        else:
            strays.append((member, "belongs to nobody: it is in no folder of a submission"))
    entries = [(key, entry, person) for key, entry in submissions.items() for person in _people(entry)]
    ids, remarks = _ids([(key, person) for key, _, person in entries])
    hand_ins = []
    for student, (key, entry, _) in zip(ids, entries, strict=True):
        when = _time(entry.get(":created_at")) if isinstance(entry, dict) else None
        hand_ins.append(HandIn(student, tuple(folders.get(key, ())), when.timestamp() if when else 0.0, when))
    for key in folders.keys() - submissions.keys():
        strays += [(file.member, "belongs to nobody: its folder is not in the metadata") for file in folders[key]]
    return Reading(hand_ins, strays, remarks)


def _ids(entries: Sequence[tuple[str, _Person]]) -> tuple[list[str], list[str]]:
    """Return a student's id for each entry, the same one for entries of one person only, and what to say of it.

    It is the SID; where several people have that, or none is given, the e-mail, then the name, then the key.
    """
    people: list[list[_Person]] = []
    known: dict[str, list[int]] = {}  # those with an e-mail or an id, to be compared
    owners = []
    for _, person in entries:
        marks = [mark for mark in (person.email.casefold(), person.sid) if mark]
        near = sorted({at for mark in marks for at in known.get(mark, ())})
        owner = next((at for at in near if any(person.is_same(other) for other in people[at])), len(people))
        if owner == len(people):
            people.append([])
        people[owner].append(person)
        owners.append(owner)
        for mark in marks:
            known.setdefault(mark, []).append(owner)
    rows = [[_first(one, field) for field in ("sid", "email", "name")] for one in people]
    keys = {owner: key for (key, _), owner in reversed(list(zip(entries, owners, strict=True)))}
    holders = Counter(as_id(value) for row in rows for value in set(row) if value)
    ids = []
    for owner, row in enumerate(rows):
        own = (as_id(value) for value in row if _is_id(value) and holders[as_id(value)] == 1)
        ids.append(next(own, as_id(f"{row[2]} {keys[owner]}".strip())))
    twice: dict[str, list[str]] = {}
    for student, (sid, *_) in zip(ids, rows, strict=True):
        twice.setdefault(sid, []).append(student)
    remarks = [
        f"the SID {printable(sid)} is there for {some(who)}: kept apart"
        for sid, who in twice.items()
        if sid and who[1:]
    ]
    return [ids[owner] for owner in owners], remarks


def _first(people: Sequence[_Person], field: str) -> str:
    return next((value for person in people if (value := getattr(person, field))), "")


def _people(entry: Any) -> Iterator[_Person]:
    """Yield who handed in a submission; somebody of whom nothing is known where it does not say."""
    submitters = entry.get(":submitters") if isinstance(entry, dict) else None
    known = [person for person in submitters if isinstance(person, dict)] if isinstance(submitters, list) else []
    for person in known or [{}]:
        sid, email, name = (str(person.get(field) or "").strip() for field in (":sid", ":email", ":name"))
        yield _Person(sid, email if "@" in email else "", name)


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]  # the fast one where there is one
    """Plain YAML: an object of Ruby's is read as what it is made of."""


def _plain(loader: Any, _tag: str, node: yaml.Node) -> Any:
    if isinstance(node, yaml.MappingNode):
        return loader.construct_mapping(node)
    return loader.construct_sequence(node) if isinstance(node, yaml.SequenceNode) else loader.construct_scalar(node)


_Loader.add_multi_constructor("!", _plain)


def _metadata(raw: bytes) -> dict[str, Any]:
    try:
        found = yaml.load(raw, _Loader)  # noqa: S506 - a safe loader
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise Refused(f"has a {_METADATA} that can't be read: {error}") from error
    if not isinstance(found, dict):
        raise Refused(f"has a {_METADATA} of another form: submissions by name were expected")
    return {str(key): entry for key, entry in found.items()}


def _time(value: Any) -> datetime | None:
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            return None
    if not isinstance(value, datetime):
        return None
    return value if value.tzinfo else value.replace(tzinfo=UTC)
