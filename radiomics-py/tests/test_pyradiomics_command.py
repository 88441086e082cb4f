"""mechanics: the command `radiomics-rs pyradiomics`, and what PyRadiomics' example scripts call."""

import csv
import io
import json
import subprocess
import sys
from pathlib import Path

import pytest
import SimpleITK as sitk

from radiomics_rs import cli, pyradiomics
from radiomics_rs.pyradiomics import scripts

PARAMS = (
    "setting:\n  binWidth: 1\nfeatureClass:\n  firstorder: [Mean, Energy]\n  glcm: [Contrast]\n"
)
FEATURES = ["original_firstorder_Mean", "original_firstorder_Energy", "original_glcm_Contrast"]


@pytest.fixture
def params(tmp_path):
    path = tmp_path / "Params.yaml"
    path.write_text(PARAMS)
    return str(path)


@pytest.fixture
def batch(tmp_path, phantom_files):
    """Three cases: good, of a label that is not there, good."""
    path = tmp_path / "cases.csv"
    image, mask = (Path(file).name for file in phantom_files)
    path.write_text(
        f"ID,Image,Mask,Label\na,{image},{mask},1\nb,{image},{mask},5\nc,{image},{mask},\n"
    )
    return str(path)


def rows(text):
    return list(csv.DictReader(io.StringIO(text)))


def test_one_case_as_text(phantom_files, params, capsys):
    assert scripts.main([*phantom_files, "-p", params]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == f"Case-1_Image: {phantom_files[0]}"
    assert lines[1] == f"Case-1_Mask: {phantom_files[1]}"
    assert lines[2].startswith("Case-1_diagnostics_Versions_PyRadiomics: 3.")
    assert lines[-3].startswith("Case-1_original_firstorder_Mean: 2.1486486")
    assert len(lines) == 2 + 22 + 3


def test_one_case_as_csv(phantom_files, params, tmp_path):
    out = tmp_path / "out.csv"
    assert scripts.main([*phantom_files, "-p", params, "-f", "csv", "-o", str(out)]) == 0
    (row,) = rows(out.read_text())
    assert list(row)[:2] == ["Image", "Mask"]
    assert list(row)[-3:] == FEATURES
    assert float(row[FEATURES[0]]) == 2.1486486486486487


def test_one_case_as_json(phantom_files, params, capsys):
    assert cli.main(["pyradiomics", *phantom_files, "-p", params, "-f", "json"]) == 0
    (case,) = json.loads(capsys.readouterr().out)
    assert case["diagnostics_Image-original_Size"] == [5, 4, 4]
    assert list(case)[-3:] == FEATURES


def test_settings_by_flag(phantom_files, params, capsys):
    flags = ["-s", "voxelArrayShift:10", "-s", "distances:1,2", "-s", "additionalInfo:false"]
    assert scripts.main([*phantom_files, "-p", params, *flags, "-f", "csv"]) == 0
    (row,) = rows(capsys.readouterr().out)
    assert list(row) == ["Image", "Mask", *FEATURES]
    assert float(row["original_firstorder_Energy"]) > 7400


def test_settings_by_flag_that_are_wrong(phantom_files, params, caplog):
    flags = ["-s", "binwidth:10", "-s", "binWidth=10", "-s", "label:one", "-f", "csv"]
    assert scripts.main([*phantom_files, "-p", params, *flags]) == 0
    assert 'Did not recognize override "binwidth" (did you mean' in caplog.text
    assert 'Incorrect format for override setting "binWidth=10"' in caplog.text
    assert 'Could not parse value "one" for setting "label"' in caplog.text


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_batch(batch, params, capsys, jobs):
    flags = ["-p", params, "-f", "csv", "-j", jobs, "--format-path", "basename"]
    assert scripts.main([batch, *flags]) == 0
    first, failed, last = rows(capsys.readouterr().out)
    assert [row["ID"] for row in (first, failed, last)] == ["a", "b", "c"]
    assert list(first)[:4] == ["ID", "Image", "Mask", "Label"]
    assert list(first)[-1] == "error"
    assert first["Image"] == "phantom_image.nrrd"
    # The failed case keeps its row, and says why.
    assert failed["error"] == "ValueError: Label (5) not present in mask. Choose from [1]"
    assert failed[FEATURES[0]] == ""
    assert first["error"] == last["error"] == ""
    assert first[FEATURES[0]] == last[FEATURES[0]] == "2.1486486486486487"


def test_batch_without_failure_has_no_error_column(batch, params, capsys, tmp_path):
    good = tmp_path / "good.csv"
    lines = Path(batch).read_text().splitlines(keepends=True)
    good.write_text("".join(line for line in lines if not line.startswith("b")))
    assert scripts.main([str(good), "-p", params, "-f", "csv", "--strict"]) == 0
    assert "error" not in rows(capsys.readouterr().out)[0]


def test_strict(batch, params, capsys):
    assert scripts.main([batch, "-p", params, "--strict"]) == 5


def test_output_folder_is_read_again(batch, params, capsys, tmp_path):
    folder = tmp_path / "out"
    flags = ["-p", params, "-f", "csv", "-od", str(folder)]
    assert scripts.main([batch, *flags]) == 0
    first = rows(capsys.readouterr().out)
    # The failed case leaves no file, so that it is tried again.
    assert sorted(path.name for path in folder.iterdir()) == ["features_1.csv", "features_3.csv"]
    stored = (folder / "features_3.csv").read_text()
    (folder / "features_3.csv").write_text(stored.replace("2.1486486486486487", "99"))
    assert scripts.main([batch, *flags]) == 0
    again = rows(capsys.readouterr().out)
    assert again[0] == first[0]
    assert again[2][FEATURES[0]] == "99"
    # Another table's results are not taken for this one's.
    text = Path(batch).read_text().replace("\na,", "\nz,")
    Path(batch).write_text(f"{text}d,nowhere.nrrd,nowhere.nrrd,1\n")
    assert scripts.main([batch, *flags]) == 0
    assert [row["ID"] for row in rows(capsys.readouterr().out)] == ["z", "b", "c", "d"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("Image,Label\nx,1\n", 'Required column "Mask" not present'),
        ("Image,Mask\n", "No cases to process"),
        ("Image,Mask\nx,\n", "Missing required Image or Mask"),
    ],
)
def test_bad_batch(tmp_path, caplog, text, message):
    path = tmp_path / "cases.csv"
    path.write_text(text)
    assert scripts.main([str(path)]) == 1
    assert message in caplog.text


