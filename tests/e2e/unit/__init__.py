"""Unit tests of the harness and of the virtual lab."""
import importlib

importlib.import_module("harness")  # makes the lab importable
