from datetime import date
from decimal import Decimal

import polars as pl
import pytest

from scorewell.metrics.keys import KeyMap, key_text


@pytest.mark.parametrize(
    ("cells", "dtype", "text"),
    [
        ([17, -3], pl.Int32(), ["17", "-3"]),
        ([17.0, 1.5, float("nan"), float("inf")], pl.Float64(), ["17", "1.5", None, None]),
        ([Decimal("17.00"), Decimal("1.50")], pl.Decimal(10, 2), ["17", "1.5"]),
        (["17", " 17", ""], pl.String(), ["17", " 17", None]),
        (["x", None], pl.Categorical(), ["x", None]),
        ([date(2026, 3, 1)], pl.Date(), ["2026-03-01"]),
    ],
)
def test_keys_are_compared_as_text(cells: list[object], dtype: pl.DataType, text: list[str | None]) -> None:
    frame = pl.DataFrame({"k": cells}, schema={"k": dtype})
    assert frame.select(key_text(pl.col("k"), dtype)).to_series().to_list() == text


def test_a_key_that_leads_to_two_customers_leads_nowhere() -> None:
    links = pl.DataFrame({"@key": ["s1", "s1", "s2", "s2", None], "customer_id": ["a", "a", "a", "b", "c"]})
    keys = KeyMap.of(links)
    assert keys.ambiguous == {"s2"}
    led = keys.lead(pl.LazyFrame({"@key": ["s1", "s2", "s3"]})).collect().sort("@key")
    assert led.get_column("customer_id").to_list() == ["a", None, None]
