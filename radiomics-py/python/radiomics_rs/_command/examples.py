"""Examples of each command, as its help prints them; a test reads them with the parser."""

from __future__ import annotations

WHOLE = """
radiomics-rs extract --example liver --label tumour
radiomics-rs extract ct.nii.gz mask.nii.gz -o features.csv
radiomics-rs describe glcm.contrast
radiomics-rs COMMAND --help
"""

OF = {
    "extract": """
radiomics-rs extract --example liver --label tumour
radiomics-rs extract ct.nii.gz mask.nii.gz --bin-width 25
radiomics-rs extract ct.nii.gz mask.nii.gz --settings settings.yaml -o features.parquet
radiomics-rs extract ct.nii.gz labels.nii.gz --label all --label-names names.csv -o table.xlsx
radiomics-rs extract ct.nii.gz labels.nii.gz --label liver=5,tumour=6 --wide -o table.csv
radiomics-rs extract dicom/ rtstruct.dcm --roi GTV --features glcm,morphology.volume
radiomics-rs extract pet.nii.gz mask.nii.gz --filter 'laplacian_of_gaussian: {sigma_mm: [1, 2]}'
radiomics-rs extract ct.nii.gz mask.nii.gz --out - | grep glcm
""",
    "example": """
radiomics-rs example liver
""",
    "batch": """
radiomics-rs batch cases.csv --out features.csv -j 4
radiomics-rs batch cases.csv --settings settings.yaml --out features.parquet --memory 8GB
""",
    "report": """
radiomics-rs report features.parquet --out report.html
""",
    "explain": """
radiomics-rs explain ct.nii.gz mask.nii.gz --set 'resample_spacing_mm=[2, 2, 2]'
radiomics-rs explain ct.nii.gz mask.nii.gz --picture region.png --outline liver=liver.nii.gz
""",
    "filter": """
radiomics-rs filter ct.nii.gz 'mean: {support_voxels: 5}' --out response.nii.gz
radiomics-rs filter ct.nii.gz 'laplacian_of_gaussian: {sigma_mm: 1.5}' --out response.nrrd
""",
    "map": """
radiomics-rs map ct.nii.gz mask.nii.gz --features glcm.joint_entropy --out maps
radiomics-rs map ct.nii.gz mask.nii.gz --features glcm --radius 2 --format nii.gz --out maps
""",
    "features": """
radiomics-rs features
radiomics-rs features --format csv
""",
    "describe": """
radiomics-rs describe glcm.contrast
radiomics-rs describe original_glcm_Idmn
radiomics-rs describe ACUI --format json
""",
    "settings": """
radiomics-rs settings > settings.yaml
radiomics-rs settings --profile pyradiomics
""",
    "verify": """
radiomics-rs verify
radiomics-rs verify --data ibsi_data --format csv --out verified.csv
""",
    "scan": """
radiomics-rs scan patient/
radiomics-rs scan patient/ --format json
""",
    "compare": """
radiomics-rs compare ours.csv pyradiomics.csv --tolerance 1e-6
radiomics-rs compare before.parquet after.parquet --format json
""",
    "doctor": """
radiomics-rs doctor
radiomics-rs doctor --json
""",
    "completion": """
eval "$(radiomics-rs completion bash)"
radiomics-rs completion zsh > ~/.zfunc/_radiomics-rs
radiomics-rs completion fish > ~/.config/fish/completions/radiomics-rs.fish
""",
}
