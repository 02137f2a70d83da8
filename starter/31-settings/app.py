"""31-settings: the brief is in README.md. Run it with `uvicorn app:app --reload`, grade it with `grade 31-settings`."""

from fastapi import FastAPI, HTTPException

app = FastAPI()

# TODO: without a good configuration the app must not start, and must say which variable is wrong


@app.get("/config")
def read_config():
    # TODO: get the settings from settings.get_settings, as a dependency
    raise HTTPException(501)
