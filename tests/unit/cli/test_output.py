"""`get URL -o FILE`."""

import csv
import gzip
import json
import os
import sys
from datetime import datetime
from pathlib import Path

import pytest

from requests_paginate.sandbox import json_response, serve
from tests.unit.cli.invocation import BELVO, LINK, Fixed, Scripted, errors_of, listed, rows_of, run

ROWS = list(BELVO.transaction_rows(LINK))


def names(folder):
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize("suffix", ["jsonl", "jsonl.gz", "csv"])
def test_a_file_is_written(server, tmp_path, suffix):
    """All rows are in it, stdout is empty, and stderr sums up."""
    path = tmp_path / f"rows.{suffix}"
    result = listed(server, "-o", path)
    (line,) = errors_of(result)
    assert (0, b"") == (result.exit_code, result.stdout_bytes)
    assert "250 rows, 3 pages, 3 requests, 0 retries" in line
    if suffix == "csv":
        with path.open(newline="") as lines:
            assert [row["id"] for row in ROWS] == [row["id"] for row in csv.DictReader(lines)]
    else:
        with (gzip.open if suffix.endswith("gz") else open)(path) as lines:
            assert ROWS == [json.loads(line) for line in lines]


def test_a_quiet_call_says_nothing(server, tmp_path):
    """With --quiet only errors and doubts are on stderr."""
    result = listed(server, "-o", tmp_path / "rows.jsonl", "--quiet")
    assert (0, "") == (result.exit_code, result.output)


def test_columns(server, tmp_path):
    """They are named with commas between, or all."""
    path = tmp_path / "rows.csv"
    assert 0 == listed(server, "-o", path, "--columns", "id, account.name").exit_code
    assert "id,account.name" == path.read_text().splitlines()[0]
    assert 0 == listed(server, "-o", path, "--columns", "all", "--force").exit_code
    assert path.read_text().startswith("id,internal_identification,account.id")


def test_an_interrupted_file_is_gone_on_with(tmp_path, monkeypatch):
    """The same command goes on after a failure, and asks for no page twice."""
    monkeypatch.setenv("BELVO_SECRETS", f"{BELVO.secret_id}:{BELVO.secret_password}")
    dialect = Scripted({"3": json_response({"message": "gone"}, status=404)})
    path, note = tmp_path / "rows.jsonl", tmp_path / "note"
    with serve(dialect) as server:
        failed = listed(server, "-o", path, "--checkpoint", note)
        assert 1 == failed.exit_code
        assert errors_of(failed)[-1].endswith("the same command goes on from there")
        assert [".rows.jsonl.part", "note"] == names(tmp_path)
        dialect.answers.clear()
        dialect.seen.clear()
        assert 0 == listed(server, "-o", path, "--checkpoint", note).exit_code
    assert ["3"] == [request.parameter("page") for request in dialect.seen]
    assert ROWS == [json.loads(line) for line in path.read_bytes().splitlines()]
    assert ["rows.jsonl"] == names(tmp_path)


