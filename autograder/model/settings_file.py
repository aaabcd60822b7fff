"""Read settings from a TOML file, and word what is wrong with one from the fields that it sets."""

import difflib
import json
import tomllib
from pathlib import Path
from types import UnionType
from typing import Any, Literal, get_args, get_origin

from pydantic import AwareDatetime, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from autograder.model.loading import loaded
from autograder.model.settings import TIME, Settings, Table, TaskSettings


class ConfigError(Exception):
    """The settings file can't be used; the message lists everything that is wrong with it."""


def load_settings(path: Path | None) -> Settings:
    """Read settings from a TOML file; without one, the assignment is graded as it comes.

    Raises:
        ConfigError: the file can't be read, isn't TOML, or has unknown keys or values out of range.
    """
    if path is None:
        return Settings()
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise ConfigError(f"{path} does not exist; leave out --config to grade with the default settings") from None
    except OSError as error:
        raise ConfigError(f"{path} can't be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise ConfigError(f"{path}: byte {error.object[error.start]:#04x} in line {line} is not UTF-8") from error
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path} is not valid TOML: {error}") from error
    try:
        return Settings.model_validate(raw)
    except ValidationError as error:
        problems = [_describe(detail) for detail in error.errors()]
    count = "1 problem" if len(problems) == 1 else f"{len(problems)} problems"
    raise ConfigError("\n  ".join([f"{path} has {count}:", *problems]))


def _keys(table: type[Table], prefix: str = "") -> dict[str, FieldInfo]:
    """Map the dotted name of every key and table that a settings file can have to its field."""
    keys = {}
    for name, field in table.model_fields.items():
        keys[prefix + name] = field
        if isinstance(field.annotation, type) and issubclass(field.annotation, Table):
            keys |= _keys(field.annotation, f"{prefix}{name}.")
    return keys


def _all_keys() -> dict[str, FieldInfo]:
    tasks = {f"tasks.{task.id}": FieldInfo(annotation=TaskSettings) for task in loaded().tasks}
    values = {key: field for name in tasks for key, field in _keys(TaskSettings, f"{name}.").items()}
    variant = {f"variant.{name}": field for name, field in loaded().variant.model_fields.items()}
    return _keys(Settings) | tasks | values | variant


def _describe(detail: ErrorDetails) -> str:
    """Say in one line which key is wrong, what was found there and what is allowed."""
    *parents, name = (str(part) for part in detail["loc"]) if detail["loc"] else ("",)
    key = ".".join([*parents, name])
    if detail["type"] == "extra_forbidden":
        return _unknown_key(key)
    if name == "[key]":  # pydantic's mark of a bad key, after the key itself
        near = difflib.get_close_matches(parents[-1], loaded().task, n=1)
        hint = f"did you mean tasks.{near[0]}? " if near else ""
        return f"{'.'.join(parents)}: no such task; {hint}The ids are {', '.join(loaded().task)}"
    if detail["type"] == "value_error":
        return str(detail["ctx"]["error"])  # ours, and complete
    if parents[-1:] == ["extensions"]:
        return f"{key}: found {_found(detail['input'])}; expected {TIME}"
    return f"{key}: found {_found(detail['input'])}; expected {_expected(_all_keys()[key])}"


def _unknown_key(key: str) -> str:
    """Word the complaint about a key that does not exist, with the keys that do and the likeliest one."""
    parent, _, word = key.rpartition(".")
    siblings = {name.rpartition(".")[2]: name for name in _all_keys() if name.rpartition(".")[0] == parent}
    # A key is as often in the wrong table as misspelled.
    elsewhere = {name.rpartition(".")[2]: name for name in _all_keys() if not name.endswith((".points", ".enabled"))}
    near = [words[match] for words in (siblings, elsewhere) for match in difflib.get_close_matches(word, words, n=1)]
    hint = f"did you mean {near[0]}? " if near else ""
    place = f"[{parent}]" if parent else "the file"
    return f"{key}: unknown key; {hint}Allowed in {place}: {', '.join(siblings)}"


def _found(value: Any) -> str:
    """Show a value as it would stand in TOML, briefly."""
    if isinstance(value, dict):
        return "a table"
    if isinstance(value, list):
        return "a list"
    if isinstance(value, float):
        return str(value)  # inf and nan as TOML spells them
    text = json.dumps(value, default=str)
    return text if len(text) <= 60 else f"{text[:57]}..."


def _expected(field: FieldInfo) -> str:
    """Word a field's type and bounds, such as "a number above 0, at most 60"."""
    kinds = get_args(field.annotation) if isinstance(field.annotation, UnionType) else (field.annotation,)
    nouns = {bool: "true or false", int: "a whole number", float: "a number", AwareDatetime: TIME}
    if get_origin(field.annotation) is Literal:
        return " or ".join(map(json.dumps, get_args(field.annotation)))
    noun = next((nouns[kind] for kind in kinds if kind in nouns), "a table")
    words = {"gt": "above", "ge": "at least", "le": "at most"}
    bounds = [
        f"{word} {getattr(constraint, attribute)}"
        for constraint in field.metadata
        for attribute, word in words.items()
        if hasattr(constraint, attribute)
    ]
    return f"{noun} {', '.join(bounds)}" if bounds else noun
