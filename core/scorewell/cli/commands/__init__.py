"""One module a command, imported when it is called; each has a click command named ``command``."""
