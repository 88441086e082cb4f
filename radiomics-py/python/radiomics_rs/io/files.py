"""Files: the one reader of images for both interfaces.

SimpleITK decodes all but plain NIfTI, which is read here. Whether a file is what it says is looked
at here, a format or kind a module; what SimpleITK has to say about it is not passed on.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any, TypeVar

import numpy.typing as npt

from radiomics_rs._aside import aside
from radiomics_rs._core import GeometryError, ReadError
from radiomics_rs._simpleitk import sitk
from radiomics_rs.io import nifti
from radiomics_rs.io.decoded import Decoded, decoded
from radiomics_rs.io.directions import wrong_directions
from radiomics_rs.io.errors import NATIVE, Checked, Door, File, as_utf_8, check_kind
from radiomics_rs.io.quiet import own_locale, quiet
from radiomics_rs.io.shortage import is_shortage, memory, require

#: Of a compressed file that many bytes hold any header.
HEAD = 4096
#: How often a reader may hold the voxels at once.
COPIES = 2
T = TypeVar("T")

#: In the order in which they are asked, by content where there is a mark: the name of the format,
#: SimpleITK's of who decodes what is not decompressed here, and the module that looks at it.
FORMATS: tuple[tuple[str, str, str], ...] = (
    ("DICOM", "", "dicom"),
    ("NRRD", "NrrdImageIO", "nrrd"),
    ("TIFF", "", "tiff"),
    ("picture", "", "pictures"),
    ("MetaImage", "MetaImageIO", "metaimage"),
    ("NIfTI", "NiftiImageIO", "nifti"),
    ("GIPL, MRC, VTK, HDF5 or MINC", "", "rarer"),
)


def read_sitk(path: str | os.PathLike[str], role: str = "image", door: Door = NATIVE) -> sitk.Image:
    """The image in a file of any format that SimpleITK reads, or in a folder of one DICOM series.

    `role` says in messages what the file is for, `door` what becomes of what is noticed. Raises
    FileNotFoundError or another OSError, ReadError for a file that is cut off, damaged or of
    another kind, GeometryError or OutOfMemoryError, all naming the path.
    """
    image = _opened(path, role, door, by_sitk=True)
    return image.image() if isinstance(image, Decoded) else image


def read_decoded(
    path: str | os.PathLike[str], role: str = "image", door: Door = NATIVE
) -> sitk.Image | Decoded:
    """The same without SimpleITK, or without its copy of voxels, where we read as it does."""
    return _opened(path, role, door, by_sitk=False)


def _opened(
    path: str | os.PathLike[str], role: str, door: Door, *, by_sitk: bool
) -> sitk.Image | Decoded:
    name = file_name(path, role)
    mode = Path(name).stat().st_mode
    check_kind(mode, role, name)
    with memory(f"to read {role} {name}"):
        if stat.S_ISDIR(mode):
            from radiomics_rs.io import dicom

            image = _translated(name, role, "DICOM", lambda: dicom.read_series(name, role, door))
        else:
            image = _read_file(name, role, door, by_sitk=by_sitk)
    check_place(image, f"{role} {name}", door)
    return image


def expanded(path: Any) -> Any:
    """A path whose `~` is the user's folder; what is no path is given back as it is."""
    if isinstance(path, str | os.PathLike):
        text = os.fspath(path)
        if isinstance(text, str) and (text == "~" or text[:2] in ("~/", f"~{os.sep}")):
            return os.path.expanduser(text)  # noqa: PTH111 Path would turn "~//a" into "~/a"
    return path


def file_name(path: str | os.PathLike[str], role: str) -> str:
    """The path as a text.

    Raises ReadError for a name that SimpleITK cannot take, as that would end the process.
    """
    name = os.fsdecode(path)
    try:
        taken = as_utf_8(name)
    except UnicodeError:
        shown = os.fsencode(name).decode("utf-8", "backslashreplace")
        raise ReadError(
            f"cannot read {role} {shown}: its name is not in UTF-8: rename it"
        ) from None
    if "\0" in taken:
        raise ReadError(f"cannot read {role} {taken!r}: there is a NUL in the name")
    return name


