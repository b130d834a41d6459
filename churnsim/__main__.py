"""Let `python -m churnsim` be the command line."""

from churnsim.cli import main

if __name__ == "__main__":
    main()
