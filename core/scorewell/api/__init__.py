"""What plugin authors import. Each edition (``scorewell.api.v1``) is a promise: it only ever grows."""
