"""All images and feature classes of an extraction in one call of the engine.

PyRadiomics makes an image after another and an object of each class for it. Where nobody sees these
steps (`_parts`), the engine takes them together: the same numbers under the same names, the same
lines in the logs. What it cannot take, or refuses, is left to the steps, and so is what there is to
say about that.
"""

from __future__ import annotations

import functools
import json
import logging
from types import SimpleNamespace
from typing import Any, NamedTuple

import numpy
import SimpleITK as sitk

from radiomics_rs import _core

from . import _binning, _engine, _parts, _regions, _registry, _responses, _settings, imageoperations
from ._grids import NO_PLACE

logger = logging.getLogger("radiomics.featureextractor")
_of_images = logging.getLogger("radiomics.imageoperations")

#: What is asked for in any case: whether there are bins for the values is PyRadiomics' to say.
_EXTREMES = ("intensity_statistics.minimum", "intensity_statistics.maximum")
#: Doubts about the region whatever the image, which shape is the first one to have.
_OF_REGION = ("single_slice", "small_region")
#: Settings that an image type cannot have of its own here: the region is that of all.
_COMMON = {"label", "threads", "doubts", "known", "direct", "partly", "voxelBased"}


class Asked(NamedTuple):
    """A feature class and what is asked of it."""

    name: str
    logger: logging.Logger
    rows: list[Any]
    """The features, in order; those that are calculated no more are left out."""
    deprecated: list[str]
    """Names asked for that are better not."""
    remarks: list[Any]
    """Methods that say something about a feature."""


class Planned(NamedTuple):
    """An image type."""

    name: str
    custom: Any
    arguments: dict[str, Any]
    plan: list[Any] | None
    """Responses and remarks; None if the type is left to the steps."""
    key: str
    """The engine's settings, as JSON."""


class Found(NamedTuple):
    """What the engine gives for a response."""

    values: dict[str, float]
    doubts: list[str]


def features(extractor, image, masks, box, settings):
    """The features of a region, or None if the steps are to be taken one by one.

    `masks` are those of shape and of all else, `box` is that of the latter, as `checkMask` has it.
    """
    try:
        made = _Extraction(extractor, image, masks, box, settings)
        if not made.is_possible():
            return None
        made.compute()
    except (ValueError, RuntimeError):
        # The steps say what is wrong, when it is its turn.
        return None
    return made.told()


