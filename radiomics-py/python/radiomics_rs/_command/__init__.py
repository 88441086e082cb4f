"""What the command `radiomics-rs` does: options, and what each of its commands runs."""
