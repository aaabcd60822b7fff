"""The layers that hold student code, each tried on a real process with and without it.

Every attempt runs in a PID namespace of its own with limits (`tests/locked.py`), and does no harm where it succeeds.
"""

import contextlib
import os
import signal
import subprocess
import sys

import pytest

from autograder.sandbox.host.levels import WORKER, lock_spec
from tests.locked import bare, has, here, needs, run


@pytest.fixture(autouse=True, scope="module")
def _on_linux():
    needs(has("seccomp") and has("landlock"), "this kernel has no Landlock or no filter is written for it")


TRIES = [  # layer, lines, what they give without the layer, what they give with it
    ("rlimits", "result = len(bytearray(2 << 30)) >> 30", 2, "MemoryError"),
    ("rlimits", "import os; result = len([os.dup(0) for _ in range(64)])", 64, "OSError"),
    ("rlimits", "with open(PATH, 'w') as file: result = file.write('x')", 1, "OSError"),
    ("undumpable", "import ctypes; result = ctypes.CDLL(None).prctl(3, 0, 0, 0, 0)", 1, 0),
    ("descriptors", "import os; result = os.fstat(spare).st_size", 0, "OSError"),
    ("landlock", "result = open(PATH).read()", "secret", "PermissionError"),
    ("landlock", "open(PATH, 'w').close(); result = 0", 0, "PermissionError"),
    ("landlock", "import os; result = len(os.listdir(FOLDER))", 1, "PermissionError"),
    ("landlock", "import os; os.unlink(PATH); result = 0", 0, "PermissionError"),
    ("landlock", "import os; os.rename(PATH, PATH + '2'); result = 0", 0, "PermissionError"),
    ("landlock", "import os; result = os.waitstatus_to_exitcode(os.system('exit 3'))", 3, 127),
]


@pytest.mark.parametrize(("layer", "code", "without", "result"), TRIES)
def test_a_layer_stops_what_goes_through_without_it(tmp_path, layer, code, without, result):
    """Of two runs that differ in one layer, only the one without it gets through."""
    path = tmp_path / "file"
    path.write_text("secret")
    tmp_path.chmod(0o777)
    path.chmod(0o666)
    code = f"PATH, FOLDER = {str(path)!r}, {str(tmp_path)!r}\n{code}"
    base = ["no_new_privs"] if layer == "landlock" else []
    assert run(code, base).result == without
    path.write_text("secret")
    seen = run(code, [*base, layer])
    assert (seen.result, seen.error) == (result, "")


NETWORK = """
import socket
try:
    socket.create_connection(("127.0.0.1", 9))
except OSError as error:
    result = type(error).__name__
"""


def test_nothing_gains_rights_any_more():
    """A program with the set-user-id bit would run with the rights of whoever starts it."""
    code = "import ctypes; result = ctypes.CDLL(None).prctl(39, 0, 0, 0, 0)"
    needs(run(code, []).result == 0, "the tests themselves run like that")
    assert run(code, ["no_new_privs"]).result == 1


def test_landlock_gives_reading_and_no_more(tmp_path):
    """In a tree that may be read, files are neither emptied nor run; in one that may be listed, they stay shut."""
    needs(_abi() >= 3, f"Landlock ABI is {_abi()}; emptying needs 3")
    (tmp_path / "read").mkdir()
    (tmp_path / "list").mkdir()
    for path in (tmp_path / "read" / "file", tmp_path / "list" / "file"):
        path.write_text("secret")
        path.chmod(0o777)
    code = f"""
import os
def outcome(action, *arguments):
    try:
        return action(*arguments)
    except OSError as error:
        return type(error).__name__
os.chdir({str(tmp_path)!r})
result = [
    outcome(os.listdir, "read"), outcome(lambda: open("read/file").read()), outcome(os.open, "read/file", os.O_TRUNC),
    outcome(os.execv, "read/file", ["file"]), outcome(os.listdir, "list"), outcome(open, "list/file"),
]
"""

    def open_up(spec):
        spec["read_paths"] += [str(tmp_path / "read"), str(tmp_path / "nowhere")]
        spec["list_paths"] += [str(tmp_path / "list")]

    seen = run(code, ["no_new_privs", "landlock"], change=open_up)
    no = "PermissionError"
    assert seen.result == [["file"], "secret", no, no, ["file"], no]


def test_landlock_refuses_tcp():
    """From ABI 4 on, a connection is refused here rather than by the other side."""
    needs(_abi() >= 4, f"Landlock ABI is {_abi()}; TCP needs 4")
    assert run(NETWORK, ["no_new_privs"]).result == "ConnectionRefusedError"
    assert run(NETWORK, ["no_new_privs", "landlock"]).result == "PermissionError"


def test_landlock_refuses_signals_to_others():
    """From ABI 6 on, not even signal 0 reaches the process that forked this one."""
    needs(_abi() >= 6, f"Landlock ABI is {_abi()}; signals need 6")
    code = "import os; result = os.kill(os.getppid(), 0)"
    assert run(code, ["no_new_privs"]).result is None
    assert run(code, ["no_new_privs", "landlock"]).result == "PermissionError"


