"""A Jupyter server in a folder, as a student or an instructor starts it."""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError

import pytest

# JupyterLab leaves cells out of the page that are out of sight.
_TRACKER = {"windowingMode": "none"}


@contextmanager
def jupyter(app: str, folder: Path, home: Path, **extensions: bool) -> Iterator[str]:
    """Start `jupyter_server` or `jupyterlab` on a free port, with a home of its own; yield its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    config, settings = home / "server", home / "lab" / "@jupyterlab" / "notebook-extension"
    for made in (config, settings):
        made.mkdir(parents=True)
    server = {"jpserver_extensions": extensions, "allow_root": True, "open_browser": False}
    (config / "jupyter_server_config.json").write_text(json.dumps({"ServerApp": server}), encoding="utf-8")
    (settings / "tracker.jupyterlab-settings").write_text(json.dumps(_TRACKER), encoding="utf-8")
    env = os.environ | {
        "HOME": str(home),
        "JUPYTER_CONFIG_DIR": str(config),
        "JUPYTERLAB_SETTINGS_DIR": str(home / "lab"),
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
    }
    command = [sys.executable, "-m", app, f"--port={port}", "--IdentityProvider.token="]
    with (home / "server.log").open("wb") as log:
        process = subprocess.Popen(command, cwd=folder, env=env, stdout=log, stderr=log)
    url = f"http://127.0.0.1:{port}"
    try:
        _wait_for(f"{url}/api", process, home / "server.log")
        yield url
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:  # it may wait for a kernel
            process.kill()
            process.wait()


def _wait_for(url: str, process: "subprocess.Popen[bytes]", log: Path) -> None:
    for _ in range(300):
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except (URLError, OSError):
            assert process.poll() is None, log.read_text(errors="replace")
            time.sleep(0.2)
    pytest.fail(f"no answer from {url}")
