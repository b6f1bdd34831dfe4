"""What only tests need beside the virtual lab (image/virtual_lab): checks, damaged firmware, saved appliances, test programs.

Import it before the lab: this finds the lab's folder."""
import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[3] / "image"))
