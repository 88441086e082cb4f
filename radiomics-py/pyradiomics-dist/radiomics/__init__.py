"""PyRadiomics' name for `radiomics_rs.pyradiomics`, which takes the place of this module."""

from radiomics_rs.pyradiomics import install

install(replace=True)
