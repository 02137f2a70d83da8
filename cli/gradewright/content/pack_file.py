"""pack.toml: the name of a pack, and the version of the suite API that it was written for."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, ValidationError

from gradewright.content.fields import explain
from gradewright.content.packs import FILE
from gradewright.errors import ContentError
from gradewright.model import Record

#: The version of `gradewright.suite` and of the files of an exercise. docs/suite-api.md says what each version changed.
SUITE_API = 1
#: The oldest version whose packs still grade as they did.
OLDEST_API = 1

EXAMPLE = f'name = "acme", api = {SUITE_API}'


class Pack(Record):
    """pack.toml. `api` is the version of the suite API that the pack was written for."""

    name: Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
    api: Annotated[int, Field(ge=1, strict=True)]
    title: str = ""


def read_pack(folder: Path) -> Pack:
    """Return the pack.toml in `folder`. Raises ContentError, also where it asks for a version that this program has not."""
    path = folder / FILE
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ContentError(f"{folder} has no {FILE}.", hint=f"write one: {EXAMPLE}") from None
    except OSError as error:
        raise ContentError(f"{path} could not be read: {error.strerror}.") from None
    except ValueError as error:
        raise ContentError(f"{path} is not TOML: {error}.", hint=f"write it as {EXAMPLE}") from None
    _check_version(path, data)
    try:
        return Pack.model_validate(data)
    except ValidationError as error:
        said, hint = explain(error, Pack, data)
        raise ContentError(f"{path}: {said}.", hint=hint or f"for example {EXAMPLE}") from None


def _check_version(path: Path, data: dict[str, Any]) -> None:
    """Look at the version before anything else: a pack for another version may have other fields."""
    from gradewright import __version__

    wanted = data.get("api")
    if not isinstance(wanted, int) or isinstance(wanted, bool) or wanted < 1:
        return
    mine = f"Gradewright {__version__} has version {SUITE_API}"
    if wanted > SUITE_API:
        raise ContentError(
            f"{path}: the pack was written for version {wanted} of the suite API, and {mine}.",
            hint="pip install -U gradewright",
        )
    if wanted < OLDEST_API:
        raise ContentError(
            f"{path}: the pack was written for version {wanted} of the suite API, and {mine}, which no longer runs it.",
            hint="its authors change it as docs/suite-api.md says under Versions",
        )
