"""A real browser for tests and pictures: Debian's Chromium, driven by Playwright; `make browser` installs both."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

CHROMIUM = next((path for name in ("chromium", "chromium-browser") if (path := shutil.which(name))), None)


@contextmanager
def chromium() -> Iterator["Browser"]:
    """Start the browser, without a network to look things up in."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        # Chromium's own sandbox does not work for root.
        options = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=options)
        yield browser
        browser.close()


@dataclass
class Visit:
    """A page that was opened from a file, and everything that it should not have done."""

    page: "Page"
    noticed: list[str] = field(default_factory=list)

    def notice(self, what: str) -> None:
        """Keep what happened."""
        self.noticed.append(what)


@contextmanager
def visit(browser: "Browser", path: Path, **context: Any) -> Iterator[Visit]:
    """Open a file, and note dialogs, requests, messages, errors and new windows."""
    settings = browser.new_context(**context)
    page = settings.new_page()
    seen = Visit(page)
    address = path.resolve().as_uri()
    page.on("dialog", lambda dialog: (seen.notice(f"dialog: {dialog.message}"), dialog.dismiss()))
    page.on("request", lambda request: None if request.url == address else seen.notice(f"request: {request.url}"))
    page.on("console", lambda message: seen.notice(f"console: {message.text}"))
    page.on("pageerror", lambda error: seen.notice(f"error: {error}"))
    page.on("popup", lambda other: seen.notice(f"window: {other.url}"))
    page.goto(address)
    yield seen
    settings.close()
