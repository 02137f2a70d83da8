"""The engines behind the same interface, and another Python for the app."""

import subprocess
import sys
import venv

import pytest


@pytest.mark.parametrize("engine", ["zygote", "spawn"])
def test_both_engines_reach_the_same_verdict(grade, repository, engine):
    for name, code in (("solutions/annotated", 0), ("wrong/late-check", 1)):
        done = grade("07", repository / "graders/07-depends" / name, "--json", "--engine", engine)
        assert (done.code, done.verdict["engine"]) == (code, engine), done.err
    assert done.lost == ["runs-first", "guard-only"]


def test_a_python_without_the_learners_stack_is_told_not_blamed_on_the_submission(grade, repository, tmp_path):
    """A candidate's environment that has no FastAPI is the grader's to set up."""
    environment = tmp_path / "bare"
    venv.create(environment, with_pip=False)
    python = environment / "bin" / "python"
    done = grade("07", repository / "graders/07-depends/solutions/annotated", "--json", "--python", python)
    assert (done.code, done.verdict["state"]) == (4, "grader_error")
    assert "no fastapi and no uvicorn" in done.verdict["problem"]["message"]


@pytest.mark.engine
def test_a_python_of_another_environment_runs_the_app(grade, make_app, make_root, tmp_path):
    """The app sees that environment's packages; gradewright need not be in it."""
    environment = tmp_path / "candidate"
    venv.create(environment, with_pip=False)
    python = environment / "bin" / "python"
    packages = subprocess.run(
        [python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"], capture_output=True, text=True, check=True
    ).stdout.strip()
    ours = subprocess.run(
        [sys.executable, "-c", "import fastapi, os; print(os.path.dirname(os.path.dirname(fastapi.__file__)))"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()
    # The same packages as here, without gradewright, plus one that only the candidate has.
    subprocess.run(f"cp -r {ours}/. {packages}/ && rm -rf {packages}/*gradewright*", shell=True, check=True)
    with open(f"{packages}/only_there.py", "w") as file:
        file.write("WORD = 'candidate'\n")
    suite = """
        from gradewright.suite import point


        @point("there")
        def test_there(client, expect):
            expect.json(client.get("/"), {"word": "candidate", "grader": False}, "The candidate's package.")
    """
    app = """
        import importlib.util

        import only_there
        from fastapi import FastAPI

        app = FastAPI()

        @app.get("/")
        def root():
            return {"word": only_there.WORD, "grader": importlib.util.find_spec("gradewright.suite") is not None}
    """
    done = grade("--root", make_root(suite), "01", make_app(app), "--json", "--python", python)
    assert done.code == 0, (done.verdict["problem"], done.lost)


def test_a_python_that_is_not_there_is_a_usage_error(grade, repository):
    done = grade("07", repository / "graders/07-depends/solutions/annotated", "--python", "/no/such/python")
    assert done.code == 2
    assert "is not a Python" in done.err
