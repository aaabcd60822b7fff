"""CSV files as spreadsheets and systems write them: how each is read, and what of it stays as it was."""

from pathlib import Path

import pytest

from autograder.results.absent import compare, missing_ids, read_roster, sections_of
from autograder.results.matching import Row
from autograder.results.sheet import Sheet, SheetError, as_number, read_sheet

TABLE = [["name", "mark"], ["Ana, B", "8,5"]]


def read(folder: Path, raw: str | bytes) -> Sheet:
    (folder / "t.csv").write_bytes(raw if isinstance(raw, bytes) else raw.encode())
    return read_sheet(folder / "t.csv")


@pytest.mark.parametrize(
    ("raw", "delimiter", "bom", "line_end"),
    [
        ('name,mark\n"Ana, B","8,5"\n', ",", False, "\n"),
        ('name,mark\r\n"Ana, B","8,5"\r\n', ",", False, "\r\n"),
        ("name;mark\nAna, B;8,5\n", ";", False, "\n"),
        ("name\tmark\nAna, B\t8,5\n", "\t", False, "\n"),
        ('\ufeffname,mark\n"Ana, B","8,5"', ",", True, "\n"),
        ("sep=;\r\nname;mark\r\nAna, B;8,5\r\n", ";", False, "\r\n"),
        ('"sep=;"\nname;mark\nAna, B;8,5\n', ";", False, "\n"),
        ("\n;;\n  ;\nname;mark\nAna, B;8,5\n", ";", False, "\n"),
        ("name;mark\nAna, B;8,5\n".encode("utf-16"), ";", True, "\n"),
        ("name;mark\nAna, B;8,5\n".encode("utf-16-le"), ";", True, "\n"),
        ("name;mark\nAna, B;8,5\n".encode("utf-16-be"), ";", True, "\n"),
    ],
)
def test_a_table_is_read_however_it_is_written(
    tmp_path: Path, raw: str | bytes, delimiter: str, bom: bool, line_end: str
) -> None:
    """Delimiter, quotes, encoding, line ends, empty lines on top, and Excel's word about the delimiter."""
    sheet = read(tmp_path, raw)
    assert sheet == Sheet(TABLE, delimiter, bom, line_end)


def test_the_delimiter_is_the_one_that_makes_a_table(tmp_path: Path) -> None:
    """Also where another is in the header more often, and where there is one column alone."""
    sheet = read(tmp_path, "a, b, c, d;e\n1;2\n3;4\n")
    assert (sheet.delimiter, sheet.header) == (";", ["a, b, c, d", "e"])
    assert read(tmp_path, "name\nana\nben\n").rows == [["name"], ["ana"], ["ben"]]
    assert read(tmp_path, "a;b,c\n1;2,3\n4;5,6\n").delimiter in ";,"
    assert read(tmp_path, "a,b\n1,2\n3\n4,5\n").rows[2] == ["3"]
    assert read(tmp_path, "name,mark\na\0na,8\n").header == ["name", "mark"]  # a zero byte further down is no UTF-16


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"", "is empty"),
        (b"\n \n\n", "is empty"),
        (b"PK\x03\x04rest", "is an Excel workbook or a zip, and no CSV file: save it as CSV"),
        ("a,b\nGröße,1\n".encode("latin-1"), "is not UTF-8 text: download it again, or save it as CSV UTF-8"),
        (b'a,b\n"open,1\n', "is no CSV file, for a quotation mark is open or in a wrong place: download it again"),
    ],
)
def test_what_is_no_table_says_so(tmp_path: Path, raw: bytes, words: str) -> None:
    """With its name and what to do."""
    with pytest.raises(SheetError) as caught:
        read(tmp_path, raw)
    assert str(caught.value) == f"{tmp_path / 't.csv'} {words}"
    with pytest.raises(SheetError, match=r"nowhere\.csv can't be read: No such file"):
        read_sheet(tmp_path / "nowhere.csv")


