"""Gradebooks, worksheets and rosters as they are: what Canvas, Moodle and spreadsheets make of them."""

import csv
import io
from pathlib import Path

import pytest

from autograder.results.absent import missing_ids, read_roster
from autograder.results.matching import match
from tests.sample_verdicts import graded, not_graded
from tests.test_exports import bptt, keep

CLASS = {"doejane_4711": 90.5, "itoken_4712": 80, "zhouwei_4713": 70}
MOODLE = {"Jane Doe_1001": 90.5, "Ken Ito_1002": 80, "Wei Zhou_1003": 70}
HEAD = "Student,ID,SIS User ID,SIS Login ID,Section,"
POINTS = "    Points Possible,,,,,"
STUDENTS = ('"Doe, Jane",4711,s1,jdoe,"A and B",', '"Ito, Ken",4712,s2,kito,A,', '"Zhou, Wei",4713,s3,wzhou,A,')
WORKSHEET = "Identifier,{},Status,Grade,Maximum Grade,Grade can be changed,Last modified (grade)\n"
GERMAN = (
    "ID,Vollständiger Name,E-Mail-Adresse,Status,Bewertung,Bestwertung,Bewertung kann geändert werden,"
    "Zuletzt geändert (Abgabe),Zuletzt geändert (Bewertung),Feedback als Kommentar\n"
)


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def fill(kind: str, text: str | bytes, marks: dict[str, float], *options: str):
    """Export a class into this file; return the command's result and the rows of the filled one."""
    keep([graded(who, mark / 100, "partial") for who, mark in marks.items()])
    Path("own.csv").write_bytes(text if isinstance(text, bytes) else text.encode())
    done = bptt("export", kind, "results", "--fill", "own.csv", "--out", "filled.csv", *options)
    filled = Path("filled.csv")
    text = filled.read_text(encoding="utf-8-sig") if filled.exists() else ""
    return done, list(csv.reader(io.StringIO(text), delimiter=";" if ";" in text.partition("\n")[0] else ","))


def book(titles: str = "RNN (880)", points: str = "100", cells: str = "", before: str = "") -> str:
    """Return a gradebook of Canvas's with three students."""
    return f"{HEAD}{titles}\n{before}{POINTS}{points}\n" + "".join(f"{one}{cells}\n" for one in STUDENTS)


def worksheet(head: str, word: str, rest: str, first: int = 1001) -> str:
    """Return a worksheet of Moodle's with three students, whose names stand for {} in the rest."""
    names = ("Jane Doe", "Ken Ito", "Wei Zhou")
    return head + "".join(f"{word}{first + at},{rest.replace('{}', name)}\n" for at, name in enumerate(names))


@pytest.mark.parametrize(
    ("text", "options", "column"),
    [
        (book(before=",,,,,Manual Posting\n"), (), 5),
        (book(before=",,,,,Muted\n"), (), 5),
        (book("Notes,RNN (880),HW Current Score,HW Final Score (2026),Override Score (2026),Override Grade",
              ",100,(read only),(read only),,(read only)", "late,,50,40,,A"), (), 6),
        (book("RNN (880),Current Score (2026)", "100,(nur lesen)"), (), 5),
        (book("RNN (880),Aufgaben (2026)", "100,(nur lesen)"), (), 5),
        (book("RNN (880),RNN (880) (881)", "100,100"), ("--column", "rnn (880)"), 5),
        (book().replace('"Doe, Jane"', "Doe Jane").replace('"Ito, Ken"', "Ito Ken").replace('"Zhou, Wei"', "Zhou Wei")
         .replace(",", "\t"), (), 5),
        (f"{HEAD}RNN (880),Final Score (2026)\n" + "\n".join(STUDENTS), (), 5),
        (book("RNN (880),Draft (881)", "100,"), (), 5),
        (book("Quiz,RNN", "10,100"), ("--column", "rnn"), 6),
        (book("RNN (880) (881),RNN (882)", "100,100"), ("--column", "RNN (880)"), 5),
        (book().replace(",4711,", ",4711.0,").replace(",4712,s2", ',"4712,0",2.0'), (), 5),
        (book().replace(",4711,", ',"=""4711""",'), (), 5),
        (book().encode("utf-16"), (), 5),
        (book().encode("utf-16-le"), (), 5),
        (book().replace("\n", "\r"), (), 5),
        ("sep=,\r\n" + book(), (), 5),
        ("\n,,,,,\n" + book(), (), 5),
    ],
)  # fmt: skip
def test_a_gradebook_of_canvas_is_filled(text, options, column):
    """Whatever else Canvas and spreadsheets put there, the assignment's column has the marks, and no other changes."""
    done, rows = fill("canvas", text, CLASS, *options)
    assert done.exit_code == 0, done.stderr
    assert [row[column] for row in rows[-3:]] == ["90.5", "80", "70"]
    assert {cell for row in rows[-3:] for cell in row[6:] if row.index(cell) != column} <= {"", "50", "40", "A", "late"}


