"""The site of `bptt site` in Chromium: built once, served from this machine, with its notebook under control."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

from tests.browser import CHROMIUM
from tests.pyodide import PYODIDE

#: Why the site can't be tried here; "" where it can.
MISSING = next(
    (
        why
        for there, why in (
            (find_spec("playwright"), "needs Playwright: make browser"),
            (CHROMIUM, "needs Chromium: make browser"),
            (find_spec("jupyterlite_core"), "needs JupyterLite: make pyodide"),
            ((PYODIDE / "pyodide.js").is_file(), "needs a copy of Pyodide: make pyodide"),
        )
        if not there
    ),
    "",
)
_IDLE = "window.jupyterapp?.shell.currentWidget?.sessionContext?.session?.kernel?.status === 'idle'"
_CELLS = "window.jupyterapp?.shell.currentWidget?.content?.widgets?.length > 10"
_CELL = "window.jupyterapp.shell.currentWidget.content.widgets.find((cell) => cell.model.id === id).model"
_SOURCE = f"id => {_CELL}.sharedModel.getSource()"
_WRITE = f"([id, source]) => {_CELL}.sharedModel.setSource(source)"
_SAVE = "window.jupyterapp.commands.execute('docmanager:save')"
_SAVED = "!window.jupyterapp.shell.currentWidget.context.model.dirty"
_RUN = """async ([id, source]) => {
  const app = window.jupyterapp, content = app.shell.currentWidget.content;
  const at = content.widgets.findIndex((cell) => cell.model.id === id), cell = content.widgets[at];
  if (source !== null) cell.model.sharedModel.setSource(source);
  content.activeCellIndex = at;
  await app.commands.execute("notebook:run-cell");
  return cell.model.outputs.toJSON();
}"""

_OPENED = "const app = window.jupyterapp, content = app.shell.currentWidget.content"
# All cells, not only those in sight.
_SHOW_ALL = f"""async theme => {{
  {_OPENED};
  await app.commands.execute("apputils:change-theme", {{ theme }});
  content.notebookConfig = {{ ...content.notebookConfig, windowingMode: "none" }};
}}"""
_FOCUS = f"""id => {{
  {_OPENED};
  content.activeCellIndex = content.widgets.findIndex((cell) => cell.model.id === id);
  content.mode = "command";
  content.activate();
}}"""
#: Where each line of a paragraph begins.
LINES = """part => {
  const text = document.createRange(), lines = new Map();
  text.selectNodeContents(part);
  for (const box of text.getClientRects()) lines.set(box.top, Math.min(box.left, lines.get(box.top) ?? box.left));
  return [...lines.values()];
}"""


class _Quiet(SimpleHTTPRequestHandler):
    def end_headers(self) -> None:
        self.send_header("Cache-Control", "no-cache")
        super().end_headers()

    def log_message(self, *args: object) -> None:
        pass


class ToOthers(_Quiet):
    """Lets pages of other sites read what is served."""

    def end_headers(self) -> None:
        self.send_header("Access-Control-Allow-Origin", "*")
        super().end_headers()


@contextmanager
def served(folder: Path, handler: type[_Quiet] = _Quiet) -> Iterator[str]:
    """Serve a folder; yield its address."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(handler, directory=str(folder))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


class Notebook:
    """A notebook of the site, opened."""

    def __init__(self, page: "Page") -> None:
        self.page = page
        page.wait_for_function(_CELLS)

    def run(self, cell: str, source: str | None = None) -> str:
        """Run a cell, with another source where one is given, as soon as Python is there; return what it shows."""
        self.page.wait_for_function(_IDLE)
        return "\n".join(filter(None, map(_text, self.page.evaluate(_RUN, [cell, source]))))

    def html(self, cell: str) -> str:
        """Return what the last run of a cell shows as HTML."""
        outputs = self.page.evaluate(f"id => {_CELL}.outputs.toJSON()", cell)
        return "".join("".join(output.get("data", {}).get("text/html", "")) for output in outputs)

    def save(self, cell: str, source: str) -> None:
        """Write a cell without running it, and save as Ctrl+S does."""
        self.page.evaluate(_WRITE, [cell, source])
        self.page.evaluate(_SAVE)

    def leave(self, cell: str, source: str) -> None:
        """Write a cell, and close the notebook when it has saved itself, which may take a minute."""
        self.page.evaluate(_WRITE, [cell, source])
        self.page.wait_for_function(_SAVED, timeout=60_000)
        self.page.close()

    def source(self, cell: str) -> str:
        """Return what stands in a cell."""
        return str(self.page.evaluate(_SOURCE, cell))

    def show_all(self, theme: str) -> None:
        """Show all cells at once, with the hints opened, in a theme."""
        self.page.evaluate(_SHOW_ALL, theme)
        self.page.wait_for_function("document.querySelectorAll('.jp-MarkdownOutput').length > 20")
        self.page.wait_for_timeout(2000)  # colours fade, and formulas are set
        self.page.evaluate("document.querySelectorAll('details').forEach((hint) => { hint.open = true; })")

    def focus(self, cell: str) -> None:
        """Let the keyboard go on at a cell, with all hints folded."""
        self.page.evaluate("document.querySelectorAll('details').forEach((hint) => { hint.open = false; })")
        self.page.evaluate(_FOCUS, cell)


def _text(output: dict[str, Any]) -> str:
    if output["output_type"] == "stream":
        return "".join(output["text"])
    if output["output_type"] == "error":
        return f"{output['ename']}: {output['evalue']}"
    return "".join(output["data"].get("text/plain", ""))


def open_notebook(context: "BrowserContext", address: str, name: str = "rnn.ipynb") -> Notebook:
    """Open a notebook of the site."""
    page = context.new_page()
    page.set_default_timeout(240_000)
    page.goto(f"{address}/notebooks/index.html?path={name}")
    return Notebook(page)
