"""Actions: a table with a time and with customers."""

import pytest

SOURCES = (
    "\ncrm: {plugin: acme.rows, customer: id}"
    "\nusage: {plugin: acme.rows, customer: account, time: day}"
    "\nplays: {plugin: acme.rows, customer: account, time: at}"
    "\nundated: {plugin: acme.rows, customer: account}"
    "\nnobodys: {plugin: acme.rows, time: at}"
)


def test_actions_are_a_table_and_its_columns(folder):
    actions = "{source: plays, play: play, owner: csm, result: outcome}"
    project = folder.project(sources=SOURCES, actions=actions).load()
    assert project.actions is not None
    assert (project.actions.source, project.actions.play) == ("plays", "play")


def test_actions_make_no_other_configuration(folder):
    plain = folder.project(sources=SOURCES).load()
    marked = folder.project(sources=SOURCES, actions="{source: plays, play: play}").load()
    assert marked.fingerprint == plain.fingerprint
    assert "Actions(" not in repr(marked)


@pytest.mark.parametrize(
    ("actions", "told"),
    [
        ("{source: play, play: play}", "actions.source: unknown source 'play', did you mean 'plays'?"),
        ("{source: plays}", "actions: missing setting 'play': its column with what was done, such as Executive review"),
        (
            "{source: undated, play: play}",
            ("actions.source: table undated declares no time, but actions need a date: write time: COLUMN there"),
        ),
        (
            "{source: nobodys, play: play}",
            "actions.source: table nobodys does not name its customer: write customer: COLUMN there",
        ),
    ],
)
def test_mistaken_actions_are_told(said, actions, told):
    assert said(sources=SOURCES, actions=actions) == [told]
