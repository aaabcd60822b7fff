"""`bptt new`: the skeleton of another assignment, of one small task."""

from pathlib import Path

import click

from autograder.commands.common import FOLDER, plain_errors

#: What is copied, with an ending that keeps tools from taking it for code of the kit.
_SKELETON, _ENDING = Path(__file__).with_name("skeleton"), ".txt"


@click.command()
@click.argument("folder", metavar="DIR", type=FOLDER)
def new(folder: Path) -> None:
    """Write another assignment into the empty folder DIR: one small task that works, to be edited.

    Its README.md says what to edit, and which commands to type.
    """
    with plain_errors():
        from autograder.cases.secret import RequestError

        try:
            if folder.exists() and any(folder.iterdir()):
                raise RequestError(f"{folder} is not empty; choose a folder that is new or empty")
            folder.mkdir(parents=True, exist_ok=True)
            for path in sorted(_SKELETON.glob(f"*{_ENDING}")):
                text = path.read_text(encoding="utf-8").replace("DIR", str(folder))
                (folder / path.name.removesuffix(_ENDING)).write_text(text, encoding="utf-8")
        except OSError as error:
            raise RequestError(f"{folder} can't be written: {error.strerror}") from error
    click.echo(f"The assignment is in {folder}, and works as it is. What to edit: {folder / 'README.md'}")
    click.echo(f"To see it at work: bptt --assignment {folder} demo")
