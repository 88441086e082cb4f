"""`python -m radiomics_rs`, the same as the command `radiomics-rs`."""

import sys

from radiomics_rs.cli import main

if __name__ == "__main__":
    sys.exit(main())
