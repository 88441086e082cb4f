"""Nyxus' values. It takes whole numbers and has no spacing in millimetres: it gets grey levels on voxels of 1 mm."""

import agree_common
from nyxus import Nyxus3D


def compute(case, _recipe):
    # `ibsi`: the grey levels are those of the image.
    nyxus = Nyxus3D(["*3D_ALL*"], n_feature_calc_threads=1, ibsi=True)
    table = nyxus.featurize_files([case["levels"]], [case["ones"]], False)
    return table.iloc[0].to_dict()


agree_common.run(compute, ("levels",))
