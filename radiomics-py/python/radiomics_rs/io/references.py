"""What masks say of the images that they belong to."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from radiomics_rs._core import GeometryError
from radiomics_rs.io.record import Record
from radiomics_rs.io.voxels import Volume


def series_values(image: Volume) -> dict[str, Any]:
    """What the record of an image says of its DICOM series; empty for another kind of file."""
    steps = [decision.step for decision in image.record]
    return dict(image.record["series"].values) if "series" in steps else {}


def compare_frames_of_reference(
    what: str,
    own: str,
    image: Volume,
    error: Callable[[str, Any], Exception],
    *,
    ignore: bool,
) -> Record:
    """Compare frames of reference: coordinates of two are of different places.

    Args:
        what: how messages call that whose frame of reference is `own`.
        own: a UID, empty for none.
        image: with the record of where it comes from.
        error: makes an error of a text and a class.
        ignore: whether they may differ.

    Raises GeometryError.
    """
    of_image = str(series_values(image).get("frame_of_reference") or "")
    if not (own and of_image):
        text = f"not compared, as {'the image' if own else what} names none"
    elif own == of_image:
        text = "that of the image"
    elif ignore:
        text = f"{own}, not that of the image, {of_image}: ignored"
    else:
        raise error(
            f"{what} is in frame of reference {own}, and the image lies in {of_image}: "
            "the same coordinates are other places there. Register the two, or give "
            "ignore_frame_of_reference=True if you know that they are the same",
            GeometryError,
        )
    return Record().with_step("frame_of_reference", text, mask=own, image=of_image, ignored=ignore)