def test_semicolons_and_decimal_commas_stay(here):
    """Marks are written as the file writes numbers."""
    text = book("RNN, all, of, it (880);Quiz (881)", "100,00;10,00", ";8,50")
    text = text.replace(HEAD, HEAD.replace(",", ";")).replace(POINTS, POINTS.replace(",", ";"))
    for one in STUDENTS:
        text = text.replace(one, ";".join(next(csv.reader([one]))))
    done, rows = fill("canvas", text, CLASS, "--column", "880")
    assert done.exit_code == 0, done.stderr
    assert [row[5:] for row in rows[2:]] == [["90,5", "8,50"], ["80", "8,50"], ["70", "8,50"]]


@pytest.mark.parametrize("word", ["EX", "N/A", "ex", "complete", "#REF!", "12 (late)"])
@pytest.mark.parametrize("kind", ["canvas", "moodle"])
def test_words_stay_and_are_listed(kind, word):
    """What a person or the system wrote into a cell is kept, and the mark is told."""
    sheet = WORKSHEET.format("Full name") + f"Participant 1001,Jane Doe,S,{word},100,Yes,-\n"
    text, who, column = (book().replace('B",', f'B",{word}'), CLASS, 5) if kind == "canvas" else (sheet, MOODLE, 3)
    done, rows = fill(kind, text, dict(list(who.items())[:1]))
    assert rows[2 if kind == "canvas" else 1][column] == word
    assert f"{word} (the mark of {next(iter(who))} is 90.5)" in done.stderr


@pytest.mark.parametrize(
    "text",
    [
        worksheet(GERMAN, "Teilnehmer/in", '{},j@x.edu,Abgegeben,,"100,00",Ja,"Freitag, 20. November 2026, 20:30",-,'),
        worksheet("識別子,氏名,ステータス,評点,最大評点,評点変更可,最終更新\n", "参加者 ", "{},提出済み,,100.0,Yes,-"),
        worksheet("Identificador,Nombre,Correo,Estado,Marcador,Calificación,Máxima,Puede cambiar,Modificación\n",
                  "Participante ", '{},x@x.edu,Enviado,,"100,00","100,00",Sí,-'),
        worksheet(WORKSHEET.format("First name,Last name"), "Participant ", "{},S,,100.00,Yes,-").replace("e D", "e,D")
        .replace("n I", "n,I").replace("i Z", "i,Z"),
        worksheet(WORKSHEET.format("Full name,Email address"), "Participant ", "{},x@x.edu,S,-,100.00,Yes,-"),
        worksheet("ID,Status,Note,Note maximale,Modifiable,Modification\n", "Participant", "Remis,,100,Oui,-"),
    ],
)  # fmt: skip
def test_a_worksheet_of_moodle_is_filled_in_any_language(text):
    """Participants, grade and comments are found by what stands there, with names in one column, two or none."""
    done, rows = fill("moodle", text, MOODLE)
    assert done.exit_code == 0, done.stderr
    before = list(csv.reader(io.StringIO(text)))
    changed = [
        {cell for cell, old in zip(*pair, strict=True) if cell != old} for pair in zip(rows, before, strict=True)
    ]
    marks = [sorted(cells, key=len)[0].replace(",", ".") for cells in changed[1:]]
    assert (changed[0], marks) == (set(), ["90.5", "80", "70"])


def test_a_column_of_a_worksheet_can_be_chosen():
    """Where the grade can't be told, the message lists the columns, and --column takes one."""
    text = worksheet("ID,Nimi,Tila,Arvosana,Muokattu\n", "Osallistuja ", "{},Palautettu,,-")
    done, rows = fill("moodle", text, MOODLE)
    assert (done.exit_code, rows) == (2, [])
    assert "say with --column" in done.stderr
    assert "Arvosana" in done.stderr
    done, rows = fill("moodle", text, MOODLE, "--column", "Arvosana")
    assert [row[3] for row in rows[1:]] == ["90.5", "80", "70"], done.stderr


