"""Which columns of a roster say who a row is about, and what is made of them."""

from pathlib import Path

import pytest

from autograder.results.absent import read_roster
from autograder.results.matching import Row

CANVAS = 'Student,ID,SIS User ID,SIS Login ID,Section\n"Doe, Jane",4711,s1,jdoe,A\n"Ito, Ken",4712.0,s2,,\n'
MOODLE = (
    "Identifier,Full name,Email address,Groups\n"
    "Participant 1001,Jane Doe,j@x.edu,Red\nParticipant 1002,Ken Ito,k@x.edu,\n"
)
PARTS = "First Name,Last-Name,Student_ID,Group\nJane,Doe,7,A\nKen,Ito,8,B\n"
BLIND = "ID,Status\nTeilnehmer/in1001,Abgegeben\nTeilnehmer/in1002,Abgegeben\n"
ALIKE = "Nachname,Vorname,Kurs\nDoe,Jane,A\nIto,Ken,A\nRoe,Ann,A\n"


def row(
    *ids: str, name: str | tuple[str, ...] = (), shown: str = "", number: str = "", word: str = "", first="", section=""
):
    """Return a row as a roster gives it: shown by its first name, else its id."""
    names = (name,) if isinstance(name, str) else name
    beside = (word, first or names[0]) if names else (word,)
    return Row(number, ids, names, shown or (names[0] if names else ids[0]), beside, section=section)


ROSTERS = {
    CANVAS: [
        row("s1", "jdoe", "4711", name="Doe, Jane", number="4711", section="A"),
        row("s2", "4712", name="Ito, Ken", number="4712"),
    ],
    MOODLE: [
        row("j@x.edu", "Participant 1001", name="Jane Doe", number="1001", word="Participant", section="Red"),
        row("k@x.edu", "Participant 1002", name="Ken Ito", number="1002", word="Participant"),
    ],
    PARTS: [row("7", name="Jane Doe", first="Jane", section="A"), row("8", name="Ken Ito", first="Ken", section="B")],
    'Student,ID,SIS User ID\n"Doe, Jane",7,7\n': [row("7", name="Doe, Jane", number="7")],
    "LastName,FirstName,ID\nDoe,Jane,1\n": [row("1", name="Doe Jane", first="Doe", number="1")],
    "Surname,Given name,Name,E-mail address\nDoe,Jane,J. Doe,j@x.edu\n": [
        row("j@x.edu", name="Doe Jane", first="Doe"),
    ],
    "jdoe@x.edu,Jane Doe\nkito@x.edu,Ken Ito\n": [
        row("jdoe@x.edu", name="Jane Doe"),
        row("kito@x.edu", name="Ken Ito"),
    ],
    "jane\nken\n": [row("jane", name="jane"), row("ken", name="ken")],
    "id\njane\nken\n": [row("jane"), row("ken")],
    "a1\na2\n": [row("a1", name="a1"), row("a2", name="a2")],
    "login,Section\njane,A\nken,\n": [row("jane", section="A"), row("ken")],
    "who,section\njane,A\nken,B\n": [row("jane", name="jane", section="A"), row("ken", name="ken", section="B")],
    "Section\nA\n": [row("Section", name="Section"), row("A", name="A")],
    "Vorname,Nachname,Nr\nJane,Doe,11\nKen,Ito,12\n": [
        row("11", name="Jane Doe", first="Jane"),
        row("12", name="Ken Ito", first="Ken"),
    ],
    ALIKE: [row(name=f"{last} {name}", first=last) for last, name in (("Doe", "Jane"), ("Ito", "Ken"), ("Roe", "Ann"))],
    "Kurs,Name\nA,Jane Doe\nB,Ken Ito\n": [row(name="Jane Doe"), row(name="Ken Ito")],
    "Nr,Name\n11,Doe\n12,Ito\n": [row("11", name="Doe"), row("12", name="Ito")],
    "Vorname,Name\nJane,Doe\nKen,Ito\n": [row(name="Jane Doe", first="Jane"), row(name="Ken Ito", first="Ken")],
    "Name,Status\nJane Doe,x\nKen Ito,y\n": [
        row(name=("Jane Doe x", "Jane Doe"), first="Jane Doe"),
        row(name=("Ken Ito y", "Ken Ito"), first="Ken Ito"),
    ],
    BLIND: [row("Teilnehmer/in1001"), row("Teilnehmer/in1002")],
    "Email,Status\na@x,in\nb@x,in\n": [row("a@x"), row("b@x")],
    "code,who,note\na1,Ann Lee,x\na2,Bo Li,y\n": [
        row("a1", name=("Ann Lee x", "Ann Lee"), first="Ann Lee"),
        row("a2", name=("Bo Li y", "Bo Li"), first="Bo Li"),
    ],
}


@pytest.mark.parametrize("text", ROSTERS)
def test_a_row_is_about_one_person(tmp_path: Path, text: str) -> None:
    """Numbers, ids, names and sections, by headers that are known, else by what stands below them."""
    (tmp_path / "r.csv").write_text(text)
    assert read_roster(tmp_path / "r.csv") == ROSTERS[text]
