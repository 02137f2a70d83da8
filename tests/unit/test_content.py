"""Finding exercises: roots, names people type, and exercise.toml."""

import pytest

from gradewright.content.catalogue import Catalogue, find_point, parse_exercise
from gradewright.content.root import find_root
from gradewright.errors import ContentError, UnknownExercise, UnknownPoint, UsageError


@pytest.fixture
def catalogue(repository):
    return Catalogue(find_root(str(repository)))


@pytest.mark.parametrize("name", ["07-depends", "07", "7", "depends", "DEPENDS", "07-depends/", "depen"])
def test_an_exercise_is_found_by_what_people_type(catalogue, name):
    assert catalogue.resolve(name) == "07-depends"


def test_an_unknown_exercise_gets_the_closest_match(catalogue):
    with pytest.raises(UnknownExercise) as error:
        catalogue.resolve("07-dependz")
    assert error.value.hint == "did you mean 07-depends?"


def test_every_exercise_on_disk_is_complete(catalogue):
    for exercise in catalogue.all():
        assert len({point.id for point in exercise.points}) == len(exercise.points)
        for point in exercise.points:
            assert point.cooperative is False, f"{exercise.slug} {point.id} rests on self-report alone"


@pytest.mark.parametrize("name", ["P2", "p2", "2", "shared-logic"])
def test_a_point_is_found_by_number_or_id(catalogue, name):
    assert find_point(catalogue.load("07"), name).id == "shared-logic"


def test_an_unknown_point_is_told_with_the_choices(catalogue):
    with pytest.raises(UnknownPoint, match="P9"):
        find_point(catalogue.load("07"), "P9")


def test_a_field_that_is_wrong_is_named(tmp_path):
    data = {"title": "X", "level": "hard", "minutes": 5, "points": []}
    with pytest.raises(ContentError, match=r"level|points"):
        parse_exercise("01-x", data, tmp_path / "exercise.toml", "")


def test_the_nearest_ancestor_with_all_three_trees_is_the_root(tmp_path):
    for part in ("exercises", "starter", "graders"):
        (tmp_path / part).mkdir()
    deep = tmp_path / "a" / "b"
    deep.mkdir(parents=True)
    found = find_root(start=deep)
    assert (found.path, found.origin) == (tmp_path, "ancestor")


def test_without_an_ancestor_the_installed_copy_is_used(tmp_path):
    found = find_root(start=tmp_path)
    assert found.origin == "packaged"
    assert "07-depends" in Catalogue(found).slugs()


def test_a_folder_that_is_no_root_is_refused(tmp_path):
    with pytest.raises(UsageError, match="not a content root"):
        find_root(str(tmp_path))
