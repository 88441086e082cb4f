"""``python -m radiomics_rs.pyradiomics.scripts``."""

import sys

from . import main

if __name__ == "__main__":
    sys.exit(main())
