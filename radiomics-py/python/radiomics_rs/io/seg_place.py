"""Pixels of the frames of a DICOM segmentation, and their voxels on the grid of an image."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from radiomics_rs._aside import aside
from radiomics_rs._core import GeometryError
from radiomics_rs.io.seg_frames import COINCIDE, Frame, Segment, Segmentation
from radiomics_rs.io.voxels import Volume

#: A fraction that is at the threshold but for the rounding of a product counts as at it.
ROUNDING = 1e-12

Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]


class Placer:
    """Puts the frames of a segmentation on a grid."""

    def __init__(self, seg: Segmentation, target: Volume, threshold: float) -> None:
        """Raises GeometryError if pixels and voxels do not have the same places in a plane."""
        self._seg, self._shape, self._threshold = seg, target.voxels.shape, threshold
        self._origin = np.array(target.origin_mm)
        self._inverse = np.linalg.inv(np.array(target.direction) * target.spacing_mm)
        columns, rows = np.array(seg.orientation[3:])[::-1], np.array(seg.orientation[:3])[::-1]
        # In voxels of the grid, what a step to the next row is, and one to the next column.
        steps = self._inverse @ np.stack((columns * seg.spacing[0], rows * seg.spacing[1]), 1)
        self._axes = np.abs(steps).argmax(axis=0)
        self._signs = np.sign(steps[self._axes, range(2)]).astype(int)
        exact = np.zeros((3, 2))
        exact[self._axes, range(2)] = self._signs
        off = np.abs(steps - exact) * (max(seg.rows - 1, 1), max(seg.columns - 1, 1))
        if self._axes[0] == self._axes[1] or off.max() > COINCIDE:
            raise seg.error(self._other_plane(target, steps), GeometryError)
        self._normal = 3 - int(self._axes.sum())
        self._pixels: npt.NDArray[Any] | None = None
        self._check_twice()

    def _other_plane(self, target: Volume, steps: npt.NDArray[Any]) -> str:
        rows, columns = np.round(steps[:, 0], 5).tolist(), np.round(steps[:, 1], 5).tolist()
        return (
            f"its pixels do not lie on voxels of the image: one row further is {rows} voxels "
            f"(z, y, x), one column further {columns}; pixels of "
            f"{self._seg.spacing[0]:g} x {self._seg.spacing[1]:g} mm (between rows, between "
            f"columns) of orientation {self._seg.orientation}, voxels (z, y, x) of "
            f"{[round(s, 6) for s in target.spacing_mm]} mm of direction {target.direction}: give "
            "the image it was made on, or read it without and resample the mask"
        )

    def _start(self, frame: Frame) -> Floats:
        """Where the first pixel of a frame lies, in voxels of the grid."""
        place: Floats = self._inverse @ (np.array(frame.position)[::-1] - self._origin)
        return place

    def _check_twice(self) -> None:
        seen: dict[tuple[Any, ...], int] = {}
        for i, frame in enumerate(self._seg.frames):
            key = (frame.segment, *np.round(self._start(frame)).astype(int).tolist())
            if key in seen:
                of = "" if frame.segment is None else f" of segment {frame.segment}"
                raise self._seg.error(
                    f"frames {seen[key] + 1} and {i + 1}{of} lie at one position, "
                    f"(x, y, z) {frame.position} mm: which one counts is not said",
                    GeometryError,
                )
            seen[key] = i

    def mask(self, segment: Segment) -> tuple[Bools, int]:
        """The voxels of a segment, and how many lie outside of the grid."""
        mask = np.zeros(self._shape, np.bool_)
        outside = 0
        for frame, plane in self._planes(segment):
            held = int(np.count_nonzero(plane))
            if held:
                outside += held - self._put(mask, frame, plane)
        return mask, outside

    def _put(self, mask: Bools, frame: Frame, plane: Bools) -> int:
        """Put the pixels of a frame into the mask; gives how many that are."""
        start = self._start(frame)
        height = start[self._normal]
        if not -0.5 <= height <= self._shape[self._normal] - 0.5:
            return 0
        # In the order of the mask's axes, each running as the mask's.
        turned = plane[:: self._signs[0], :: self._signs[1]]
        back = np.array(plane.shape) - 1
        first = np.round(start).astype(int)
        off = np.abs(start - first)
        if off.max() > COINCIDE:
            self._between(frame, start)
        for pixel_axis in range(2):
            if self._signs[pixel_axis] < 0:
                first[self._axes[pixel_axis]] -= back[pixel_axis]
        axes = self._axes.tolist()
        if axes[0] > axes[1]:
            turned, axes = turned.T, axes[::-1]
        into: list[Any] = [0, 0, 0]
        into[self._normal] = int(first[self._normal])
        cut = []
        for pixel_axis, axis in enumerate(axes):
            low = max(int(first[axis]), 0)
            high = min(int(first[axis]) + turned.shape[pixel_axis], self._shape[axis])
            if low >= high:
                return 0
            into[axis] = slice(low, high)
            cut.append(slice(low - int(first[axis]), high - int(first[axis])))
        inside = turned[cut[0], cut[1]]
        mask[tuple(into)] |= inside
        return int(np.count_nonzero(inside))

    def _between(self, frame: Frame, start: Floats) -> None:
        raise self._seg.error(
            f"the frame at (x, y, z) {frame.position} mm lies between voxels of the image, at "
            f"(z, y, x) {np.round(start, 3).tolist()} in voxels (origin or slices differ): give "
            "the image it was made on, or read it without and resample the mask",
            GeometryError,
        )

    def _planes(self, segment: Segment) -> Iterator[tuple[Frame, Bools]]:
        """The frames that a segment may be in, and its pixels there."""
        seg = self._seg
        level = self._threshold * seg.maximum * (1 - ROUNDING)
        for i, frame in enumerate(seg.frames):
            if seg.kind == "LABELMAP":
                yield frame, self._frame(i) == segment.number
            elif frame.segment == segment.number:
                pixels = self._frame(i)
                yield frame, pixels >= level if seg.kind == "FRACTIONAL" else pixels != 0

    def _frame(self, i: int) -> npt.NDArray[Any]:
        """The pixels (row, column) of a frame."""
        seg = self._seg
        syntax = seg.dataset.file_meta.TransferSyntaxUID
        if seg.kind == "BINARY" and not syntax.is_compressed and syntax.is_little_endian:
            return self._bits(i)
        if self._pixels is None:
            self._pixels = self._decoded()
        found: npt.NDArray[Any] = self._pixels[i]
        return found

    def _bits(self, i: int) -> npt.NDArray[Any]:
        """A frame of one bit a pixel, the first in the lowest bit; frames share bytes."""
        size = self._seg.rows * self._seg.columns
        begin, end = i * size, (i + 1) * size
        packed = np.frombuffer(self._seg.dataset.PixelData, np.uint8)[begin // 8 : -(-end // 8)]
        bits = np.unpackbits(packed, bitorder="little")[begin % 8 :][:size]
        return bits.reshape(self._seg.rows, self._seg.columns)

    def _decoded(self) -> npt.NDArray[Any]:
        seg = self._seg
        wanted = (len(seg.frames), seg.rows, seg.columns)
        try:
            pixels = np.asarray(aside(lambda: seg.dataset.pixel_array))
        except MemoryError:
            raise
        except Exception as error:
            name = seg.dataset.file_meta.TransferSyntaxUID.name
            raise seg.error(
                f"its frames, of transfer syntax {name}, cannot be decoded: {error}"
            ) from error
        if pixels.size != np.prod(wanted):
            raise seg.error(f"its frames have shape {pixels.shape}, not {wanted}")
        return pixels.reshape(wanted)