def _abi():
    return next(int(layer.partition(":")[2]) for layer in bare().layers if layer.startswith("landlock"))


def test_cpu_time_ends():
    """A loop is ended by the kernel, whatever it catches."""
    code = """
import signal, time
signal.signal(signal.SIGXCPU, lambda *_: None)
while time.process_time() < 4:
    try:
        pass
    except BaseException:
        pass
"""
    seen = run(code, ["rlimits"], change=lambda spec: spec.update(cpu_seconds=1))
    assert not seen.reported
    assert os.WTERMSIG(seen.status) == signal.SIGKILL


def test_no_processes_can_be_made_within_the_limits():
    """The limit on processes holds for every user but root, so root's workers change user first."""
    code = """
import os
child = os.fork()
if not child:
    os._exit(0)
os.waitpid(child, 0)
result = 0
"""
    spec = {"layers": ["rlimits", "uid"], "uid": 65534} if os.geteuid() == 0 else {"layers": ["rlimits"]}
    assert run(code, []).result == 0
    assert run(code, change=lambda found: found.update(spec)).result == "BlockingIOError"


@contextlib.contextmanager
def in_further_groups():
    """Belong to some, as root often does, if that may be."""
    before = os.getgroups()
    if os.geteuid() == 0:
        os.setgroups([0, 4, 27])
    yield
    if os.geteuid() == 0:
        os.setgroups(before)


def test_root_becomes_nobody_and_nobody_else_pretends_to():
    """As root the worker changes user and loses its groups; where that cannot be, it does not go on."""
    code = "import os; result = [*os.getresuid(), *os.getresgid(), *os.getgroups()]"
    with in_further_groups():
        seen = run(code, change=lambda spec: spec.update(layers=["uid"], uid=65534))
    if os.geteuid() == 0:
        assert seen.result == [65534] * 6
    else:
        assert seen.error.startswith("uid: ")
        assert seen.result is None


@pytest.mark.parametrize("isolated", [False, True])
def test_no_submission_has_a_group_of_roots(isolated):
    """In a whole worker, with all that this machine gives."""
    machine = here() if isolated else bare()
    with in_further_groups():
        seen = run("import os; result = os.getgroups()", isolated=isolated)
    if machine.uid is not None:
        assert seen.result == []
    else:
        assert os.geteuid() != 0 or machine.isolation != "root"


def test_capabilities_are_gone():
    """None is left to a process that had them all."""
    code = "result = next(line.split()[1] for line in open('/proc/self/status') if line.startswith('CapEff'))"
    before = run(code, []).result
    needs(int(before, 16) > 0, "there are no capabilities to lose")
    assert int(run(code, ["capabilities"]).result, 16) == 0


@pytest.mark.parametrize(("layers", "survives"), [([], True), (["tied"], False)])
def test_a_child_ends_with_the_process_that_forked_it(layers, survives):
    """Nothing runs on when the worker is gone. Without the layer, the child lives to see that it is an orphan."""
    code = """
import os
parent = os.getppid()
go()
while os.getppid() == parent:
    pass
result = 'orphan'
"""
    assert run(code, layers, leave=True, fenced=False).reported is survives


@pytest.mark.parametrize(
    ("spec", "complaint"),
    [
        ({"layers": ["moat"]}, "no layer is called 'moat'"),
        ({"layers": ["watched"]}, "watched needs the layer seccomp"),
        ({"layers": ["no_new_privs", "landlock:999"]}, "landlock"),
        (
            {"layers": ["no_new_privs", "seccomp"], "filter": [[0x06, 0, 0, 0], [0xFF, 0, 0, 0]], "own_pid": []},
            "seccomp",
        ),
        ({"layers": ["uid"], "uid": None}, "uid"),
    ],
)
def test_a_layer_that_cannot_be_had_stops_the_worker(spec, complaint):
    """Nothing runs behind fewer layers than were demanded."""
    seen = run("result = 'ran'", change=lambda found: found.update(spec))
    assert complaint in seen.error
    assert seen.result is None


def prints(code):
    """Return what `code` prints in the process that prepares."""
    code = f"import sys; sys.path.insert(0, {str(WORKER)!r})\nimport lockdown\n{code}"
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout


def test_threads_in_the_worker_stop_it():
    """A fork of a process with threads can hang in the child."""
    code = """
import threading
stop = threading.Event()
thread = threading.Thread(target=stop.wait)
thread.start()
try:
    lockdown.Lockdown({"layers": ["seccomp"]})
except lockdown.LockdownError as error:
    print(error)
stop.set()
"""
    assert "more than one thread" in prints(code)


def test_the_process_that_forks_is_shielded_too():
    """A child of the same user could otherwise trace it, and through it the next submission."""
    spec = lock_spec(bare(), 1 << 30, 10) | {"layers": ["undumpable"]}
    code = "import ctypes; print(ctypes.CDLL(None).prctl(3, 0, 0, 0, 0))"
    assert prints(code) == "1\n"
    assert prints(f"lockdown.Lockdown({spec!r})\n{code}") == "0\n"