def check_place(image: sitk.Image | Decoded, what: str, door: Door) -> None:
    """Check where an image says that its voxels lie: `what` is what messages call it."""
    for name, numbers in (("spacing", image.GetSpacing()), ("origin", image.GetOrigin())):
        wrong = [v for v in numbers if not abs(v) < float("inf") or (name == "spacing" and v <= 0)]
        if wrong:
            raise GeometryError(
                f"the {name} of {what} is (x, y, z) {numbers} mm: give finite numbers"
                + (" above 0" if name == "spacing" else "")
            )
    n = image.GetDimension()
    direction = image.GetDirection()
    found = wrong_directions([direction[row * n : (row + 1) * n] for row in range(n)])
    if found is not None:
        door.misplaced(
            GeometryError(
                f"the direction of {what} {found}; volumes and distances would be wrong: "
                "resample it to a straight grid"
            )
        )


def check_file(name: str, role: str) -> tuple[str, str, Checked]:
    """Check that a file is whole, as far as its format is known.

    Returns the names of the format and of who decodes it, and what is left to do. Raises as
    `read_sitk`.
    """
    with Path(name).open("rb") as stream:
        file = File(name, role, os.fstat(stream.fileno()).st_size, stream.read(HEAD))
    if file.size == 0:
        raise file.error("it is empty, of 0 bytes")
    for kind, image_io, place in FORMATS:
        # None of the others knows what is sure to be NIfTI, so that they need not be imported.
        if place != "nifti" and nifti.is_sure(file.head, name):
            continue
        module = import_module(f"radiomics_rs.io.{place}")
        if module.recognises(file.head, name):
            return kind, image_io, module.check(file)
    _check_neighbours(file)
    return "", "", Checked()


def _read_file(name: str, role: str, door: Door, *, by_sitk: bool) -> sitk.Image | Decoded:
    kind, image_io, checked = check_file(name, role)
    image = None if by_sitk or checked.read is None else checked.read()
    if image is None:
        image = _by_sitk(name, role, kind, image_io, checked.voxels)
    return image if checked.after is None else checked.after(image, door)


def _by_sitk(
    name: str, role: str, kind: str, image_io: str, voxels: npt.NDArray[Any] | None
) -> sitk.Image | Decoded:
    """The image of which SimpleITK reads the header, and the voxels too unless they are given."""
    image: sitk.Image | Decoded | None = None
    with quiet():
        if voxels is not None:
            read = partial(decoded, as_utf_8(name), image_io, voxels)
            image = _translated(name, role, kind, partial(aside, read))
        if image is None:
            if kind == "NIfTI":
                nifti.check_neighbour(name, role)
            # Asked first, as C++ without any memory may end the process instead of an error.
            require(Path(name).stat().st_size)
            whole = partial(_whole, as_utf_8(name), image_io)
            image = _translated(name, role, kind, partial(aside, whole))
    return image


def _whole(name: str, image_io: str) -> sitk.Image:
    with own_locale():
        return sitk.ReadImage(name, imageIO=image_io)


def _check_neighbours(file: File) -> None:
    """A file of no known format must not be taken for a neighbour whose name begins like it."""
    for ending in (".nii", ".nii.gz", ".hdr", ".img"):
        if Path(file.name + ending).is_file():
            raise file.error(
                f"it is of no known format; was {Path(file.name + ending).name}, beside it, meant?"
            )


def _translated(name: str, role: str, kind: str, read: Callable[[], T]) -> T:
    """What `read` gives; what it has to say in its own words is said in ours."""
    try:
        return read()
    except RuntimeError as error:
        if is_shortage(error):
            raise
        # Not every format's reader says so.
        require(COPIES * Path(name).stat().st_size)
        if kind:
            text = f"it is a {kind} file that is damaged, or of a variant that is not read"
        else:
            text = "it is of no format that is read (such as NIfTI, NRRD, MetaImage, DICOM or TIFF)"
        raise ReadError(
            f"cannot read {role} {name}: {text}; convert it to NRRD or NIfTI"
        ) from error
