"""Find out whether a file's functions can keep anything from one call to the next. If not, none can harm another.

A task that came out wrong is asked again in a process of its own, because an earlier task may have left something in
disorder. That is needless if nothing can be left: if the functions only use names that are known to change nothing
outside, can reach nothing that can be changed, and bind no name that outlives a call.

The answer is found beside student code, which may change it: a file that is called stateless and is not gives up
its own second try, and nothing else.
"""

import opcode
import types
from collections.abc import Iterable
from typing import Any

import numpy as np

# Functions and constants of numpy and Python that change at most their own arguments, by the names in code.
_NUMPY = """
    abs absolute accumulate add all allclose amax amin any append apply_along_axis arange argmax argmin
    argsort array array_equal asarray astype atleast_1d atleast_2d broadcast_to ceil clip column_stack
    concatenate copy cosh cumsum diag diagonal divide dot dtype e einsum empty empty_like eps errstate exp
    expand_dims expm1 eye fill fill_diagonal finfo flat flatnonzero flatten flip float32 float64 floor fmax
    fmin full full_like hstack identity inf inner int32 int64 isfinite isinf isnan isscalar item kron linalg
    log log10 log1p log2 matmul matrix_power max maximum mean min minimum moveaxis multi_dot multiply nan
    nan_to_num nanmax nansum ndarray ndim negative newaxis nonzero norm np numpy ones ones_like outer pad pi
    power prod ravel reduce repeat reshape roll round row_stack shape sign sinh size solve sqrt square squeeze
    stack std subtract sum swapaxes T take_along_axis tanh tensordot tile tiny tolist trace transpose tril
    triu unravel_index vdot vstack where zeros zeros_like
"""
_PYTHON = """
    _asdict _fields _make _replace ArithmeticError AssertionError bool callable count deepcopy dict divmod enumerate
    Exception extend float format get getattr hasattr index IndexError insert int isinstance issubclass items iter
    join KeyError keys len list lower map next NotImplementedError OverflowError pop range remove reverse reversed
    set slice sorted StopIteration str strip tuple TypeError update upper ValueError values ZeroDivisionError zip
"""
_HARMLESS = frozenset(f"{_NUMPY} {_PYTHON}".split())
# Instructions that bind names or attributes that outlive a call.
_KEEPERS = ("STORE_GLOBAL", "DELETE_GLOBAL", "STORE_ATTR", "DELETE_ATTR", "IMPORT_NAME", "IMPORT_FROM", "IMPORT_STAR")
_KEEPS = tuple(opcode.opmap[name] for name in _KEEPERS if name in opcode.opmap)
_UNUSED = frozenset(("__builtins__", "__annotations__", "__doc__", "__conditional_annotations__"))
_CONSTANT = (int, float, complex, str, bytes, bool, type(None), type(...), np.number, np.bool_)
_RECORD_METHODS = {"__new__", "_make", "_replace", "__repr__", "_asdict", "__getnewargs__", "__replace__"}
# Modules whose functions and classes, imported by name, keep nothing.
_HARMLESS_MODULES = ("typing", "collections", "copy", "math")


def stateless(names: dict[str, Any], given: Iterable[str], files: Iterable[str]) -> bool:
    """Whether a module holds nothing that can be used to keep anything.

    Args:
        names: of the module.
        given: the names that were in it before it was loaded.
        files: the file names of its own code.
    """
    own = {name: value for name, value in names.items() if name not in _UNUSED.union(given)}
    fields = {field for value in own.values() if _is_record(value) for field in value._fields}
    known, labels = _HARMLESS.union(own, fields), frozenset(files)
    return all(_is_fixed(value) or _is_plain(value, known, labels) for value in own.values())


def _is_fixed(value: Any) -> bool:
    """Whether a value cannot be changed, and changes nothing when it is called."""
    if type(value) is tuple:
        return all(map(_is_fixed, value))
    if isinstance(value, types.ModuleType | types.GenericAlias | types.UnionType):
        return True
    if isinstance(value, type | types.FunctionType | types.BuiltinFunctionType):
        if str(value.__module__) in _HARMLESS_MODULES:
            return True
    elif type(value).__module__ in ("typing", "__future__"):
        return True
    if type(value).__module__ in ("builtins", "numpy") and isinstance(value, _CONSTANT):
        return True
    name = getattr(value, "__name__", "")
    return _is_record(value) or (name in _HARMLESS and getattr(np, name, None) is value)


def _is_record(value: Any) -> bool:
    """Whether a value is a class of named tuples without methods of its own."""
    if not isinstance(value, type) or value.__bases__ != (tuple,) or not hasattr(value, "_fields"):
        return False
    methods = {name for name, part in vars(value).items() if isinstance(part, types.FunctionType | classmethod)}
    return methods <= _RECORD_METHODS


def _is_plain(value: Any, known: frozenset[str], labels: frozenset[str]) -> bool:
    """Whether a value is a function of the file that keeps nothing."""
    if type(value) is not types.FunctionType or value.__code__.co_filename not in labels:
        return False
    if value.__closure__ or value.__dict__:
        return False
    defaults = (*(value.__defaults__ or ()), *(value.__kwdefaults__ or {}).values())
    return all(map(_is_fixed, defaults)) and _code_is_plain(value.__code__, known)


def _code_is_plain(code: types.CodeType, known: frozenset[str]) -> bool:
    if not known.issuperset(code.co_names):
        return False
    instructions = code.co_code[::2]
    if any(kept in instructions for kept in _KEEPS):
        return False
    return all(_code_is_plain(part, known) for part in code.co_consts if isinstance(part, types.CodeType))
