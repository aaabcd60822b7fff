"""The downloads of Canvas, Moodle and Gradescope, as zip files or unpacked.

What lives here: one module per format, which sorts files by student; the choice among attempts and files; and
the reading of zip files that nobody vouches for. What may not: anything that writes where an archive says.
"""

from autograder.submissions.archives.choose import is_zip
from autograder.submissions.archives.contents import files_below
from autograder.submissions.archives.downloads import from_zip, survey_download

__all__ = ["files_below", "from_zip", "is_zip", "survey_download"]
