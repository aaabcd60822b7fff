"""What a download holds, as a zip or unpacked: names, sizes and bytes, with no trust in any of them.

Nothing is ever written at a path that an archive names. What is refused is refused with a reason.
"""

import os
import stat
import zipfile
import zlib
from collections import Counter, deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Protocol

from autograder.model.text import printable
from autograder.submissions.plain_file import DEVICE, LINK, oddity, read_bytes, too_large
from autograder.submissions.submission import Refused, asked, is_code, is_litter, names

# A course of ten thousand hands in some files each; one student hands in a few, or all that lay beside them.
MOST_FILES = 200_000
MOST_FILES_OF_ONE = 20_000
_MOST_COUNTED = 100_000  # of files of one student that are not looked at
# Folders that installers fill, and those that a virtual environment has beside its pyvenv.cfg.
_PACKAGES = ("site-packages", "dist-packages", "node_modules")
_ENVIRONMENT, _PARTS = "pyvenv.cfg", ("lib", "lib64", "bin", "scripts", "include", "share", "etc")
_FILLED = "is filled by an installer"
_ENCRYPTED = 1  # bit of a member's flags
_ENTRY = b"PK\x01\x02"  # how each entry of a zip's directory begins
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # those that unpack in bounded memory


@dataclass(frozen=True)
class Member:
    """One file of a download. `problem` says why it will not be read, if so; it completes a sentence."""

    parts: tuple[str, ...]  # the folders it is in, and its name
    index: int
    size: int = 0
    problem: str = ""
    count: int = 1  # of the files that it stands for, where it is a folder that is not looked into

    @property
    def shown(self) -> str:
        """The path, safe to print."""
        return printable("/".join(self.parts), 200)


class Contents(Protocol):
    """The files of a download, in the order of the archive or by name."""

    members: tuple[Member, ...]

    def read(self, member: Member, limit: int) -> bytes:
        """Return a file of at most `limit` bytes, or raise Refused."""
        ...

    def location(self, member: Member, /) -> Path | None:
        """Return where a file lies by itself, or None for one that has to be taken out."""
        ...


class ZipContents:
    """The files of a zip. Close it after use."""

    def __init__(self, archive: zipfile.ZipFile, most: int) -> None:
        """Look at the directory of an open zip of at most `most` files, or raise Refused."""
        self._archive = archive
        self._infos = [info for info in archive.infolist() if not info.is_dir()]
        if len(self._infos) > most:
            raise _too_many(f"{len(self._infos):,}", most)
        members = (_member(index, info) for index, info in enumerate(self._infos))
        self.members = tuple(_folded(one for one in members if not any(map(is_litter, one.parts))))

    @classmethod
    def of_path(cls, path: Path) -> "ZipContents":
        """Open the zip that an instructor downloaded.

        Raises:
            Refused: it is no zip, damaged, or holds too many files.
            OSError: it can't be read.
        """
        return cls(_open(path), MOST_FILES)

    @classmethod
    def of_bytes(cls, raw: bytes) -> "ZipContents":
        """Open the zip that a student handed in.

        Raises:
            Refused: it is no zip, damaged, or holds too many files.
        """
        entries = raw.count(_ENTRY)  # before Python makes an object of each
        if entries > MOST_FILES_OF_ONE:
            raise _too_many(f"about {entries:,}", MOST_FILES_OF_ONE)
        return cls(_open(BytesIO(raw)), MOST_FILES_OF_ONE)

    def read(self, member: Member, limit: int) -> bytes:
        """Return a file of at most `limit` bytes, or raise Refused."""
        if member.problem:
            raise Refused(member.problem)
        if member.size > limit:
            raise too_large(member.size, limit)
        try:
            # The size in the directory bounds what is unpacked, whatever the data would give.
            with self._archive.open(self._infos[member.index]) as file:
                return file.read(limit)
        except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, ValueError, NotImplementedError) as error:
            raise Refused(f"is damaged ({printable(str(error) or type(error).__name__)}): send it again") from error

    def location(self, _member: Member, /) -> None:
        """Nothing in a zip lies by itself."""

    def close(self) -> None:
        """Close the file."""
        self._archive.close()


class FolderContents:
    """The files of a folder. Links are not followed, and what a virtual environment brought is only counted."""

    def __init__(self, root: Path, top: Iterable[os.DirEntry[str]] | None = None) -> None:
        """List what is below `root`; of each entry of it at most MOST_FILES_OF_ONE files, the shallowest first.

        Args:
            root: the folder.
            top: the entries of it that count; all of them where none are given.

        Raises:
            Refused: there are too many files.
            OSError: `root` can't be listed.
        """
        self._root = root
        members: list[Member] = []
        for entry in entries(root) if top is None else top:
            for parts, problem, count in _below(entry):
                if len(members) == MOST_FILES:
                    raise Refused(f"holds more than the {MOST_FILES:,} files that are looked at")
                members.append(Member(parts, len(members), problem=problem, count=count))
        self.members = tuple(members)

    def read(self, member: Member, limit: int) -> bytes:
        """Return a file of at most `limit` bytes, or raise Refused."""
        if member.problem:
            raise Refused(member.problem)
        try:
            return read_bytes(self.location(member), limit)
        except OSError as error:
            raise Refused(f"can't be read: {error.strerror}") from error

    def location(self, member: Member, /) -> Path:
        """Return where a file is. Whether it can be read shows when it is."""
        return self._root.joinpath(*member.parts)


