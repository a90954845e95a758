"""Values from the environment, and what must never be shown."""

import pytest

CRM = (
    "\ncrm: {{plugin: acme.rows, customer: id, {setting}}}\nusage: {{plugin: acme.rows, customer: account, time: day}}"
)


def sources(setting):
    return CRM.format(setting=setting)


@pytest.mark.parametrize(
    ("setting", "name", "value"),
    [
        ("text: '${TEXT}'", "text", "words"),
        ("text: 'a ${TEXT} b ${TEXT}'", "text", "a words b words"),
        ("text: '${NONE:-fallback}'", "text", "fallback"),
        ("text: '${NONE:-}'", "text", ""),
        ("text: '${EMPTY:-fallback}'", "text", "fallback"),
        ("text: '${EMPTY}'", "text", ""),
        ("text: '$${TEXT}'", "text", "${TEXT}"),
        ("text: '$TEXT costs $5'", "text", "$TEXT costs $5"),
        ("text: '${NUMBER}'", "text", "0042"),
        ('text: "${NUMBER}"', "text", "0042"),
        ("points: {'${TEXT}': 1}", "points", {"${TEXT}": 1.0}),
    ],
)
def test_a_variable_is_replaced_in_values(folder, setting, name, value):
    folder.environment = {"TEXT": "words", "NUMBER": "0042", "EMPTY": ""}
    project = folder.project(sources=sources(setting)).load()
    assert getattr(project.sources["crm"].plugin, name) == value


def test_an_unquoted_variable_may_hold_a_number(folder):
    folder.environment = {"COUNT": "5"}
    crm = "\ncrm:\n  plugin: acme.rows\n  customer: id\n  count: ${COUNT}\n"
    assert (
        folder.project(sources=f"{crm}usage: {{plugin: acme.rows, customer: a, time: d}}")
        .load()
        .sources["crm"]
        .plugin.count
        == 5
    )


def test_a_quoted_variable_holds_text(said, folder):
    folder.environment = {"COUNT": "5"}
    assert said(sources=sources("count: '${COUNT}'")) == [
        "sources.crm.count: expected a whole number, got the value of ${COUNT}"
    ]


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ("'${NONE}'", "the environment variable NONE is not set"),
        ("'a ${NONE} b'", "the environment variable NONE is not set"),
        (
            "'${no-name}'",
            "'${' begins a variable: write ${NAME} or ${NAME:-default}, or $${ for the text ${",
        ),
        ("'${'", "'${' begins a variable: write ${NAME} or ${NAME:-default}, or $${ for the text ${"),
    ],
)
def test_a_variable_that_cannot_be_replaced_is_told_with_its_place(said, written, message):
    assert said(sources=sources(f"text: {written}")) == [f"sources.crm.text: {message}"]


def test_a_secret_is_read_and_never_shown(folder):
    folder.environment = {"TOKEN": "hush-hush"}
    project = folder.project(sources=sources("secret: '${TOKEN}'")).load()
    assert project.sources["crm"].plugin.secret.reveal() == "hush-hush"
    assert "hush" not in repr(project)


def test_a_secret_may_look_like_a_number_in_the_environment(folder):
    folder.environment = {"TOKEN": "0042"}
    project = folder.project(sources=sources("secret: '${TOKEN}'")).load()
    assert project.sources["crm"].plugin.secret.reveal() == "0042"


@pytest.mark.parametrize("written", ["4711", "[hush4711]", "{hush4711: 1}"])
def test_a_mistaken_secret_is_not_shown(said, written):
    (told,) = said(sources=sources(f"secret: {written}"))
    assert told == "sources.crm.secret: expected text, best as ${NAME}"


def test_a_components_own_words_show_neither_variable_nor_secret(said, folder):
    folder.environment = {"TEXT": "whisper-value", "TOKEN": "hush-hush"}
    (told,) = said(sources=sources("angry: true, text: '${TEXT}', secret: '${TOKEN}'"))
    assert told == "sources.crm: acme.rows: ${TEXT} and ${TOKEN} do not fit together"


def test_a_plain_secret_is_not_shown_in_a_components_own_words(said):
    (told,) = said(sources=sources("angry: true, text: a, secret: hush"))
    assert told == "sources.crm: acme.rows: a and *** do not fit together"


@pytest.mark.parametrize(
    ("sections", "shown"),
    [
        ({"timezone": "'${X}'"}, "timezone"),
        ({"metrics": "\nlogins: {source: '${X}', measure: acme.touched}"}, "metrics.logins.source"),
        ({"metrics": "\nlogins: {source: usage, measure: '${X}'}"}, "metrics.logins.measure"),
        ({"metrics": "\nlogins: {source: usage, measure: acme.touched, window: '${X}'}"}, "metrics.logins.window"),
        ({"metrics": "\nlogins: {source: usage, measure: acme.touched, where: 'a = = ${X}'}"}, "metrics.logins.where"),
        ({"segments": "\neveryone: {scorecard: '${X}'}"}, "segments.everyone.scorecard"),
        ({"segments": "\neveryone: {scorecard: main, when: '${X}'}"}, "segments.everyone.when"),
        ({"customers": "\nsource: '${X}'\nattributes: [seats]"}, "customers.source"),
        ({"sources": sources("speed: '${X}'")}, "sources.crm.speed"),
        ({"sources": sources("duration: '${X}'")}, "sources.crm.duration"),
    ],
)
def test_no_message_shows_what_a_variable_held(said, folder, sections, shown):
    folder.environment = {"X": "zz_private"}
    told = said(**sections)
    assert any(one.startswith(shown) for one in told)
    assert not any("zz" in one and "private" in one for one in told)
