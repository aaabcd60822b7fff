"""Gradescope's export: `assignment_<id>_export/`, with `submission_metadata.yml` and a folder per submission.

The metadata is YAML as Ruby writes it, with symbols such as `:submitters` for keys. A submission of a group
counts for each of its members.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

import yaml

from autograder.submissions.archives.attempt import Attempt, File, Reading
from autograder.submissions.archives.contents import Contents, Member, Refused
from autograder.submissions.submission import as_id

TITLE = "Gradescope export"

_METADATA = "submission_metadata.yml"
_LIMIT = 500_000_000  # with every earlier result of ten thousand students in it


def recognises(top: Sequence[str]) -> bool:
    """Whether a folder with these entries is Gradescope's: it has the metadata."""
    return _METADATA in top


def read(contents: Contents) -> Reading:
    """Sort the files by student, by what the metadata says.

    Raises:
        Refused: the metadata can't be read.
    """
    folders: dict[str, list[File]] = {}
    strays: list[tuple[Member, str]] = []
    submissions: dict[str, Any] = {}
    for member in contents.members:
        if member.parts == (_METADATA,):
            submissions = _metadata(contents.read(member, _LIMIT))
        elif len(member.parts) > 1:
            folders.setdefault(member.parts[0], []).append(File(member.parts[1:], member))
        else:
            strays.append((member, "belongs to nobody: it is in no folder of a submission"))
    attempts = []
    for key, entry in submissions.items():
        attempts += list(_attempts(key, entry, tuple(folders.pop(key, ()))))
    for files in folders.values():
        strays += [(file.member, "belongs to nobody: its folder is not in the metadata") for file in files]
    return Reading(attempts, strays)


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


def _attempts(key: str, entry: Any, files: tuple[File, ...]) -> Iterator[Attempt]:
    """Yield the attempt of each who handed it in; of nobody known, it goes by the submission's own name."""
    fields = entry if isinstance(entry, dict) else {}
    when = _time(fields.get(":created_at"))
    submitters = fields.get(":submitters")
    known = [person for person in submitters if isinstance(person, dict)] if isinstance(submitters, list) else []
    for person in known or [{}]:
        names = (person.get(field) for field in (":sid", ":email", ":name"))
        student = as_id(str(next((name for name in names if name), key)))
        yield Attempt(student, files, when.timestamp() if when else 0.0, when)


def _time(value: Any) -> datetime | None:
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            return None
    if not isinstance(value, datetime):
        return None
    return value if value.tzinfo else value.replace(tzinfo=UTC)
