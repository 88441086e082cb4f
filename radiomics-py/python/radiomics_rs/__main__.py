"""`python -m radiomics_rs`, the same as the command `radiomics-rs`."""

from radiomics_rs.cli import command

if __name__ == "__main__":
    command()
