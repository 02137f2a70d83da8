"""docs/github-workflow.yml: it is a workflow, and what it runs works."""

import os
import re
import subprocess
import sys

import yaml


def steps(repository):
    data = yaml.safe_load((repository / "docs/github-workflow.yml").read_text())
    # YAML 1.1 reads the key `on` as true.
    assert data[True] == ["push", "workflow_dispatch"]
    assert data["permissions"] == {"contents": "read"}
    (job,) = data["jobs"].values()
    return job


def test_it_is_the_workflow_of_the_guide(repository):
    assert "github-workflow.yml" in (repository / "docs/guide.md").read_text()
    job = steps(repository)
    for step in job["steps"]:
        assert set(step) <= {"name", "id", "uses", "with", "run", "env"}
        assert ("uses" in step) != ("run" in step)
        if "uses" in step:
            assert re.fullmatch(r"actions/[a-z-]+@v\d+", step["uses"])


def test_its_commands_grade_a_repository(repository, tmp_path):
    job = steps(repository)
    app = (repository / "graders/07-depends/wrong/copy-paste/app.py").read_text()
    (tmp_path / "app.py").write_text(app)
    scripts = [step["run"] for step in job["steps"] if "run" in step]
    assert "pip install" in scripts[0], "the only step that needs GitHub's machine"
    # Not every machine that tests has all the layers that strangers' code needs.
    shell = "\n".join(scripts[1:]).replace("--profile screen", "--profile kata")
    output, summary = tmp_path / "output", tmp_path / "summary.md"
    shell = shell.replace("${{ steps.grade.outputs.code }}", f'$(sed -n "s/^code=//p" {output})')
    shell = f'set -e\ngrade() {{ "{sys.executable}" -m gradewright "$@"; }}\n{shell}'
    env = {**os.environ, **job["env"], "GITHUB_OUTPUT": str(output), "GITHUB_STEP_SUMMARY": str(summary)}
    done = subprocess.run(["bash", "-c", shell], cwd=tmp_path, env=env, capture_output=True, text=True, timeout=100)
    assert done.returncode == 1, done.stderr
    assert "::error title=P2 " in done.stdout
    assert "9 of 11 points" in summary.read_text()
    for name in ("result.json", "junit.xml", "report.html"):
        assert (tmp_path / name).stat().st_size > 500
