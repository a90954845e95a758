"""Learning: what only ``scorewell fit`` needs, and the one place that imports SciPy and scikit-learn."""
