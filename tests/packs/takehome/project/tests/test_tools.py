from fastapi.testclient import TestClient
from toolshed.main import create_app
from toolshed.settings import Settings


def test_no_tools_at_first(tmp_path):
    with TestClient(create_app(Settings(database=str(tmp_path / "test.db")))) as client:
        assert client.get("/tools").json() == []
