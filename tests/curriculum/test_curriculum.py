"""No statement of the source documents is lost, and the map names only points that exist."""

from tests.curriculum.page import REPOSITORY, catalogue, render, statements


def test_page_is_up_to_date():
    assert (REPOSITORY / "docs" / "curriculum.md").read_text(encoding="utf-8") == render(), "python -m tests.curriculum"


def test_every_statement_has_a_point_or_a_reason():
    assert [entry["id"] for entry in statements() if not entry["points"] and not entry.get("note")] == []


def test_points_named_exist():
    exercises = catalogue()
    unknown = []
    for entry in statements():
        for name in entry["points"]:
            number, _slash, point = name.removesuffix("†").partition("/")
            if number not in exercises or point not in exercises[number][1]:
                unknown.append((entry["id"], name))
    assert unknown == []


def test_every_point_of_the_catalogue_is_asked_for():
    asked = {name.removesuffix("†") for entry in statements() for name in entry["points"]}
    idle = [f"{number}/{point}" for number, (_slug, points) in catalogue().items() for point in sorted(points)]
    assert [name for name in idle if name not in asked] == []
