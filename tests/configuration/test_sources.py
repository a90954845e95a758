"""A source with its tables, in one line or several."""

import pytest

USAGE = "usage: {plugin: acme.rows, customer: account, time: day}\ncrm: {plugin: acme.rows, customer: id}\n"


@pytest.fixture
def tables(folder):
    """The tables of one more source, written as given."""

    def of(source):
        return folder.project(sources=f"\n{USAGE}more: {source}").load().sources["more"].tables

    return of


@pytest.fixture
def refused(said):
    """What is said of one more source, written as given."""

    def of(source):
        return [one.removeprefix("sources.more") for one in said(sources=f"\n{USAGE}more: {source}")]

    return of


def test_a_single_table_is_written_inline(tables):
    table = tables("{plugin: acme.rows, customer: id, time: t, until: u, known: {u: k}, covers: seats > 1}")[""]
    assert (table.customer.column, table.time, table.until) == ("id", "t", "u")
    assert (table.known, table.covers) == ({"u": "k"}, "seats > 1")


def test_a_source_without_any_word_of_its_table_has_one(tables):
    assert tables("{plugin: acme.rows}")[""].customer is None


def test_a_customer_may_be_found_through_another_table(tables):
    key = tables("{plugin: acme.rows, customer: {column: s, through: usage.subscription}}")[""].customer
    assert (key.column, key.through, key.row) == ("s", "usage.subscription", False)


def test_each_row_may_be_a_customer(tables):
    assert tables("{plugin: acme.rows, customer: {row: true}}")[""].customer.row


def test_tables_may_be_declared(tables):
    declared = tables("{plugin: acme.rows, tables: {a: {customer: id}, b: {time: t}, c: }}")
    assert list(declared) == ["a", "b", "c"]
    assert declared["b"].time == "t"


def test_a_source_that_knows_its_tables_needs_no_words(tables, folder):
    assert set(tables("{plugin: acme.desk}")) == {"tickets", "orgs"}
    assert set(folder.load().tables) == {"usage", "crm", "more.tickets", "more.orgs"}


def test_a_known_table_is_amended(tables):
    tickets = tables("{plugin: acme.desk, tables: {tickets: {until: closed}}}")["tickets"]
    assert (tickets.customer.column, tickets.time, tickets.until) == ("org", "opened", "closed")


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("{customer: id}", [": missing setting 'plugin': the name of a source"]),
        ("files.csv", [": expected settings, as {plugin: files, path: …}, got the text 'files.csv'"]),
        ("{plugin: acme.rows, customer: 5}", [".customer: expected settings, got the number 5"]),
        ("{plugin: acme.rows, custmer: id}", [": unknown setting 'custmer', did you mean 'customer'?"]),
        (
            "{plugin: acme.desk, tables: {tikets: {}}}",
            [".tables.tikets: unknown table 'tikets', did you mean 'tickets'?"],
        ),
        (
            "{plugin: acme.desk, time: t}",
            [": 'time' of which table? It has tickets, orgs: write it under tables"],
        ),
        (
            "{plugin: acme.rows, time: t, tables: {a: {}}}",
            [".tables: expected either tables or a single one, which is written as time"],
        ),
        ("{plugin: acme.rows, tables: [a]}", [".tables: expected settings by name, got a list"]),
        ("{plugin: acme.rows, tables: {a: b}}", [".tables.a: expected settings, got the text 'b'"]),
        ("{plugin: acme.rows, tables: {a: {tme: t}}}", [".tables.a: unknown setting 'tme', did you mean 'time'?"]),
        (
            "{plugin: acme.rows, tables: {a: {time_limit: 2h}}}",
            [".tables.a.time_limit: `time_limit` is not in this version"],
        ),
        (
            "{plugin: acme.lost, time: [t]}",
            [".plugin: unknown source 'acme.lost'", ".time: expected the name of a column"],
        ),
    ],
)
def test_a_mistaken_source_is_told(refused, source, told):
    found = refused(source)
    assert len(found) == len(told)
    assert all(one.startswith(start) for one, start in zip(found, told, strict=True))


@pytest.mark.parametrize(
    ("customer", "told"),
    [
        ("{}", ": expected a column, or row: true where each row is a customer; exactly one of them"),
        ("{column: id, row: true}", ": expected a column, or row: true where each row is a customer; exactly one "),
        ("{row: true, through: usage.x}", ": through needs the column that is looked up"),
        ("{column: id, through: usage}", ".through: expected a table and its column, as contracts.subscription_id, "),
        ("{column: id, through: usge.x}", ".through: unknown source 'usge', did you mean 'usage'?"),
        ("{column: id, through: usage.y.x}", ".through: unknown table 'usage.y'"),
        ("{column: id, through: more.x}", ".through: the way to the customer goes in a circle: more → more"),
    ],
)
def test_a_key_that_leads_nowhere_is_told(refused, customer, told):
    (found,) = refused(f"{{plugin: acme.rows, customer: {customer}}}")
    assert found.startswith(f".customer{told}")


def test_a_circle_over_several_tables_is_told_at_each(said):
    sources = f"""
{USAGE}
a: {{plugin: acme.rows, customer: {{column: k, through: b.k}}}}
b: {{plugin: acme.rows, customer: {{column: k, through: a.k}}}}
c: {{plugin: acme.rows, customer: {{column: k, through: a.k}}}}
"""
    assert said(sources=sources) == [
        "sources.a.customer.through: the way to the customer goes in a circle: a → b → a",
        "sources.b.customer.through: the way to the customer goes in a circle: b → a → b",
    ]


def test_a_table_that_names_no_customer_leads_nowhere(refused):
    assert refused("{plugin: acme.rows, tables: {a: {customer: {column: k, through: more.b.k}}, b: {}}}") == [
        ".tables.a.customer.through: table more.b does not name its customer, so it leads to no customer"
    ]


def test_a_sources_name_is_an_identifier(said):
    assert said(sources=f"\n{USAGE}My-Source: {{plugin: acme.rows}}") == [
        "sources.My-Source: the name of a source is letters, digits and underscores, not 'My-Source'"
    ]
