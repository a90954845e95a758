"""Files on servers that fail: what is told is the same each time, and says what to try."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path

import polars as pl
import pytest

from scorewell.api.v1 import Location, ReadError, Secret
from scorewell.configuration import load
from scorewell.runner import run
from scorewell_standard.sources.files import Files

# Polars heeds them for object stores; a web server that fails is asked ten times whatever one says.
ONCE = {"max_retries": "1", "retry_init_backoff_ms": "1"}
AGAIN = "check the address, and run again when the server answers"
AWAY = "a copy beside the project"


@contextmanager
def _server(answers: type[BaseHTTPRequestHandler]) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), answers)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class Failing(BaseHTTPRequestHandler):
    """Answers the status that the path begins with and a number that is never the same; 0 hangs up."""

    asked = 0

    def do_GET(self) -> None:
        type(self).asked += 1
        status = int(self.path.split("/")[1])
        if status == 0:
            self.connection.close()
            return
        body = f"request {self.asked} of bucket".encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_HEAD(self) -> None:
        self.do_GET()

    def log_message(self, *_: object) -> None: ...


class Whole(Failing):
    """Sends a Parquet file, in parts as one is asked for them, but no part but its end: the rows are before it."""

    file = BytesIO()
    pl.DataFrame({"account": [str(n) for n in range(100_000)]}).write_parquet(file, compression="uncompressed")
    content = file.getvalue()

    def do_GET(self) -> None:
        first, _, last = self.headers["Range"].removeprefix("bytes=").partition("-")
        end = min(int(last) + 1 if last else len(self.content), len(self.content))
        start = int(first) if first else len(self.content) - int(last)
        if end < len(self.content):
            self.path = "/410"
            super().do_GET()
            return
        part = self.content[start : end if first else None]
        self.send_response(206)
        self.send_header("Content-Length", str(len(part)))
        self.send_header("Content-Range", f"bytes {start}-{start + len(part) - 1}/{len(self.content)}")
        self.end_headers()
        self.wfile.write(part)

    def do_HEAD(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(self.content)))
        self.send_header("Accept-Ranges", "bytes")
        self.end_headers()


def _told(url: str, options: Mapping[str, str]) -> ReadError:
    secrets = {name: Secret(value) for name, value in options.items()}
    with pytest.raises(ReadError) as caught:
        Files(path=Location(url), storage_options=secrets).scan("", None).collect()
    return caught.value


@pytest.mark.parametrize(
    ("path", "says", "hint"),
    [
        ("404/a.csv", "the server answered 404 Not Found", "check the address, capital letters too"),
        ("403/a.csv", "the server answered 403 Forbidden", AWAY),
        ("401/a.parquet", "the server answered 401 Unauthorized", AWAY),
        ("410/a.ndjson", "the server answered 410 Gone", AGAIN),
        ("499/a.csv.gz", "the server answered 499", AGAIN),
        ("200/a.csv", "its server does not send parts of files", f"{AWAY}, or in an object store"),
    ],
)
def test_a_server_that_fails_is_told_in_the_same_words_each_time(path: str, says: str, hint: str) -> None:
    with _server(Failing) as server:
        first, second = (_told(f"{server}/{path}", ONCE) for _ in range(2))
        assert first.message == f"{server}/{path} cannot be read: {says}"
    assert first.hint == hint
    assert str(first) == str(second)
    assert first.__cause__ is not None


@pytest.mark.parametrize(
    ("status", "says", "hint"),
    [
        (403, "the server answered 403 Forbidden", "write credentials that may read it: storage_options"),
        (404, "the server answered 404 Not Found", "check the address, capital letters too"),
        (500, "the server answered 500 Internal Server Error", AGAIN),
    ],
)
def test_an_object_store_that_refuses_is_told_without_its_request_numbers(status: int, says: str, hint: str) -> None:
    keys = {"aws_access_key_id": "a", "aws_secret_access_key": "b", "aws_region": "x", "aws_allow_http": "true"}
    with _server(Failing) as server:
        error = _told("s3://bucket/a.csv", {**ONCE, **keys, "aws_endpoint_url": f"{server}/{status}"})
    assert error.message == f"s3://bucket/a.csv cannot be read: {says}"
    assert error.hint == hint


@pytest.mark.parametrize("name", ["a.xlsx", "a.csv.zip"])
def test_what_is_read_from_folders_only_says_so_of_an_address(name: str) -> None:
    error = _told(f"http://127.0.0.1:1/{name}", {})
    assert "files are read from local folders only" in error.message
    assert error.hint == AWAY


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("ftp://host/a.csv", "and ftp:// is not read: expected a file here, or s3://, gs://, az://, https://"),
        ("https://host/2026/*.csv", "but a web server cannot list files: expected the address of one file"),
    ],
)
def test_an_address_that_nothing_reads_is_told_with_the_configuration(path: str, says: str) -> None:
    assert list(Files(path=Location(path)).problems()) == [f"path is {path}, {says}"]


def test_how_often_a_server_is_asked_is_a_number() -> None:
    files = Files(
        path=Location("s3://a/b.csv"), storage_options={"max_retries": Secret("few"), "aws_region": Secret("x")}
    )
    assert list(files.problems()) == ['storage_options: max_retries is no number: expected one such as "3"']


@pytest.mark.parametrize("path", ["https://host/a.csv?sv=2026&part=*", "https://***@host/a.csv"])
def test_an_address_with_a_query_or_a_withheld_password_is_no_pattern(path: str) -> None:
    assert list(Files(path=Location(path)).problems()) == []


PROJECT = """
version: 1
name: Remote
sources:
  crm: {plugin: files, path: crm.csv, customer: account}
  usage: {plugin: files, path: "URL", customer: account, storage_options: {max_retries: "1"}}
customers: {source: crm}
metrics:
  uses: {source: usage, measure: count(*)}
scorecards:
  main: {metrics: {uses: {normalizer: {linear: {from: 0, to: 9}}}}}
segments:
  all: {scorecard: main}
"""


@pytest.mark.parametrize(("answers", "path"), [(Failing, "410/usage.csv"), (Whole, "usage.parquet")])
def test_two_runs_say_the_same_of_a_server_that_fails_at_once_or_half_way(
    tmp_path: Path, answers: type[BaseHTTPRequestHandler], path: str
) -> None:
    (tmp_path / "crm.csv").write_text("account\nA\n", encoding="utf-8")
    with _server(answers) as server:
        (tmp_path / "scorewell.yaml").write_text(PROJECT.replace("URL", f"{server}/{path}"), encoding="utf-8")
        project = load(tmp_path / "scorewell.yaml")
        first, second = (run(project, as_of=datetime(2026, 3, 1, tzinfo=UTC)).findings for _ in range(2))
    (failed,) = [finding for finding in first if finding.id == "table-failed"]
    assert first == second
    assert failed.message.endswith("the server answered 410 Gone")
