"""Runs one client as it is, through its own interface, and prints what it computed.

    python client_calls.py CLIENT DATA FOLDER RESULT

With VARIANT=radiomics, `import radiomics` is radiomics-rs. RESULT is a JSON file with seconds and {name: value}.
"""

import csv
import importlib.util
import json
import os
import runpy
import sys
import time
from pathlib import Path

if os.environ.get("VARIANT") == "radiomics":
    import radiomics_rs.pyradiomics

    radiomics_rs.pyradiomics.install()

from client_case import Case  # noqa: E402


def totalsegmentator(case):
    from totalsegmentator.statistics import get_radiomics_features_for_entire_dir

    written = case.folder / "totalsegmentator.json"
    get_radiomics_features_for_entire_dir(case.image, case.masks, written)
    return nested(json.loads(written.read_text()))


def slicerradiomics(case):
    """The command of the extension, whose file `--slicer` names."""
    written = case.folder / "slicer.csv"
    written.unlink(missing_ok=True)
    script = os.environ["SLICER_SCRIPT"]
    sys.argv = [script, str(case.kidney), str(case.kidney_mask), "--out", str(written)]
    try:
        runpy.run_path(script, run_name="__main__")
    except SystemExit as end:
        if end.code:
            raise
    with written.open(newline="") as file:
        return nested(dict(enumerate(csv.DictReader(file))))


def ctkit(case):
    from ctkit.features import extract_features

    organs = {
        label: extract_features(str(case.image), labels=label, mask=str(case.labels), drop_diagnostics=True)
        for label in (2, 3)
    }
    return nested(organs)


def radtract(case):
    from radtract.features import PyradiomicsExtractor

    found = PyradiomicsExtractor().calc_features(str(case.parcels), str(case.map))
    keys = zip(found["parcel"], found["filter"], found["feature_type"], found["feature"], strict=True)
    return {"/".join(key): value for key, value in zip(keys, found["value"], strict=True)}


def frd_score(case):
    from frd_score import frd

    extractor = frd.get_feature_extractor("v1", image_dim=3)
    _, found, _ = frd.compute_features([case.kidney], extractor, masks=[case.kidney_mask], num_workers=1)
    return nested(dict(enumerate(found)))


def qradiomics(case):
    from qradiomics.atomic import extract_features, load_image_and_mask

    image, mask = load_image_and_mask(str(case.kidney), str(case.kidney_mask))
    parameters = installed("qradiomics") / "data" / "pyradiomics" / "nsclc_ct.yaml"
    return extract_features(image, mask, params_file=parameters)


def advanced_radiomics(case):
    from advanced_radiomics.extract import extractFeatures

    return nested(extractFeatures(*images(case), "kidney", binCount=32).to_dict("index"))


def predict(case):
    import SimpleITK as sitk
    from PREDICT.imagefeatures import texture_features

    image, mask = (sitk.GetArrayFromImage(one) for one in images(case))
    found = {}
    for name in ("GLSZM", "GLRLM", "NGTDM"):
        values, labels = getattr(texture_features, f"get_{name}_features")(image, mask)
        found.update(zip(labels, values, strict=True))
    return found


def biobb_radiospineomics(case):
    from biobb_radiospineomics.radiospineomics.common import calculate_shape, calculate_textures

    parameters = case.folder / "biobb.yaml"
    parameters.write_text("setting: {binWidth: 16}\nimageType: {Original: {}}\nfeatureClass: {firstorder: , glcm: }\n")
    paths = str(case.kidney), str(case.kidney_mask), str(parameters)
    found = {"texture": calculate_textures(*paths, [[2, 2, 2], [1, 1, 1]], [16, 32])}
    parameters.write_text("setting: {binWidth: 16}\nimageType: {Original: {}}\nfeatureClass: {shape: }\n")
    found["shape"] = calculate_shape(*paths)
    return nested({name: nested(table.to_dict("index")) for name, table in found.items()})


def radmxtk(case):
    from radmxtk.pyrads_gui.models import Model

    model = Model()
    model.yaml_file = str(installed("radmxtk") / "examples" / "exampleVoxel.yaml")
    model.root_dir, model.temp_dir = str(case.folder), "radmxtk"
    (case.folder / "radmxtk").mkdir(exist_ok=True)
    for old in (case.folder / "radmxtk").iterdir():
        old.unlink()
    model.image_files_list, model.roi_files_list = [case.kidney.name], [case.kidney_mask.name]
    model.subject_files = {"one": {path.name: str(path) for path in (case.kidney, case.kidney_mask)}}
    return dict(model.run("one"))


def autorad(case):
    import pandas as pd
    from autorad.data import ImageDataset
    from autorad.feature_extraction import FeatureExtractor

    rows = [
        {"image_path": case.image, "segmentation_path": case.masks / f"organ_{label}.nii.gz", "ID": str(label)}
        for label in (2, 3)
    ]
    extractor = FeatureExtractor(ImageDataset(pd.DataFrame(rows), ID_colname="ID"), n_jobs=1)
    found = nested(extractor.get_features().to_dict("index"))
    return {**found, "names": len(extractor.get_pyradiomics_feature_names())}


def readii(case):
    from readii.feature_extraction import singleRadiomicFeatureExtraction

    parameters = installed("readii") / "data" / "default_pyradiomics.yaml"
    return dict(singleRadiomicFeatureExtraction(*images(case), str(parameters)))


def yarea(case):
    from yarea.feature_extraction import singleRadiomicFeatureExtraction

    parameters = installed("yarea") / "data" / "default_pyradiomics.yaml"
    return dict(singleRadiomicFeatureExtraction(*images(case), str(parameters)))


def images(case):
    """Image and mask of the kidney."""
    import SimpleITK as sitk

    return sitk.ReadImage(str(case.kidney)), sitk.ReadImage(str(case.kidney_mask))


def installed(package):
    return Path(importlib.util.find_spec(package).submodule_search_locations[0])


def nested(tables):
    """One table of several, with the name of each before its keys."""
    return {f"{name}/{key}": value for name, table in tables.items() for key, value in table.items()}


def numbers(found):
    """The values that are numbers, also as text; without diagnostics, which say who computed them."""
    kept = {}
    for key, value in found.items():
        if "diagnostics_" in str(key):
            continue
        try:
            kept[str(key)] = repr(float(value))
        except (TypeError, ValueError):
            continue
    return kept


def main():
    client, data, folder, result = sys.argv[1], *map(Path, sys.argv[2:])
    case = Case(data, folder)
    start = time.perf_counter()
    found = globals()[client.replace("-", "_")](case)
    seconds = time.perf_counter() - start
    result.write_text(json.dumps({"seconds": seconds, "values": numbers(found)}))


if __name__ == "__main__":
    main()
