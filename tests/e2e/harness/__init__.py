"""What only tests need in addition to the virtual lab: checks, damaged firmware, saved appliances, test programs.

Importing it makes the lab (image/virtual_lab) importable."""
import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[3] / "image"))
