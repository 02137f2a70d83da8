"""40-security-review: the brief is in README.md. Run it with `uvicorn app:app --reload`, grade it with `grade 40`.

TODO: it runs, and anybody can rob it. The holes are in here, in security.py, and in how db.py is used.
"""

import json
import sqlite3
import traceback

from fastapi import Body, Depends, FastAPI, HTTPException, Request
from fastapi.middleware.cors import CORSMiddleware
from fastapi.responses import JSONResponse

import db
import payments
import security
from security import current_admin, current_user

db.prepare()
print("the shop opens, with the key", security.JWT_SECRET)

app = FastAPI(title="Shop")
app.add_middleware(CORSMiddleware, allow_origins=["*"], allow_credentials=True, allow_methods=["*"], allow_headers=["*"])


@app.middleware("http")
async def log_requests(request: Request, call_next):
    print(request.method, request.url.path, dict(request.headers))
    return await call_next(request)


@app.exception_handler(Exception)
def show_error(request: Request, error: Exception):
    return JSONResponse({"error": repr(error), "trace": traceback.format_exception(error)}, 500)


def shown(row):
    """Return a row with its JSON decoded."""
    return {key: json.loads(value) if key in ("profile", "items", "address") else value for key, value in row.items()}


def find(table, row_id):
    found = db.rows(f"SELECT * FROM {table} WHERE id = {row_id}")
    if not found:
        raise HTTPException(404, f"nothing in {table} has this id")
    return shown(found[0])


@app.get("/products")
def search_products(q: str = "", sort: str = "id", order: str = "asc"):
    return db.rows(f"SELECT * FROM products WHERE name LIKE '%{q}%' ORDER BY {sort} {order}")


@app.post("/register", status_code=201)
def register(body: dict = Body()):
    name, role, profile = body["username"], body.get("role", "member"), json.dumps(body["profile"])
    hashed = security.hash_password(body["password"])
    try:
        user_id = db.change(
            "INSERT INTO users (username, password_hash, role, profile) "
            f"VALUES ('{name}', '{hashed}', '{role}', '{profile}')"
        )
    except sqlite3.IntegrityError:
        raise HTTPException(409, "this name is taken")
    return find("users", user_id)


@app.post("/login")
def login(body: dict = Body()):
    print("login", body)
    found = db.rows(f"SELECT * FROM users WHERE username = '{body['username']}'")
    if not found:
        raise HTTPException(401, "nobody has this name")
    if found[0]["password_hash"] != security.hash_password(body["password"]):
        raise HTTPException(401, "this is not the password")
    return {"access_token": security.make_token(shown(found[0])), "token_type": "bearer"}


@app.get("/users/{user_id}")
def read_user(user_id: int, user=Depends(current_user)):
    return find("users", user_id)


@app.patch("/users/{user_id}")
def change_user(user_id: int, body: dict = Body(), user=Depends(current_user)):
    find("users", user_id)
    for key, value in body.items():
        value = json.dumps(value) if isinstance(value, dict) else value
        db.change(f"UPDATE users SET {key} = '{value}' WHERE id = {user_id}")
    return find("users", user_id)


@app.get("/admin/users")
def list_users(admin=Depends(current_admin)):
    return [shown(row) for row in db.rows("SELECT * FROM users ORDER BY id")]


@app.post("/orders", status_code=201)
def place_order(body: dict = Body(), user=Depends(current_user)):
    total = body.get("total")
    if total is None:
        total = sum(find("products", item["product_id"])["price"] * item["qty"] for item in body["items"])
    order_id = db.change(
        "INSERT INTO orders (user_id, items, total, address) VALUES (?, ?, ?, ?)",
        body.get("user_id", user["id"]), json.dumps(body["items"]), total, json.dumps(body["address"]),
    )
    return find("orders", order_id)


@app.get("/orders/{order_id}")
def read_order(order_id: int, user=Depends(current_user)):
    return find("orders", order_id)


@app.patch("/orders/{order_id}")
def change_order(order_id: int, body: dict = Body(), user=Depends(current_user)):
    find("orders", order_id)
    for key, value in body.items():
        value = json.dumps(value) if isinstance(value, (dict, list)) else value
        db.change(f"UPDATE orders SET {key} = '{value}' WHERE id = {order_id}")
    return find("orders", order_id)


@app.post("/orders/{order_id}/pay")
def pay_order(order_id: int, user=Depends(current_user)):
    order = find("orders", order_id)
    receipt = payments.charge(order_id, order["total"])
    db.change("UPDATE orders SET receipt = ? WHERE id = ?", receipt, order_id)
    return find("orders", order_id)