class _Extraction:
    """One region, all its images."""

    def __init__(self, extractor, image, masks, box, settings):
        self.extractor, self.image, self.box, self.settings = extractor, image, box, settings
        self.shape_mask, self.mask = masks
        self.found: dict[tuple[str, str], Found] = {}
        known = _registry.feature_classes()
        enabled = extractor.enabledFeatures
        names = [name for name in enabled if not name.startswith("shape") and name in known]
        self.asked = [_asked(name, enabled[name]) for name in names]
        # In one slice, textures are not aggregated as shape is.
        planar = _settings.get(settings, "force2D")
        together = not planar and self.shape_mask is self.mask and "shape2D" not in enabled
        self.shape = _asked("shape", enabled["shape"]) if "shape" in enabled and together else None

    def is_possible(self) -> bool:
        """Whether there is something to take together."""
        if self.image.GetDimension() != 3 or not self.asked:
            return False
        types = self.extractor.enabledImagetypes.items()
        self.types = [self._planned(name, custom) for name, custom in types]
        return any(one.plan is not None for one in self.types)

    def _planned(self, name, custom) -> Planned:
        own = _settings.typed_all(custom or {})
        arguments = {**self.settings, **own}
        try:
            if _COMMON & own.keys():
                raise _responses.Unplanned
            plan = _responses.of(name, self.image, arguments)
            return Planned(name, custom, arguments, plan, self._key(plan, arguments))
        except _responses.Unplanned:
            return Planned(name, custom, arguments, None, "")

    def _key(self, plan, arguments) -> str:
        sizes = (self.box[1::2] - self.box[0::2] + 1)[::-1]
        wanted = dict.fromkeys(_EXTREMES)
        for asked in self.asked:
            _engine.check_directions(asked.name, sizes, arguments)
            wanted |= dict.fromkeys(_engine.native_name(asked.name, row.name) for row in asked.rows)
        classes = [asked.name for asked in self.asked]
        axis = _settings.get(arguments, "force2Ddimension")
        native = _engine.native_settings(classes, arguments, list(wanted), axis)
        single = [
            one.name for one in plan if isinstance(one, _responses.Response) and one.is_single
        ]
        if "bin_number" in native and single:
            if single != ["original"]:
                # Their edges are only known when there are values.
                raise _responses.Unplanned
            _engine.single_edges(native, self._values())
        own = {name: ["", *_engine.aggregations(name, arguments)] for name in classes}
        return json.dumps({"settings": native, "aggregations": own})

    def _values(self):
        image, mask = (sitk.GetArrayViewFromImage(of) for of in (self.image, self.mask))
        box = self.box[0::2][::-1], self.box[1::2][::-1]
        inside = _regions.crop(mask, box) == _settings.get(self.settings, "label")
        return _regions.crop(image, box)[inside]

    def compute(self) -> None:
        """Have the engine compute everything."""
        groups: dict[tuple[str, str], list[tuple[Planned, _responses.Response]]] = {}
        parts: dict[str, Any] = {}
        for one in self.types:
            responses = [r for r in one.plan or () if isinstance(r, _responses.Response)]
            if responses and (of_type := self._parts(one)):
                parts[one.name] = of_type
            for response in responses:
                alone = one.name if one.name in parts else ""
                groups.setdefault((one.key, alone), []).append((one, response))
        if not groups:
            self.shape = None
        for number, ((key, alone), members) in enumerate(groups.items()):
            shape = self.shape if number == 0 else None
            if alone:
                self._compute_group(
                    key, members, shape, functools.partial(_regions.only, parts=parts[alone])
                )
            else:
                window = self._window({one.name: one for one, _ in members}.values())
                self._compute_group(key, members, shape, lambda array, window=window: array[window])

    def _parts(self, one):
        """The parts of the image that a type sees past its borders, None unless they are small."""
        make = getattr(imageoperations, f"get{one.name}Image")
        if not hasattr(make, "reach"):
            return None
        reach = make.reach(self.image, one.arguments)
        return _regions.round_border(self.image, self.box, reach) if reach.periodic else None

    def _compute_group(self, key, members, shape, cut) -> None:
        filters = json.dumps([response.filter for _, response in members])
        names = tuple(row.name for row in shape.rows) if shape else ()
        engine = _compiled(key, filters, names)
        image, mask = (cut(sitk.GetArrayViewFromImage(of)) for of in (self.image, self.mask))
        geometry = (self.image.GetSpacing()[::-1], *NO_PLACE)
        label = int(_settings.get(self.settings, "label"))
        (((rows, doubts),),) = _core.extract(
            [("original", image, geometry)],
            [("", mask, geometry, [label])],
            engine.settings,
            threads=_engine.threads(self.settings),
        )
        codes: dict[str, list[str]] = {}
        for code, _, image_name, _ in doubts:
            codes.setdefault(image_name, []).append(code)
        of_region = [code for code in codes.get("original", ()) if code in _OF_REGION]
        if shape:
            values = {name: _value(engine.shape[name], rows) for name in names}
            self.found["", "shape"] = Found(values, of_region)
        for (one, response), (image_name, places) in zip(members, engine.images, strict=True):
            minimum, maximum = (rows[places["", key][1]][1] for key in _EXTREMES)
            if _settings.get(one.arguments, "binCount") is None:
                width = _settings.get(one.arguments, "binWidth")
                _binning.check_bins(minimum, maximum, width)
            values = {key: _value(place, rows) for key, place in places.items()}
            of_image = [code for code in codes.get(image_name, ()) if code not in _OF_REGION]
            self.found[one.name, response.name] = Found(values, [*of_region, *of_image])

    def _window(self, types):
        """The part of the image that the filters of some types see, as slices (z, y, x)."""
        lower, upper = self.box[0::2], self.box[1::2]
        for one in types:
            if one.name == "Original":
                continue
            make = getattr(imageoperations, f"get{one.name}Image")
            if not hasattr(make, "reach"):
                return (slice(None),) * 3
            first, last = _regions.seen(
                self.image, self.box, 0, make.reach(self.image, one.arguments)
            )
            lower, upper = numpy.minimum(lower, first), numpy.maximum(upper, last)
        ends = zip(lower[::-1].tolist(), upper[::-1].tolist(), strict=True)
        return tuple(slice(first, last + 1) for first, last in ends)

    def told(self) -> dict[str, Any]:
        """The features by their names; the log has what the steps would have said."""
        vector: dict[str, Any] = {}
        if self.shape:
            values, doubts = self.found["", "shape"]
            _say_deprecated(self.shape)
            logger.info("Computing shape")
            _engine.tell(self.shape.logger, self.settings, doubts)
            vector |= {f"original_shape_{row.name}": values[row.name] for row in self.shape.rows}
        else:
            of_shape = self.extractor.computeShape
            vector |= of_shape(self.image, self.shape_mask, self.box, **self.settings)
        region = (self.image, self.mask, self.box, 0)
        for one in self.types:
            if one.plan is None:
                vector |= self.extractor._featuresOf(one.name, one.custom, region, self.settings)
                continue
            logger.info('Adding image type "%s" with custom settings: %s', one.name, one.custom)
            for item in one.plan:
                if isinstance(item, _responses.Remark):
                    _of_images.log(item.level, item.text, *item.arguments)
                else:
                    vector |= self._told_of_response(one, item.name)
        return vector

    def _told_of_response(self, one, name):
        logger.info("Calculating features for %s image", name)
        values, doubts = self.found[one.name, name]
        for asked in self.asked:
            _say_deprecated(asked)
        vector = {}
        # A class by itself is computed when it is its turn.
        if len(self.asked) > 1:
            _engine.tell(self.asked[0].logger, self.settings, doubts)
        for asked in self.asked:
            logger.info("Computing %s", asked.name)
            if len(self.asked) == 1:
                _engine.tell(asked.logger, self.settings, doubts)
            if asked.remarks:
                symmetrical = _settings.get(one.arguments, "symmetricalGLCM")
                owner = SimpleNamespace(logger=asked.logger, symmetricalGLCM=symmetrical)
                for remark in asked.remarks:
                    remark(owner)
            for row in asked.rows:
                vector[f"{name}_{asked.name}_{row.name}"] = values[asked.name, row.name]
        return vector