def test_maps_are_files_and_the_table_has_their_paths(tmp_path, phantom_files, capsys):
    flags = ["-m", "voxel", "-od", str(tmp_path / "maps"), "-f", "json", "-s", "binWidth:1"]
    assert scripts.main([*phantom_files, *flags]) == 0
    [row] = json.loads(capsys.readouterr().out)
    path = tmp_path / "maps" / "Case-1_original_glcm_Contrast.nrrd"
    assert row["original_glcm_Contrast"] == str(path)
    contrast = sitk.GetArrayFromImage(sitk.ReadImage(str(path)))
    assert contrast.shape == (4, 4, 5)
    assert contrast.max() > 0
    assert not any("shape" in key for key in row)


def test_bad_input(tmp_path, phantom_files, caplog):
    assert scripts.main([phantom_files[0]]) == 1
    assert "no mask specified" in caplog.text
    assert scripts.main([str(tmp_path / "nowhere.csv")]) == 1
    assert scripts.main([*phantom_files, "-p", "nowhere.yaml"]) == 3
    with pytest.raises(SystemExit) as caught:
        scripts.main([*phantom_files, "-f", "xls"])
    assert caught.value.code == 2


def test_validate(batch, params, phantom_files, tmp_path, caplog):
    assert scripts.main([batch, "-p", params, "--validate"]) == 0
    assert scripts.main([phantom_files[0], "nowhere.nrrd", "--validate"]) == 1
    assert "Mask path for case (1/1) does not exist!" in caplog.text
    bad = tmp_path / "bad.yaml"
    bad.write_text("setting:\n  binwidth: 3\n")
    assert scripts.main([batch, "-p", str(bad), "--validate"]) == 1


