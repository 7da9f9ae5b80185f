"""The libraries behind documents are large; naming our modules must not load them before the first paint."""

import subprocess
import sys

MODULES = [
    "bars",
    "composition",
    "label",
    "label_pdf",
    "label_zpl",
    "lettering",
    "mat",
    "mat_plan",
    "sheet",
    "typeface",
]
CHECK = """
import importlib, sys
for name in sys.argv[1:]:
    importlib.import_module(f"app.documents.{name}")
print(*sorted({"reportlab", "barcode", "PIL"} & sys.modules.keys()))
"""


def test_importing_the_documents_loads_no_drawing_library() -> None:
    ran = subprocess.run([sys.executable, "-c", CHECK, *MODULES], check=True, capture_output=True, text=True)
    assert ran.stdout.strip() == ""