def entries(folder: Path | str) -> list[os.DirEntry[str]]:
    """Return what a person sees in a folder, sorted by name."""
    with os.scandir(folder) as entries:
        return sorted((entry for entry in entries if not is_litter(entry.name)), key=lambda entry: entry.name)


def _below(top: os.DirEntry[str]) -> Iterator[tuple[tuple[str, ...], str, int]]:
    """Yield (path, problem, how many files it stands for) of an entry and all below it, the shallowest first."""
    waiting: deque[tuple[os.DirEntry[str], tuple[str, ...], bool]] = deque([(top, (top.name,), False)])
    left = 0
    listed = 0
    while waiting:
        entry, parts, theirs = waiting.popleft()
        problem = oddity(entry)
        if not entry.is_dir(follow_symlinks=False):
            listed += 1
            if listed <= MOST_FILES_OF_ONE or entry.name.lower() in names():  # these are never lost among others
                yield parts, problem, 1
            else:
                left += 1
            continue
        if left >= _MOST_COUNTED:  # no folder is looked into any more
            continue
        if is_code(entry.name):
            yield parts, problem, 1
        if theirs or entry.name in _PACKAGES:
            yield parts, _FILLED, _counted(entry.path)
            continue
        try:
            inside = entries(entry.path)
        except OSError as error:
            yield parts, f"can't be listed: {error.strerror}", 1
            continue
        environment = any(one.name == _ENVIRONMENT for one in inside)
        waiting += [(one, (*parts, one.name), environment and one.name.lower() in _PARTS) for one in inside]
    if left:
        yield (top.name,), "", left


def _counted(folder: str) -> int:
    """Return how many files are below a folder, or _MOST_COUNTED where there are more."""
    found = 0
    for _, _, inside in os.walk(folder):
        found += len(inside)
        if found >= _MOST_COUNTED:
            return _MOST_COUNTED
    return found


def _folded(members: Iterable[Member]) -> Iterator[Member]:
    """Put one member in the place of all that an installer has put into one folder."""
    members = list(members)
    environments = {one.parts[:-1] for one in members if one.parts[-1] == _ENVIRONMENT}
    folders = [_installed(one.parts, environments) for one in members]
    yield from (one for one, folder in zip(members, folders, strict=True) if not folder)
    for folder, count in Counter(filter(None, folders)).items():
        yield Member(folder, 0, problem=_FILLED, count=count)


def _installed(parts: tuple[str, ...], environments: set[tuple[str, ...]]) -> tuple[str, ...]:
    """Return the folder of an installer that a path leads into, or () where it leads into none."""
    for depth, name in enumerate(parts[:-1]):
        if name in _PACKAGES or (name.lower() in _PARTS and parts[:depth] in environments):
            return parts[: depth + 1]
    return ()


def _too_many(count: str, most: int) -> Refused:
    return Refused(f"holds {count} files, and at most {most:,} are looked at: hand in the one file, {asked()}")


def _open(file: Path | BytesIO) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(file)
    except OSError:
        raise
    except Exception as error:  # what a malformed directory raises is not documented
        raise Refused(f"is no zip file, or a damaged one ({printable(str(error))})") from error


def _member(index: int, info: zipfile.ZipInfo) -> Member:
    name = info.orig_filename.replace("\\", "/")  # some programs of Windows write it so
    parts = tuple(part for part in name.split("/") if part not in ("", "."))
    return Member(parts or ("?",), index, info.file_size, _problem(name, parts, info))


def _problem(name: str, parts: tuple[str, ...], info: zipfile.ZipInfo) -> str:
    """Say why a member of a zip will not be read, or "" if nothing is against it."""
    if name.startswith("/") or ".." in parts or name[1:2] == ":" or "\0" in name or not parts:
        return "has a path that leads out of the archive"
    kind = stat.S_IFMT(info.external_attr >> 16)
    if kind == stat.S_IFLNK:
        return LINK
    if kind not in (0, stat.S_IFREG):
        return DEVICE
    if info.flag_bits & _ENCRYPTED:
        return "is encrypted: hand it in without a password"
    if info.compress_type not in _METHODS:
        return f"is compressed in a way that is not read ({info.compress_type}): make an ordinary zip"
    return ""