def test_comments_are_not_written_over_dates():
    """In another language the last column has comments, unless it is that of the time, which Moodle checks."""
    row = '{},j@x.edu,Abgegeben,,"100,00",Ja,-,"Freitag, 20. November 2026, 20:30"'
    done, rows = fill("moodle", worksheet(GERMAN.rpartition(",")[0] + "\n", "Teilnehmer/in", row), MOODLE)
    assert done.exit_code == 0
    assert {row[8] for row in rows[1:]} == {"Freitag, 20. November 2026, 20:30"}


def test_a_file_of_a_team_counts_for_its_members():
    """A hand-in called as a team fills the rows that name the team; a group before a name is no obstacle."""
    text = worksheet(
        WORKSHEET.format("Full name").replace("Status", "Status,Group"), "Participant ", "{},S,Red 1,,100,Y,-"
    )
    done, rows = fill("moodle", text, {"red_1": 90})
    assert [row[4] for row in rows[1:]] == ["90"] * 3
    assert "red_1: the mark of this team (group) went to 3 rows" in done.stderr
    done, rows = fill("moodle", text, {"Red 1-Jane Doe_1001": 90, "Red 1-Participant_1003": 80}, "--force")
    assert [row[4] for row in rows[1:]] == ["90", "", "80"]


@pytest.mark.parametrize(("kind", "column"), [("canvas", 5), ("moodle", 3)])
def test_marks_are_scaled_on_purpose(kind, column):
    """A column out of another maximum gets the marks as they are and a word, or with --scale their share."""
    sheet = worksheet(WORKSHEET.format("Full name"), "Participant ", "{},S,,20.00,Yes,-")
    text, who = (book(points="20"), CLASS) if kind == "canvas" else (sheet, MOODLE)
    done, rows = fill(kind, text, who)
    assert "--scale converts them" in done.stderr
    assert rows[-1][column] == "70"
    done, rows = fill(kind, text, who, "--scale", "--force")
    assert [row[column] for row in rows[-3:]] == ["18.1", "16", "14"]


@pytest.mark.parametrize(("rows", "status"), [(STUDENTS, 0), (STUDENTS[:2], 1), ((), 2)])
def test_the_exit_status_says_who_has_a_row(rows, status):
    """It is 0 where everybody with a mark has one, 1 where somebody has none, 2 for nobody; then nothing is written."""
    others = '"Noll, Eve",4799,s9,enoll,A,\n'
    done, filled = fill("canvas", f"{HEAD}RNN (880)\n" + "\n".join((*rows, others)), CLASS)
    assert done.exit_code == status
    assert bool(filled) == (status < 2)
    assert "Noll, Eve (4799): nobody was graded" in done.stderr


def test_whom_the_grader_failed_on_is_not_missed(here):
    """A student without a mark needs no row, and is left as before."""
    keep([graded("doejane_4711"), not_graded("itoken_4712"), not_graded("zoe")])
    Path("own.csv").write_text(book(cells="7"))
    done = bptt("export", "canvas", "results", "--fill", "own.csv", "--out", "filled.csv")
    assert done.exit_code == 0
    assert "Left as they were, without a mark (1):\n  itoken_4712: the grader failed\n" in done.stderr
    assert "1 marks in column" in done.stdout
    assert Path("filled.csv").read_text().count(",7\n") == 2


def test_long_lists_are_in_a_file(here):
    """Twenty lines about people are printed; all are beside the result, until an export needs no such file."""
    strangers = {f"stranger{at:02}": 50 for at in range(30)}
    done, _ = fill("canvas", book(), strangers | {"doejane_4711": 90.5})
    assert "In the file, and not graded (2):" in done.stderr
    listed = Path("filled.csv.people.txt")
    assert sum(line.startswith("  ") for line in done.stderr.splitlines()) == 20
    assert f"everybody is in {listed}" in done.stderr
    assert all(f"  {who}: no row" in listed.read_text() for who in strangers)
    assert fill("canvas", book(), CLASS, "--force")[0].exit_code == 0
    assert not listed.exists()


