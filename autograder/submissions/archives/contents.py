"""What a download holds, as a zip or unpacked: names, sizes and bytes, with no trust in any of them.

Nothing is ever written at a path that an archive names. What is refused is refused with a reason.
"""

import os
import stat
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Protocol

from autograder.submissions.read import Unreadable, read_bytes
from autograder.text import printable

# A course of ten thousand hands in some files each; one student hands in a few.
MOST_FILES = 200_000
MOST_FILES_OF_ONE = 1_000
_ENCRYPTED = 1  # bit of a member's flags
_ENTRY = b"PK\x01\x02"  # how each entry of a zip's directory begins
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # those that unpack in bounded memory


class Refused(Exception):
    """A file or an archive can't be read; the message completes a sentence that starts with its name."""


@dataclass(frozen=True)
class Member:
    """One file of a download. `problem` says why it will not be read, if so; it completes a sentence."""

    parts: tuple[str, ...]  # the folders it is in, and its name
    index: int
    size: int = 0
    problem: str = ""

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
            raise Refused(f"holds {len(self._infos):,} files, and at most {most:,} are looked at")
        self.members = tuple(_member(index, info) for index, info in enumerate(self._infos))

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
            raise Refused(f"holds about {entries:,} files, and at most {MOST_FILES_OF_ONE:,} are looked at")
        return cls(_open(BytesIO(raw)), MOST_FILES_OF_ONE)

    def read(self, member: Member, limit: int) -> bytes:
        """Return a file of at most `limit` bytes, or raise Refused."""
        if member.problem:
            raise Refused(member.problem)
        if member.size > limit:
            raise Refused(f"has {member.size:,} bytes, and at most {limit:,} are read")
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
    """The files of an unpacked download. Links are not followed."""

    def __init__(self, root: Path) -> None:
        """List what is below `root`.

        Raises:
            Refused: there are too many files.
            OSError: `root` can't be listed.
        """
        os.scandir(root).close()  # os.walk passes over what it can't list
        self._paths: list[Path] = []
        members: list[Member] = []
        for path in files_below(root):
            if len(members) == MOST_FILES:
                raise Refused(f"holds more than the {MOST_FILES:,} files that are looked at")
            members.append(Member(path.relative_to(root).parts, len(members)))
            self._paths.append(path)
        self.members = tuple(members)

    def read(self, member: Member, limit: int) -> bytes:
        """Return a file of at most `limit` bytes, or raise Refused."""
        path = self._paths[member.index]
        name = printable(path.name)
        try:
            return read_bytes(path, limit)
        except Unreadable as error:
            raise Refused(str(error).removeprefix(name).lstrip()) from error

    def location(self, member: Member, /) -> Path:
        """Return where a file is. Whether it can be read shows when it is."""
        return self._paths[member.index]


def files_below(root: Path) -> Iterator[Path]:
    """Yield the files below a folder in order, and links to folders, which are not followed."""
    for folder, folders, names in os.walk(root):
        folders.sort()
        links = [name for name in folders if (Path(folder) / name).is_symlink()]
        yield from (Path(folder) / name for name in sorted([*names, *links]))


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
        return "is a symbolic link, and links are not followed: hand in the file itself"
    if kind not in (0, stat.S_IFREG):
        return "is a pipe or a device, and a file was expected"
    if info.flag_bits & _ENCRYPTED:
        return "is encrypted: hand it in without a password"
    if info.compress_type not in _METHODS:
        return f"is compressed in a way that is not read ({info.compress_type}): make an ordinary zip"
    return ""
