"""Unit tests of the harness and of the virtual lab."""
import harness  # noqa: F401  finds the lab
