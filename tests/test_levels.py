"""What is found out about a machine, and what a worker sees of it."""

import json
import os
import platform
import subprocess
import sys
from pathlib import Path

import pytest

from autograder.sandbox.host import levels, places
from tests.locked import bare, here, needs, run

ROOT = Path(__file__).parent.parent


@pytest.fixture
def isolated():
    """The machine can isolate a worker."""
    needs(here().level == "full", "; ".join(f"{missing.why}: {missing.remedy}" for missing in here().missing))


def front(machine, code):
    """Return what `code` prints when it runs where the worker's program would."""
    command = levels.worker_command(machine)
    words = [*command[: command.index(str(levels.WORKER / "main.py"))], "-c", code]
    return subprocess.run(words, capture_output=True, text=True, check=True, timeout=60).stdout


def test_without_bubblewrap_it_is_said_what_to_install():
    """The level is lower, never silently: the layer that is missing comes with its remedy."""
    needs(here().level != "limits only", "this kernel has no filters")
    assert bare().level == "kernel filters"
    missing = {missing.layer: missing for missing in bare().missing}
    assert "install bubblewrap" in missing["isolation"].remedy


@pytest.mark.usefixtures("isolated")
def test_where_namespaces_are_closed_the_kernels_filters_remain():
    """As in a container with Docker's own profile: bubblewrap is there and cannot work."""
    code = "from autograder.sandbox.host.levels import detect; found = detect(); print(found.level, found.missing[0])"
    closed = ["bwrap", "--unshare-user", "--uid", "1000", "--disable-userns", "--dev-bind", "/", "/", "--"]
    done = subprocess.run([*closed, sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.startswith("kernel filters Missing(layer='isolation', why=")


def test_a_machine_without_a_filter_gives_limits_only(monkeypatch):
    """Where calls cannot be filtered, isolation alone does not make a higher level."""
    monkeypatch.setattr(platform, "machine", lambda: "riscv64")
    found = levels.detect()
    assert found.level == "limits only"
    assert "seccomp" in {missing.layer for missing in found.missing}
    assert levels.lock_spec(found, 1 << 30, 20)["filter"] == []


def test_other_systems_give_limits_only(monkeypatch):
    """Nothing of Linux is asked for there."""
    monkeypatch.setattr(sys, "platform", "darwin")
    found = levels.detect()
    assert (found.level, found.isolation, found.layers) == ("limits only", "", ("rlimits", "descriptors"))
    assert {missing.layer for missing in found.missing} == {"isolation", "landlock", "seccomp"}


def test_the_specification_is_plain_data():
    """It travels to the worker as JSON."""
    spec = levels.lock_spec(here(), 1 << 30, 20)
    assert json.loads(json.dumps(spec))["layers"] == list(here().layers)


@pytest.mark.parametrize("find", [bare, here])
def test_the_environment_is_the_workers_own(monkeypatch, find):
    """Nothing of the grader's environment is passed on."""
    monkeypatch.setenv("SECRET", "the seed")
    machine = find()
    found = json.loads(front(machine, "import json, os; print(json.dumps(dict(os.environ)))"))
    found.pop("PWD", None)  # bubblewrap's own
    assert found == levels.ENVIRONMENT


@pytest.mark.parametrize("find", [bare, here])
def test_workers_agree_on_the_order_of_sets(find):
    """Two workers hash strings alike, or the same file could get different marks."""
    machine = find()
    assert front(machine, "print(hash('numpy'))") == front(machine, "print(hash('numpy'))")


SEES = """
import os
result = {folder: sorted(os.listdir(folder)) for folder in FOLDERS}
result["files"] = [path for path in FILES if os.path.exists(path)]
"""


@pytest.mark.usefixtures("isolated")
def test_isolation_shows_python_and_numpy_and_nothing_else():
    """With no other layer in force: no /proc, no users, none of the project, none of its packages but numpy."""
    files = [__file__, str(ROOT / "solutions" / "rnn.py"), str(ROOT / "pyproject.toml"), "/proc/self", "/etc/passwd"]
    folders = ["/dev", str(places.numpy_home()), str(levels.WORKER.parent)]
    seen = run(SEES.replace("FOLDERS", repr(folders)).replace("FILES", repr(files)), [], isolated=True).result
    assert seen["files"] == []
    assert seen["/dev"] == ["null", "urandom"]
    assert set(seen[folders[1]]) <= {"numpy", "numpy.libs"}
    assert seen[folders[2]] == ["worker"]


WRITES = """
import os
tried, written = 0, []
for folder, _, _ in os.walk("/"):
    try:
        tried += 1
        os.close(os.open(os.path.join(folder, "made-by-a-test"), os.O_CREAT | os.O_WRONLY))
        os.unlink(os.path.join(folder, "made-by-a-test"))
        written.append(folder)
    except OSError:
        pass
result = [tried > 10, written]
"""


@pytest.mark.usefixtures("isolated")
def test_isolated_there_is_no_place_to_write():
    """With no other layer in force, no folder takes a file."""
    assert run(WRITES, [], isolated=True).result == [True, []]


@pytest.mark.usefixtures("isolated")
def test_isolated_there_is_no_network_and_nobody_else():
    """With no other layer in force, only the loopback device and the worker's own processes are there."""
    code = """
import os, socket
result = [[name for _, name in socket.if_nameindex()], os.getpid() < 10]
try:
    socket.create_connection(("192.0.2.1", 80), timeout=5)
except OSError as error:
    result.append(os.strerror(error.errno))
"""
    assert run(code, [], isolated=True).result == [["lo"], True, "Network is unreachable"]


INSIDE = """
def outcome(action):
    try:
        return action()
    except (OSError, ImportError) as error:
        return type(error).__name__
def other():
    import OTHER
    return "imported"
def late():
    import numpy.polynomial.hermite, fractions
    return "imported"
result = [outcome(lambda: open(PATH).read()), outcome(other), outcome(late)]
"""


@pytest.mark.parametrize("isolated", [False, True])
def test_the_reference_and_other_packages_are_out_of_reach(isolated):
    """Also where the grader is installed beside numpy: of all packages, numpy alone can be imported."""
    needs(bare().level == "kernel filters", "this kernel has no filters")
    code = INSIDE.replace("PATH", repr(str(ROOT / "solutions" / "rnn.py"))).replace("OTHER", "pydantic")
    unread, unknown, late = run(code, isolated=isolated).result
    assert unread in ("PermissionError", "FileNotFoundError")
    assert unknown == "ModuleNotFoundError"
    assert late == "imported"


def test_folders_of_packages_are_closed_where_they_lie_in_a_library():
    """Nothing that may be read has a folder of installed packages below it, but the names around it can be listed."""
    readable, listed = places.landlock_paths()
    for name in ("site-packages", "dist-packages"):
        assert [path for path in readable if [*Path(path).glob(f"python3*/{name}"), *Path(path).glob(name)]] == []
        assert [path for path in readable if Path(path).name == name] == []
    stdlib = Path(os.__file__).parent.resolve()
    assert str(stdlib) in [*readable, *listed]
    assert str(stdlib / "json") in readable or str(stdlib) in readable


def test_root_is_not_the_workers_user_unless_that_is_said():
    """As root the worker's children become nobody; if they cannot, the report says so or they are without rights."""
    machine = here()
    if machine.uid is not None:
        seen = run("import os; result = os.getuid()", isolated=bool(machine.isolation))
        assert seen.result == machine.uid == levels.NOBODY
    else:
        assert "uid" not in machine.layers
        said = {missing.layer for missing in machine.missing}
        assert os.geteuid() != 0 or machine.isolation == "user namespace" or "uid" in said