def test_a_failure_leaves_the_earlier_file(here, monkeypatch):
    """A file that can't be finished takes the place of none, and leaves nothing behind."""
    fill("canvas", book(), CLASS)
    before = Path("filled.csv").read_bytes()
    monkeypatch.setattr("os.fsync", lambda _: (_ for _ in ()).throw(OSError(28, "No space left on device")))
    done = bptt("export", "canvas", "results", "--fill", "own.csv", "--out", "filled.csv", "--force")
    assert (done.exit_code, "No space left" in done.stderr) == (2, True)
    assert Path("filled.csv").read_bytes() == before
    assert sorted(path.name for path in here.iterdir()) == ["filled.csv", "own.csv", "results"]


@pytest.mark.parametrize(
    ("text", "students"),
    [
        ("First name,Last name,ID number,Institution,Department,Email address,RNN (Real)\n"
         "Jane,Doe,s1,,,j@x.edu,-\nKen,Ito,s2,,,k@x.edu,-\nWei,Zhou,s9,,,w@x.edu,-\n", MOODLE),
        ("Vorname,Nachname,ID-Nummer,Institution,Abteilung,E-Mail-Adresse,RNN (Punkte)\n"
         "Jane,Doe,s1,,,j@x.edu,-\nKen,Ito,s2,,,k@x.edu,-\nWei,Zhou,s9,,,w@x.edu,-\n", MOODLE),
        ("名,姓,メールアドレス\nJane,Doe,j@x.edu\nKen,Ito,k@x.edu\nWei,Zhou,w@x.edu\n", MOODLE),
        ("Prénom;Nom\nJane;Doe\nKen;Ito\nWei;Zhou\n", MOODLE),
        ("Name,Vorname,Matrikelnummer\nDoe,Jane,11\nIto,Ken,12\nZhou,Wei,13\n", MOODLE),
        ("Vorname,Name,Matrikelnummer\nJane,Doe,11\nKen,Ito,12\nWei,Zhou,13\n", MOODLE),
        ("Section,Name\nA,Jane Doe\nB,Ken Ito\nC,Wei Zhou\n", MOODLE),
        ("Name,Section\nJane Doe,A\nKen Ito,B\nWei Zhou,C\n", MOODLE),
        ("Nombre completo\tCorreo\nJane Doe\tj@x.edu\nKen Ito\tk@x.edu\nWei Zhou\tw@x.edu\n", MOODLE),
        ("jdoe@x.edu,Jane Doe\nkito@x.edu,Ken Ito\nwzhou@x.edu,Wei Zhou\n", dict.fromkeys(["jdoe", "kito", "wzhou"])),
        ("First Name,Last Name,SID,Email,Role\nJane,Doe,7,j@x.edu,Student\nKen,Ito,8,k@x.edu,Student\n"
         "Wei,Zhou,9,w@x.edu,Student\n", dict.fromkeys(["7", "8", "9"])),
        ("id,first_name,last_name,email\njane,Jane,Doe,\nken,Ken,Ito,\nwei,Wei,Zhou,\n",
         dict.fromkeys(["jane", "ken", "wei"])),
        (book(before=",,,,,Manual Posting\n"), CLASS),
        (worksheet(GERMAN, "Teilnehmer/in", "{},x@x.edu,Abgegeben,,100,Ja,-,-,"), MOODLE),
        ("jane\nken\nwei\n", dict.fromkeys(["jane", "ken", "wei"])),
        ("Jane Doe\nKen Ito\nWei Zhou\n", MOODLE),
        ("Matrikelnummer\n11\n12\n13\n", dict.fromkeys(["11", "12", "13"])),
    ],
)  # fmt: skip
def test_a_roster_is_read_in_any_language(text, students, here):
    """Each row is a student, the header none: everybody of the class is found, and one who is taken away is missing."""
    Path("roster.csv").write_text(text, encoding="utf-8")
    rows = read_roster(Path("roster.csv"))
    found = match(list(students), rows)
    assert (len(rows), sorted(found.rows)) == (3, sorted(students))
    assert len(missing_ids(rows, list(students)[:2])) == 1


def test_who_may_have_handed_in_is_not_missing(here):
    """Of two addresses with one local part neither is called absent where a student goes by it."""
    Path("roster.csv").write_text("email\njane@a.edu\njane@b.edu\nken@a.edu\n")
    assert missing_ids(read_roster(Path("roster.csv")), ["jane"]) == ["ken@a.edu"]
