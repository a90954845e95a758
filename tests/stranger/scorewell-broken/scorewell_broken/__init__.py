"""A plugin that cannot be imported where its client library is not installed."""

import a_client_that_nobody_has  # noqa: F401
