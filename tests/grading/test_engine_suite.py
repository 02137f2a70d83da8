"""What a suite's own faults, and limits, make of a grade; and whose provided modules are used. Each through a real grade."""


def test_a_hostile_reply_loses_a_point_and_a_broken_fixture_is_the_graders_error(graded, failures):
    suite = """
        import pytest

        from gradewright.suite import point


        @pytest.fixture
        def broken():
            raise RuntimeError("the fixture's own mistake")


        @point("key-error")
        def test_reads_a_key_that_is_not_there(client, expect):
            client.get("/thing").json()["nothing"]
    """
    done = graded("plain", suite)
    assert (done.code, done.lost) == (1, ["key-error"])
    assert "nothing" not in failures(done)["key-error"][0], "the suite's source must not be quoted"


def test_a_fault_of_the_suite_is_never_the_submissions(graded):
    suite = """
        import pytest

        from gradewright.suite import point


        @pytest.fixture
        def broken():
            raise RuntimeError("the fixture's own mistake")


        @point("never-judged")
        def test_with_a_broken_fixture(broken):
            pass
    """
    done = graded("plain", suite)
    assert (done.code, done.verdict["state"], done.verdict["score"]) == (4, "grader_error", 0)
    assert "the fixture's own mistake" in done.verdict["problem"]["message"]


def test_a_suite_that_skips_or_has_nothing_is_a_fault_not_a_pass(graded):
    suite = """
        import pytest

        from gradewright.suite import point


        @point("skipped")
        def test_skips():
            pytest.skip("for no reason")
    """
    done = graded("plain", suite)
    assert done.code == 4
    assert done.verdict["score"] == 0


def test_the_whole_grades_limit_keeps_what_was_judged(graded):
    suite = """
        from gradewright.suite import point

        # Whichever comes second takes too long.
        waits = [60, 0.01]


        @point("one")
        def test_one(client, expect):
            expect.status(client.get("/slow", params={"seconds": waits.pop()}), 200, "It should answer.")


        @point("two")
        def test_two(client, expect):
            expect.status(client.get("/slow", params={"seconds": waits.pop()}), 200, "It should answer.")
    """
    done = graded("plain", suite, "--total-limit", "6", "--request-limit", "60")
    assert (done.code, done.verdict["state"]) == (5, "limit")
    assert sorted(point["status"] for point in done.verdict["points"]) == ["not_run", "won"]


def test_a_request_that_takes_too_long_loses_its_point_and_only_that(graded, failures):
    suite = """
        from gradewright.suite import point


        @point("slow")
        def test_slow(client, expect):
            expect.status(client.get("/slow", params={"seconds": 30}), 200, "It should answer.")


        @point("quick")
        def test_quick(client, expect):
            expect.status(client.get("/thing"), 200, "It should answer.")
    """
    done = graded("plain", suite, "--request-limit", "1")
    assert (done.code, done.lost) == (1, ["slow"])
    assert "no reply within 1 s" in failures(done)["slow"][0]


def test_provided_modules_of_the_grader_win_over_the_learners_copies(grade, make_root, make_app):
    suite = """
        from gradewright.suite import point


        @point("twin")
        def test_twin(client, expect):
            expect.json(client.get("/"), {"who": "twin"}, "The twin should be used.")
    """
    source = """
        import store
        from fastapi import FastAPI

        app = FastAPI()

        @app.get("/")
        def who():
            return {"who": store.WHO}
    """
    folder = make_app(source, store="WHO = 'learner'")
    done = grade("--root", make_root(suite, provided={"store.py": "WHO = 'twin'\n"}), "01", folder, "--json")
    assert done.code == 0, done.err
