"""The handout as a static site that runs in the browser: JupyterLite, with a start page and a notebook of our own."""

from autograder.handout.site.build import build_site

__all__ = ["build_site"]