def test_cells_are_found_and_filled() -> None:
    """By header in any capitals, the first name that is there; what is not there is empty."""
    sheet = Sheet([[" Name ", "Mark", "mark"], ["ana", ' ="0042" '], ["ben"], [" "]], ",", False, "\n")
    assert sheet.header == ["Name", "Mark", "mark"]
    assert (sheet.column("x", "MARK", "name"), sheet.column("name", "mark"), sheet.column("x")) == (1, 0, None)
    assert [sheet.cell(1, column) for column in (0, 1, 2, 3, None)] == ["ana", "0042", "", "", ""]
    assert (sheet.below(0), sheet.below(0, 2), sheet.below(1)) == (["ana", "ben"], ["ben"], ["0042"])
    assert (sheet.fill(1, 1, "7"), sheet.fill(2, 2, "8")) == ('="0042"', "")
    assert sheet.rows[1:3] == [["ana", "7"], ["ben", "", "8"]]


@pytest.mark.parametrize(
    ("text", "number"),
    [("8", 8), ("8,5", 8.5), ("8.", 8), (",5", 0.5), ("-2.5", -2.5), ("+1", 1),
     ("", None), ("A", None), ("1,2,3", None), ("1e5", None), ("8 %", None)],
)  # fmt: skip
def test_numbers_have_a_point_or_a_comma(text: str, number: float | None) -> None:
    """And nothing else beside their digits."""
    assert as_number(text) == number


@pytest.mark.parametrize(
    ("cells", "commas"),
    [
        (["8,5"], True),
        (["8,55", "7"], True),
        (["8,5", "A. B."], True),
        (["8,5", "8.5"], False),
        (["8.5"], False),
        (["8"], False),
        (["8,555"], False),
        (["ab,5"], False),
        ([], False),
    ],
)
def test_decimal_commas_are_told_from_thousands(cells: list[str], commas: bool) -> None:
    """By numbers with one or two digits after a comma, where none has a point; what stands before does not count."""
    rows = [["id", "mark"], *(["1,5", cell] for cell in cells)]
    assert Sheet(rows, ";", False, "\n").has_decimal_commas(1) == commas
    assert Sheet([["8,5"], ["8.5"]], ";", False, "\n").has_decimal_commas(0) is False  # a header is no mark


# --- rosters ---------------------------------------------------------------------------------------


def test_rows_of_a_roster_that_are_nobodys_are_left_out(tmp_path: Path) -> None:
    """Canvas's points, its test student, and remarks."""
    (tmp_path / "r.csv").write_text(
        'student_id\nana\n"    Points Possible"\n"Student, Test"\nTest Student\n# a remark\n\nzoe\n'
    )
    assert [row.shown for row in read_roster(tmp_path / "r.csv")] == ["ana", "zoe"]


ROWS = [
    Row(ids=("zoe", "z@x.edu"), names=("Zoe Z",), shown="Zoe Z", section="B"),
    Row(ids=("ana",), shown="Ana", section="A"),
    Row(names=("Li Na",), shown="Li Na"),
    Row(ids=("bo",), shown="Bo", section="A"),
]


def test_a_roster_says_who_is_missing_and_where_each_belongs() -> None:
    """In alphabetical order; an id where there is one, else the name; those without a section have none."""
    absent = compare(ROWS, ["stray", "ana", "extra"])
    assert (absent.nothing, absent.strangers) == (("Bo", "Li Na", "Zoe Z"), ("extra", "stray"))
    assert (absent.counted().nothing, absent.counted().strangers) == (("a student",) * 3, ("a student",) * 2)
    assert missing_ids(ROWS, ["ana"]) == ["Li Na", "bo", "zoe"]
    assert missing_ids(ROWS, ["ana", "zoe", "bo", "Li Na"]) == []
    assert sections_of(ROWS, ["z@x.edu", "ana", "Li Na", "stray"]) == {"z@x.edu": "B", "ana": "A"}
