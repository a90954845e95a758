"""The store of runs, scores and metric values: SQLite or PostgreSQL, a run in one transaction or not at all."""

from scorewell.history.errors import HistoryError, NotKept
from scorewell.history.reading import Reads
from scorewell.history.records import RunRecord, StoredReceipt, StoredRun
from scorewell.history.store import History
from scorewell.history.writing import Writer

__all__ = ["History", "HistoryError", "NotKept", "Reads", "RunRecord", "StoredReceipt", "StoredRun", "Writer"]