@pytest.mark.parametrize(
    ("options", "text"),
    [
        (["-o", "rows.txt"], "expected a file .jsonl"), (["-o", ""], "expected a file .jsonl"),
        (["-o", "there.jsonl"], "is there already; write to another file, or pass --force"),
        (["-o", "nowhere/rows.jsonl"], "there is no directory"),
        (["-o", "rows.jsonl", "--checkpoint", "nowhere/note"], "there is no directory"),
        (["-o", "rows.jsonl", "--checkpoint", "rows.jsonl"], "would be the file itself"),
        (["-o", "rows.jsonl", "--columns", "id"], "--columns: a CSV file has columns"),
        (["-o", "rows.jsonl", "--checkpoint", "there.jsonl"], "is no checkpoint of a file"),
    ],
)  # fmt: skip
def test_mistakes(server, tmp_path, monkeypatch, options, text):
    """Each is one line, in the words of the command line, and nothing is written."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "there.jsonl").write_text("old")
    result = listed(server, *options)
    (line,) = errors_of(result)
    assert (2, True) == (result.exit_code, text in line)
    assert (["there.jsonl"], "old") == (names(tmp_path), (tmp_path / "there.jsonl").read_text())


@pytest.mark.parametrize(
    ("first", "second", "text"),
    [
        ([], ["--key", "id"], "--key was not given, and is 'id'"),
        (["--key", "id"], ["--key", "account.id"], "--key was 'id', and is 'account.id'"),
        (["--max-items", "249"], [], "--max-items was 249, and is not given"),
        (["--columns", "all"], [], "--columns was 'all', and is not given"),
        ([], ["-p", "x=1"], "of a listing with another 'x'"),
    ],
)
def test_a_file_of_another_call_is_not_gone_on_with(tmp_path, first, second, text):
    """It is a mistake in the call, which the line names, in the words of the command line."""
    dialect, path = Scripted({"3": json_response({}, status=404)}), tmp_path / "rows.csv"
    with serve(dialect) as server:
        assert 1 == listed(server, "-o", path, "--checkpoint", tmp_path / "note", *first).exit_code
        dialect.seen.clear()
        result = listed(server, "-o", path, "--checkpoint", tmp_path / "note", *second)
    (line,) = errors_of(result)
    assert (2, True, []) == (result.exit_code, text in line, dialect.seen)


def test_a_limit_is_of_the_file(tmp_path):
    """Interrupted and made again, the same command writes so many rows as were asked for."""
    dialect, path = Scripted({"2": json_response({}, status=404)}), tmp_path / "rows.jsonl"
    options = ["-o", path, "--checkpoint", tmp_path / "note", "--max-items", 130]
    with serve(dialect) as server:
        assert 1 == listed(server, *options).exit_code
        dialect.answers.clear()
        assert 0 == listed(server, *options).exit_code
    assert ROWS[:130] == [json.loads(line) for line in path.read_bytes().splitlines()]


def test_a_column_that_no_row_has(server, tmp_path):
    """It is named at the end, with those that there are, and no file is left."""
    result = listed(server, "-o", tmp_path / "rows.csv", "--columns", "id,typo")
    (line,) = errors_of(result)
    assert "--columns: no row has 'typo'; there are 'id'," in line
    assert (1, []) == (result.exit_code, names(tmp_path))


def test_a_timeline_is_not_a_checkpoint(tmp_path):
    """The picture would replace it."""
    name = tmp_path / "run.html"
    result = run(
        "get", "https://localhost:1/", "-o", tmp_path / "x.csv", "--checkpoint", name,
        "--timeline", name,
    )  # fmt: skip
    assert (2, True) == (result.exit_code, "--timeline needs a file of its own" in result.stderr)


@pytest.mark.parametrize("options", [["--checkpoint", "x"], ["--columns", "id"], ["--force"]])
def test_options_of_a_file_need_one(options):
    """Without -o they are a mistake in the call, which is named."""
    result = run("get", "https://localhost/", *options)
    assert (2, True) == (result.exit_code, f"{options[0]} needs -o FILE" in result.stderr)
    assert 2 == run("get", "https://localhost/", "-o", "x.csv", "--columns", "a,,b").exit_code


def test_a_column_that_comes_later(tmp_path):
    """It is named, with the option that helps."""

    class Pages:
        def respond(self, request):
            second = request.parameter("page") == "2"
            rows = [{"id": 2, "late": 1}] if second else [{"id": 1}]
            return json_response({"next": None if second else "?page=2", "results": rows})

    with serve(Pages()) as server:
        result = run("get", server.url, "--cacert", server.ca_file, "-o", tmp_path / "rows.csv")
    (line,) = errors_of(result)
    assert "'late', which is no column of the first page; pass --columns all" in line
    assert (1, []) == (result.exit_code, names(tmp_path))


def test_a_doubt_is_told(tmp_path):
    """A doubtful end is told and summed up, and the file is there; with --strict it is not."""
    content = json.dumps([{"id": number} for number in range(100)]).encode()
    with serve(Fixed(content)) as server:
        told = run("get", server.url, "--cacert", server.ca_file, "-o", tmp_path / "rows.jsonl")
        strict = run(
            "get", server.url, "--cacert", server.ca_file, "-o", tmp_path / "x.jsonl", "--strict"
        )
    assert (0, 2) == (told.exit_code, len(errors_of(told)))
    assert errors_of(told)[-1].endswith("; 1 doubt")
    assert (1, ["rows.jsonl"]) == (strict.exit_code, names(tmp_path))


# A log for programs ------------------------------------------------------------------------------


def entries_of(result):
    """What is on stderr, every line of it an object."""
    return [json.loads(line) for line in result.stderr.splitlines()]


@pytest.mark.parametrize("options", [[], ["-o", "rows.jsonl"]])
def test_a_log_of_json(server, tmp_path, monkeypatch, options):
    """With --log json each page is a line, and the summary is one, with its numbers."""
    monkeypatch.chdir(tmp_path)
    result = listed(server, "--log", "json", *options)
    *pages, summary = entries_of(result)
    assert 0 == result.exit_code
    assert [("page", "info", 0, 100, 100, 250), ("page", "info", 1, 100, 200, 250),
            ("page", "info", 2, 50, 250, 250)] == [
        tuple(entry[name] for name in ("event", "level", "page", "rows", "written", "total"))
        for entry in pages
    ]  # fmt: skip
    expected = {"event": "summary", "rows": 250, "pages": 3, "requests": 3, "complete": True}
    assert expected == {name: summary[name] for name in expected}
    assert all(datetime.fromisoformat(each["time"][:-1]) for each in [*pages, summary])


@pytest.mark.parametrize("form", ["text", "json"])
def test_a_resumed_run_counts_the_rows_of_the_file(tmp_path, form):
    """Pages and summary tell what is in the file, and what came in this run."""
    dialect, path = Scripted({"2": json_response({}, status=404)}), tmp_path / "rows.jsonl"
    options = ["-o", path, "--checkpoint", tmp_path / "note", "--log", form]
    with serve(dialect) as server:
        assert 1 == listed(server, *options).exit_code
        dialect.answers.clear()
        result = listed(server, *options)
    if form == "text":
        (line,) = errors_of(result)
        assert "250 rows (100 of them before), 3 pages (1 of them before), 2 requests" in line
        return
    *pages, summary = entries_of(result)
    assert [(1, 200, 250, 100), (2, 250, 250, 150)] == [
        tuple(each[name] for name in ("page", "written", "total", "written_in_this_run"))
        for each in pages
    ]
    expected = {
        "rows": 250, "rows_in_this_run": 150, "pages": 3, "pages_in_this_run": 2, "requests": 2,
    }  # fmt: skip
    assert expected == {name: summary[name] for name in expected}


@pytest.mark.parametrize(
    "arguments",
    [
        ["--nope"], ["--max-items", "x"], ["-o"], ["--checkpoint", "c"], ["-o", "a.txt"],
        ["--timeline", "a.txt"], ["-o", "a.csv", "--columns", "a,,b"], ["--bearer", "NOPE"],
        ["--resume", "abc"], ["--provider", "pluggy"], ["--strategy", "nope"], ["--json", "{"],
        ["http://localhost:1/"], ["-o", "a.jsonl", "--columns", "a"], ["--log", "json", "--nope"],
        ["-o", "a.csv", "--checkpoint", "a.csv"],
    ],
    ids=" ".join,
)  # fmt: skip
@pytest.mark.parametrize(("log", "is_first"), [(["--log", "json"], True), (["--log=json"], False)])
def test_a_mistake_is_a_line_of_the_log(tmp_path, monkeypatch, arguments, log, is_first):
    """Wherever --log stands, the mistake is one object, and the exit status that of a mistake."""
    monkeypatch.chdir(tmp_path)
    url = [] if arguments[0].startswith("http") else ["https://localhost:1/"]
    given = [*log, *url, *arguments] if is_first else [*url, *arguments, *log]
    if arguments == ["-o"] and not is_first:
        given = [*url, *log, *arguments]  # it would take what follows
    result = run("get", *given)
    (entry,) = entries_of(result)
    assert (2, "", "error", "error") == (
        result.exit_code, result.stdout, entry["event"], entry["level"],
    )  # fmt: skip
    assert not {"Usage:", "Traceback"} & {*entry["message"].split()}


def test_a_mistake_in_the_form_of_the_log():
    """The last --log counts, what follows -- is no option, and other commands have none."""
    for arguments in (["get", "--log", "json", "--log", "text"], ["get", "--", "--log", "json"],
                      ["get", "--log", "jsn"], ["get", "--log"]):  # fmt: skip
        result = run(*arguments)
        assert (2, True) == (result.exit_code, result.stderr.startswith(("Usage:", "Error:")))
    for arguments in (["get", "--log", "json"], ["explain", "--log", "json"], ["--log", "json"]):
        result = run(*arguments)
        assert (2, "error") == (result.exit_code, entries_of(result)[0]["event"])
    assert 0 == run("get", "--log", "json", "--help").exit_code


def test_an_error_of_ours_is_a_line_of_the_log(monkeypatch):
    """What nobody expected is one object, too, and tells where it happened."""

    def fail(*_, **__):
        raise LookupError("x\ny")

    monkeypatch.setattr("requests_paginate._cli.get.write_rows", fail)
    result = run("get", "https://localhost:1/", "--log", "json")
    (entry,) = entries_of(result)
    assert (1, "LookupError: x y", "LookupError") == (
        result.exit_code, entry["message"], entry["error"],
    )  # fmt: skip
    assert "in fail" in entry["traceback"]
    assert isinstance(run("get", "https://localhost:1/").exception, LookupError)


def test_a_log_of_json_is_one_of_all_threads(server, monkeypatch):
    """Waits of pages that are fetched ahead are told in other threads."""
    monkeypatch.setattr("requests_paginate._transport.retry.RetryPolicy.wait", lambda *_, **__: 0.0)
    answers = iter([json_response({}, status=503)])
    with serve(Scripted({"3": lambda: next(answers, None)})) as failing:
        result = listed(failing, "--log", "json", "--prefetch", "2")
    assert "wait" in [entry["event"] for entry in entries_of(result)]


@pytest.mark.skipif(sys.platform != "linux", reason="names of files are any bytes")
@pytest.mark.parametrize("option", ["-o", "--timeline"])
@pytest.mark.parametrize("log", [[], ["--log", "json"]])
def test_a_name_that_is_no_text(server, tmp_path, option, log):
    """The file is written, and the summary holds the name as well as UTF-8 can."""
    suffix = b"jsonl" if option == "-o" else b"html"
    name = os.fsdecode(os.fsencode(tmp_path) + b"/\xff." + suffix)
    result = listed(server, option, name, *log)
    assert (0, True) == (result.exit_code, Path(name).exists())
    if log and option == "-o":
        assert entries_of(result)[-1]["file"].endswith("\ufffd.jsonl")


def test_a_log_of_json_tells_waits_doubts_and_errors(monkeypatch):
    """Waits, warnings and the error are lines of the same form; the error has the checkpoint."""
    monkeypatch.setenv("BELVO_SECRETS", f"{BELVO.secret_id}:{BELVO.secret_password}")
    monkeypatch.setattr("requests_paginate._transport.retry.RetryPolicy.wait", lambda *_, **__: 0.0)
    answers = iter([json_response({}, status=503), json_response({"message": "gone"}, status=404)])
    with serve(Scripted({"2": lambda: next(answers)})) as server:
        result = listed(server, "--log", "json")
    page, wait, error = entries_of(result)
    assert (1, 100) == (result.exit_code, len(rows_of(result)))
    assert ("page", "wait", "error") == (page["event"], wait["event"], error["event"])
    assert "before try 2: PageFailed: GET " in wait["message"]
    assert ("error", "PageFailed", 100) == (error["level"], error["error"], error["written"])
    assert f"--resume {error['checkpoint']}" in error["message"]
    bare = json.dumps([{"id": number} for number in range(100)]).encode()
    with serve(Fixed(bare)) as server:
        result = run("get", server.url, "--cacert", server.ca_file, "--log", "json")
    page, warning, summary = entries_of(result)
    assert ("page", "warning", "summary") == (page["event"], warning["event"], summary["event"])
    assert ("PossiblyTruncated", 1) == (warning["category"], len(summary["doubts"]))


def test_a_server_cannot_write_lines_of_the_log(monkeypatch):
    """Whatever an answer says, an entry is one line."""
    monkeypatch.setenv("BELVO_SECRETS", f"{BELVO.secret_id}:{BELVO.secret_password}")
    answer = json_response({"message": 'red\r\n{"event":"page"}'}, status=400)
    with serve(Scripted({None: answer})) as server:
        (entry,) = entries_of(listed(server, "--log", "json"))
    assert "error" == entry["event"]


# A picture of the run ----------------------------------------------------------------------------


@pytest.mark.parametrize("suffix", ["html", "svg"])
def test_a_timeline_is_drawn(server, tmp_path, suffix):
    """With --timeline there is a picture of the pages, also where the listing failed."""
    picture = tmp_path / f"run.{suffix}"
    assert 0 == listed(server, "--timeline", picture).exit_code
    assert "3 pages" in picture.read_text()
    picture.unlink()
    with serve(Scripted({"2": json_response({}, status=404)})) as failing:
        assert 1 == listed(failing, "--timeline", picture).exit_code
    assert "PageFailed" in picture.read_text()


@pytest.mark.parametrize("name", ["run.png", "nowhere/run.html"])
def test_a_timeline_that_cannot_be_drawn(tmp_path, name):
    """It is refused before the first request."""
    result = run("get", "https://localhost:1/", "--timeline", tmp_path / name)
    assert (2, True) == (result.exit_code, "--timeline" in result.stderr)
