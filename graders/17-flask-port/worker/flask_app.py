"""The twin of flask_app.py: the same routes, and one for every other path; what that and the reports say is with the grader."""

import store
from flask import Flask, abort, g, jsonify, request

from gradewright.worker.twins import call

app = Flask(__name__)


@app.before_request
def load_user():
    g.user = request.headers.get("X-User")
    if g.user is None and request.path.startswith("/todos"):
        abort(401)


@app.get("/todos")
def list_todos():
    done = request.args.get("done")
    if done not in (None, "true", "false"):
        return jsonify(error="done is true or false"), 400
    todos = store.list_todos(g.user, None if done is None else done == "true")
    return jsonify(items=todos, total=len(todos))


@app.post("/todos")
def add_todo():
    body = request.json
    title = body["title"]
    if not 1 <= len(title) <= 100:
        return jsonify(error="a title has 1 to 100 characters"), 400
    todo = store.add_todo(g.user, title, body.get("done", False))
    return jsonify(todo), 201


def own_todo(todo_id):
    todo = store.get_todo(todo_id)
    if todo is None or todo["owner"] != g.user:
        abort(404)
    return todo


@app.get("/todos/<int:todo_id>")
def read_todo(todo_id):
    return jsonify(own_todo(todo_id))


@app.delete("/todos/<int:todo_id>")
def delete_todo(todo_id):
    own_todo(todo_id)
    store.delete_todo(todo_id)
    return "", 204


@app.get("/reports/<name>")
def report(name):
    return call("flask_app.report", name)


@app.route("/<path:rest>", methods=["GET", "POST", "PUT", "PATCH", "DELETE"])
def other(rest):
    said = [request.method, rest, request.query_string.decode(), request.get_data(as_text=True), g.user]
    text, status = call("flask_app.other", *said)
    return text, status, {"X-Served-By": "flask"}
