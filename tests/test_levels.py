"""What is found out about a machine, and what a room sees of it."""

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
def walls():
    """Walls can be had on this machine."""
    needs(here().level == "full", "; ".join(f"{missing.why}: {missing.remedy}" for missing in here().missing))


def front(machine, code):
    """Return what `code` prints when it runs where the room's program would."""
    command = levels.zygote_command(machine)
    words = [*command[: command.index(str(levels.ROOM / "main.py"))], "-c", code]
    return subprocess.run(words, capture_output=True, text=True, check=True, timeout=60).stdout


def test_without_bubblewrap_it_is_said_what_to_install():
    """The level is lower, never silently: the layer that is missing comes with its remedy."""
    needs(here().level != "limits only", "this kernel has no filters")
    assert bare().level == "kernel filters"
    missing = {missing.layer: missing for missing in bare().missing}
    assert "install bubblewrap" in missing["walls"].remedy


@pytest.mark.usefixtures("walls")
def test_where_namespaces_are_closed_the_kernels_filters_remain():
    """As in a container with Docker's own profile: bubblewrap is there and cannot work."""
    code = "from autograder.sandbox.host.levels import detect; found = detect(); print(found.level, found.missing[0])"
    closed = ["bwrap", "--unshare-user", "--uid", "1000", "--disable-userns", "--dev-bind", "/", "/", "--"]
    done = subprocess.run([*closed, sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.startswith("kernel filters Missing(layer='walls', why=")


def test_a_machine_without_a_filter_gives_limits_only(monkeypatch):
    """Where calls cannot be filtered, walls alone do not make a higher level."""
    monkeypatch.setattr(platform, "machine", lambda: "riscv64")
    found = levels.detect()
    assert found.level == "limits only"
    assert "seccomp" in {missing.layer for missing in found.missing}
    assert levels.lock_spec(found, 1 << 30, 20)["filter"] == []


def test_other_systems_give_limits_only(monkeypatch):
    """Nothing of Linux is asked for there."""
    monkeypatch.setattr(sys, "platform", "darwin")
    found = levels.detect()
    assert (found.level, found.walls, found.layers) == ("limits only", "", ("rlimits", "descriptors"))
    assert {missing.layer for missing in found.missing} == {"walls", "landlock", "seccomp"}


def test_the_specification_is_plain_data():
    """It travels to the room as JSON."""
    spec = levels.lock_spec(here(), 1 << 30, 20)
    assert json.loads(json.dumps(spec))["layers"] == list(here().layers)


@pytest.mark.parametrize("find", [bare, here])
def test_the_environment_is_the_rooms_own(monkeypatch, find):
    """Nothing of the grader's environment is passed on."""
    monkeypatch.setenv("SECRET", "the seed")
    machine = find()
    found = json.loads(front(machine, "import json, os; print(json.dumps(dict(os.environ)))"))
    found.pop("PWD", None)  # bubblewrap's own
    assert found == levels.ENVIRONMENT


@pytest.mark.parametrize("find", [bare, here])
def test_rooms_agree_on_the_order_of_sets(find):
    """Two rooms hash strings alike, or the same file could get different marks."""
    machine = find()
    assert front(machine, "print(hash('numpy'))") == front(machine, "print(hash('numpy'))")


SEES = """
import os
result = {folder: sorted(os.listdir(folder)) for folder in FOLDERS}
result["files"] = [path for path in FILES if os.path.exists(path)]
"""


@pytest.mark.usefixtures("walls")
def test_walls_show_python_and_numpy_and_nothing_else():
    """With no other layer in force: no /proc, no users, none of the project, none of its packages but numpy."""
    files = [__file__, str(ROOT / "solutions" / "rnn.py"), str(ROOT / "pyproject.toml"), "/proc/self", "/etc/passwd"]
    folders = ["/dev", str(places.numpy_home()), str(levels.ROOM.parent)]
    seen = run(SEES.replace("FOLDERS", repr(folders)).replace("FILES", repr(files)), [], walls=True).result
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


@pytest.mark.usefixtures("walls")
def test_behind_walls_there_is_no_place_to_write():
    """With no other layer in force, no folder takes a file."""
    assert run(WRITES, [], walls=True).result == [True, []]


@pytest.mark.usefixtures("walls")
def test_behind_walls_there_is_no_network_and_nobody_else():
    """With no other layer in force, only the loopback device and the room's own processes are there."""
    code = """
import os, socket
result = [[name for _, name in socket.if_nameindex()], os.getpid() < 10]
try:
    socket.create_connection(("192.0.2.1", 80), timeout=5)
except OSError as error:
    result.append(os.strerror(error.errno))
"""
    assert run(code, [], walls=True).result == [["lo"], True, "Network is unreachable"]


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


@pytest.mark.parametrize("behind_walls", [False, True])
def test_the_reference_and_other_packages_are_out_of_reach(behind_walls):
    """Also where the grader is installed beside numpy: of all packages, numpy alone can be imported."""
    needs(bare().level == "kernel filters", "this kernel has no filters")
    code = INSIDE.replace("PATH", repr(str(ROOT / "solutions" / "rnn.py"))).replace("OTHER", "pydantic")
    unread, unknown, late = run(code, walls=behind_walls).result
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


def test_root_is_not_the_rooms_user_unless_that_is_said():
    """As root the room's children become nobody; where they cannot, it is in the report or they are without rights."""
    machine = here()
    if machine.uid is not None:
        assert run("import os; result = os.getuid()", walls=bool(machine.walls)).result == machine.uid == levels.NOBODY
    else:
        assert "uid" not in machine.layers
        said = {missing.layer for missing in machine.missing}
        assert os.geteuid() != 0 or machine.walls == "user namespace" or "uid" in said