def _say_deprecated(asked: Asked) -> None:
    for feature in asked.deprecated:
        asked.logger.warning("Feature %s is deprecated, use with caution!", feature)


def _asked(name, enabled) -> Asked:
    cls = _registry.feature_classes()[name]
    names = _parts.feature_names[name]
    if enabled:
        unknown = [feature for feature in enabled if feature not in names]
        if unknown:
            raise ValueError(unknown)
        wanted = list(dict.fromkeys(enabled))
    else:
        wanted = [feature for feature, is_deprecated in names.items() if not is_deprecated]
    rows = [cls._rows[feature] for feature in wanted if cls._rows[feature].removed is None]
    deprecated = [feature for feature in enabled or () if names[feature]]
    remarks = [getattr(cls, row.before) for row in rows if row.before is not None]
    own = logging.getLogger(f"radiomics.{name}")
    return Asked(name, own, rows, deprecated, remarks)


def _value(place, rows):
    key, number = place
    return numpy.float64(_engine.defined(key, rows[number][1]))


class Compiled(NamedTuple):
    """Settings of the engine, and where in its rows the features are."""

    settings: Any
    shape: dict[str, tuple[str, int]]
    """{feature: key of the engine's, row}."""
    images: list[tuple[str, dict[tuple[str, str], tuple[str, int]]]]
    """The same of each image, by class and feature; of the extremes, by the engine's key alone."""


@functools.lru_cache(maxsize=32)
def _compiled(key: str, filters: str, shape: tuple[str, ...]) -> Compiled:
    given = json.loads(key)
    native, own = given["settings"], given["aggregations"]
    if shape:
        native["features"] += [_engine.native_name("shape", name) for name in shape]
        native["aggregations"] = list(dict.fromkeys([*native["aggregations"], "3D"]))
        own["shape"] = ["", "3D"]
    native["filters"] = json.loads(filters)
    settings = _core.Settings(**native)
    of_shape: dict[str, dict[str, int]] = {}
    images: dict[str, dict[str, dict[str, int]]] = {}
    for number, column in enumerate(_core.columns(settings, ["original"])):
        is_shape = _engine.CLASS_OF_FAMILY[column.family] == "shape"
        to = of_shape if is_shape else images.setdefault(column.image, {})
        key = f"{column.family}.{column.feature}"
        to.setdefault(key, {})[column.aggregation] = number
    if len(images) != len(native["filters"]):
        raise ValueError("two images of one name")

    def pick(of_key, feature_class):
        return next(of_key[name] for name in own[feature_class] if name in of_key)

    def places(of_image):
        found = {("", key): (key, of_image[key][""]) for key in _EXTREMES}
        for feature_class in own:
            for name, key in _engine.named(feature_class).items():
                if feature_class != "shape" and key in of_image:
                    found[feature_class, name] = key, pick(of_image[key], feature_class)
        return found

    named = _engine.named("shape")
    found = {name: (named[name], pick(of_shape[named[name]], "shape")) for name in shape}
    return Compiled(
        settings, found, [(name, places(of_image)) for name, of_image in images.items()]
    )
