"""``python -m radiomics_rs.pyradiomics``."""

import sys

from .scripts import main

if __name__ == "__main__":
    sys.exit(main())
