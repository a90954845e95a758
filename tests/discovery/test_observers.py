"""Plugins that watch a run never stop it."""

import logging
from concurrent.futures import ThreadPoolExecutor

from scorewell.api.v1 import Source

WATCH = """
seen = []

@frozen
class Nothing(Source):
    name = "nothing"

@hookimpl
def scorewell_register(registry):
    registry.component(Nothing)

@hookimpl
def step_started(kind, name):
    seen.append((kind, name))
    {extra}
"""


def test_an_observer_is_called_with_what_it_asks_for(site):
    site.install("scorewell-watch", "1.0", "watch", "watch_plugin", WATCH.format(extra=""))
    plugins = site.plugins
    plugins.component(Source, "watch.nothing")
    plugins.hooks().step_started("sink", "csv")
    import watch_plugin

    assert watch_plugin.seen == [("sink", "csv")]


def test_an_observer_that_raises_is_logged_and_the_others_are_called(site, caplog):
    site.install("scorewell-bad", "1.0", "bad", "bad_plugin", WATCH.format(extra="raise ValueError('no')"))
    site.install("scorewell-watch", "1.0", "watch", "watch_plugin", WATCH.format(extra=""))
    plugins = site.plugins
    plugins.component(Source, "bad.nothing")
    plugins.component(Source, "watch.nothing")
    with caplog.at_level(logging.ERROR, "scorewell"):
        plugins.hooks().step_started("table", "usage")
    import watch_plugin

    assert watch_plugin.seen == [("table", "usage")]
    assert caplog.messages == ["plugin 'bad' (scorewell-bad 1.0) failed in step_started"]


def test_a_plugin_that_no_name_asked_for_watches_nothing(site):
    site.install("scorewell-watch", "1.0", "watch", "watch_plugin", WATCH.format(extra=""))
    site.plugins.hooks().step_started("table", "usage")
    assert not site.is_imported("watch_plugin")


def test_observers_are_called_one_at_a_time_whatever_the_thread(site):
    slow = "import time; time.sleep(0.01); seen.append('left')"
    site.install("scorewell-watch", "1.0", "watch", "watch_plugin", WATCH.format(extra=slow))
    plugins = site.plugins
    plugins.component(Source, "watch.nothing")
    hooks = plugins.hooks()
    with ThreadPoolExecutor(4) as threads:
        for number in range(8):
            threads.submit(hooks.step_started, "table", str(number))
    import watch_plugin

    assert watch_plugin.seen[1::2] == ["left"] * 8
