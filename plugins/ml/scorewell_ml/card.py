"""What a trained model says of itself, for people."""

from __future__ import annotations

from collections.abc import Iterator

from scorewell_ml.documents import Document

__all__ = ["described"]


def described(document: Document) -> str:
    """The model card's part on how good the model is and what it rests on, as Markdown."""
    return "\n".join(_lines(document.field("card"))) + "\n"


def _lines(card: Document) -> Iterator[str]:
    customers, happened = (card.field(name).number() for name in ("customers", "happened"))
    tested = card.field("out_of_fold")
    auc, brier, alone, error = (
        tested.field(name).number() for name in ("roc_auc", "brier", "brier_of_the_rate_alone", "calibration_error")
    )
    by_fold = [each.number() for each in tested.field("roc_auc_by_fold").items()]
    calibration = card.field("calibration")
    losses = calibration.field("log_loss")
    rate = happened / customers
    yield f"Learned from {customers:,.0f} customers; it happened to {happened:,.0f} of them ({rate:.1%})."
    yield ""
    yield "### How good it is"
    yield ""
    yield (
        f"Tested {len(by_fold)} times on the customers that were left out (seed {card.field('seed').number():.0f}). "
        f"Of two customers, one to whom it happened and one to whom it did not, it scores the first lower in {auc:.1%} "
        f"of cases (ROC-AUC {auc:.3f}; by fold {min(by_fold):.3f} to {max(by_fold):.3f}; chance is 0.500). "
        f"Brier score {brier:.4f}; the rate alone has {alone:.4f}."
    )
    yield ""
    yield "### How far its probabilities can be believed"
    yield ""
    yield (
        f"Calibration is {calibration.field('method').text()}, the better of two by log loss (sigmoid "
        f"{losses.field('sigmoid').number():.4f}, isotonic {losses.field('isotonic').number():.4f}). "
        f"On average over ten groups of equal size the prediction is off by {error:.1%}:"
    )
    yield ""
    yield "| customers | predicted | happened |"
    yield "|---|---|---|"
    for each in tested.field("bins").items():
        count, predicted, observed = (each.field(name).number() for name in ("customers", "predicted", "happened"))
        yield f"| {count:,.0f} | {predicted:.1%} | {observed:.1%} |"
    yield ""
    yield "### What it rests on"
    yield ""
    yield (
        "Weight is the mean size of the metric's share in the log odds. Direction is what a greater value may do. The "
        "contributions to a score are the exact Shapley values of the log odds, scaled for each customer to points."
    )
    yield ""
    yield "| metric | weight | direction | missing |"
    yield "|---|---|---|---|"
    features = sorted(card.field("features").items(), key=lambda each: -each.field("weight").number())
    for each in features:
        yield (
            f"| {each.field('name').text()} | {each.field('weight').number():.3f} | {each.field('direction').text()} "
            f"| {each.field('missing').number() / customers:.1%} |"
        )
    yield ""
    versions = card.field("versions")
    yield "Trained with " + ", ".join(f"{name} {versions.field(name).text()}" for name in sorted(versions.value)) + "."