def test_skip_nans(phantom_files, params, capsys, monkeypatch):
    def nan(self):
        return float("nan")

    mean = "getMeanFeatureValue"
    monkeypatch.setattr(pyradiomics.firstorder.RadiomicsFirstOrder, mean, nan)
    assert scripts.main([*phantom_files, "-p", params, "-f", "json", "--skip-nans"]) == 0
    (case,) = json.loads(capsys.readouterr().out)
    assert FEATURES[0] not in case
    assert FEATURES[1] in case


def test_log_file(phantom_files, params, tmp_path):
    log = tmp_path / "log.txt"
    flags = ["--log-file", str(log), "--logging-level", "INFO"]
    assert scripts.main([*phantom_files, "-p", params, *flags]) == 0
    assert "I: (MainProcess) radiomics.script: Processing case 1" in log.read_text()


def test_as_a_module(phantom_files, params):
    command = [sys.executable, "-m", "radiomics_rs.pyradiomics", *phantom_files, "-p", params]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0
    assert "Case-1_original_glcm_Contrast: " in done.stdout


EXAMPLE = """
import collections, csv, logging, os, sys
import radiomics_rs.pyradiomics
radiomics_rs.pyradiomics.install()

# From here on as in PyRadiomics' examples.
import SimpleITK as sitk
import radiomics
from radiomics import featureextractor, firstorder, getTestCase, glcm, imageoperations
folder, params = sys.argv[1:]
image_name, mask_name = getTestCase('brain1', folder)

logger = radiomics.logger
logger.setLevel(logging.DEBUG)
handler = logging.FileHandler(filename=os.path.join(folder, 'log.txt'), mode='w')
handler.setFormatter(logging.Formatter('%(levelname)s:%(name)s: %(message)s'))
logger.addHandler(handler)
radiomics.setVerbosity(logging.ERROR)

settings = {'binWidth': 25, 'resampledPixelSpacing': None, 'interpolator': sitk.sitkBSpline,
            'enableCExtensions': True}
extractor = featureextractor.RadiomicsFeatureExtractor(**settings)
extractor.disableAllFeatures()
extractor.enableFeaturesByName(firstorder=['Mean', 'Skewness'])
vector = extractor.execute(image_name, mask_name)
for name in vector.keys():
    print('Computed %s: %s' % (name, vector[name]))

extractor = featureextractor.RadiomicsFeatureExtractor(params)
vector = extractor.execute(image_name, mask_name, label=1)

image, mask = sitk.ReadImage(image_name), sitk.ReadImage(mask_name)
bb, corrected = imageoperations.checkMask(image, mask)
image, mask = imageoperations.cropToTumorMask(image, mask, bb)
first = firstorder.RadiomicsFirstOrder(image, mask, **settings)
first.enableFeatureByName('Mean', True)
for f in first.enabledFeatures.keys():
    print(getattr(first, 'get%sFeatureValue' % f).__doc__)
results = first.execute()
for (key, val) in results.items():
    print('  ', key, ':', val)
textures = glcm.RadiomicsGLCM(image, mask, **settings)
textures.enableAllFeatures()
textures.execute()
"""


def test_example_scripts(tmp_path, phantom_images, params):
    for image, kind in zip(phantom_images, ("image", "label"), strict=True):
        sitk.WriteImage(image, str(tmp_path / f"brain1_{kind}.nrrd"))
    command = [sys.executable, "-c", EXAMPLE, str(tmp_path), params]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "Computed original_firstorder_Mean: 2.148648" in done.stdout
    assert "DEBUG:radiomics.glcm:" in (tmp_path / "log.txt").read_text()
