"""Write the golden tables again: ``python -m tests.golden.update``; look at the diff before committing it."""

from __future__ import annotations

from tests.golden.table import SHIPPED, golden, table

if __name__ == "__main__":
    for file in SHIPPED:
        golden(file).write_text(table(file), encoding="utf-8")
        print(f"wrote {golden(file)}")
