"""Why a file on a server cannot be read, told the same in every run. The texts are polars' own, of version 2.1."""

from __future__ import annotations

import pytest

from scorewell.api.v1 import remote_cause
from scorewell.messages import why

HTTP = "object-store error: Generic HTTP error: Error performing GET http://a.b/x.csv in {}, after 10 retries, "
HTTP += "max_retries: 10, retry_timeout: 180s  - {} (location: x.csv) (path: http://a.b)"
S3 = "object-store error: Generic S3 error: Error performing {} in 4.412011237s, after 8 retries, max_retries: 8, "
S3 += "retry_timeout: 30s  - Server returned non-2xx status code: {}"


@pytest.mark.parametrize("took", ["2.096172116s", "350.183µs", "1.325037ms"])
def test_how_long_it_took_is_not_told(took: str) -> None:
    failed = OSError(HTTP.format(took, "Server returned non-2xx status code: 500 Internal Server Error: broken"))
    assert remote_cause(failed) == "the server answered 500 Internal Server Error"
    assert why(failed) == "the server answered 500 Internal Server Error"


@pytest.mark.parametrize(
    ("causes", "told"),
    [
        (
            "    0: client error (Connect)\n    1: tcp connect error\n    2: Connection refused (os error 111)",
            "the server cannot be reached: Connection refused",
        ),
        (
            "    0: client error (SendRequest)\n    1: connection closed before message completed",
            "the server cannot be reached: connection closed before message completed",
        ),
        ("    operation timed out\n", "the server cannot be reached: operation timed out"),
    ],
)
def test_of_several_causes_the_last_is_told(causes: str, told: str) -> None:
    text = HTTP.format("1.65056891s", "HTTP error: error sending request")
    assert remote_cause(OSError(f"{text}\n\nCaused by:\n{causes}")) == told


def test_what_a_store_answers_beside_its_status_is_not_told() -> None:
    answer = "403 Forbidden: <?xml version='1.0'?>\n<Error><RequestId>1B2C</RequestId></Error> (path: s3://b/x.csv)"
    text = S3.format("GET http://s3/b/x.csv", answer)
    assert remote_cause(PermissionError(text)) == "the server answered 403 Forbidden"


@pytest.mark.parametrize("asked", ["PUT http://169.254.169.254/latest/api/token", "token request: GET http://x/oauth2"])
def test_where_nobody_signed_in_the_credentials_are_missing(asked: str) -> None:
    text = S3.format(asked, "403 Forbidden: denied")
    assert remote_cause(OSError(text)) == "no credentials for it were found"


def test_what_is_no_answer_is_told_as_polars_says_it_without_advice_for_others() -> None:
    text = (
        "object-store error: Generic GCS error: GCP credential error: Unable to open service account file from "
        "/nope.json: No such file or directory (os error 2) (path: gs://bucket/x.csv); note: if you are using Python …"
    )
    assert remote_cause(FileNotFoundError(text)) == (
        "Generic GCS error: GCP credential error: Unable to open service account file from /nope.json: No such file or"
        " directory"
    )


def test_an_error_of_no_server_is_none() -> None:
    assert remote_cause(FileNotFoundError("No such file or directory (os error 2): usage.csv")) is None
