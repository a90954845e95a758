"""Scorewell: customer health scores that are exact, explained and reproducible."""
