import json
import os
import sqlite3
from typing import Annotated, Literal

from fastapi import Depends, FastAPI, HTTPException
from fastapi.middleware.cors import CORSMiddleware
from pydantic import BaseModel, ConfigDict, Field

import db
import payments
import security
from security import check_owner, current_admin, current_user

db.prepare()

dev = os.environ.get("APP_ENV", "prod") == "dev"
app = FastAPI(title="Shop", openapi_url="/openapi.json" if dev else None)
app.add_middleware(
    CORSMiddleware,
    allow_origins=["*"],
    allow_methods=["GET", "POST", "PATCH"],
    allow_headers=["*"],
)


Text = Annotated[str, Field(min_length=1, max_length=100)]


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Profile(Body):
    full_name: Text
    city: Text


class NewUser(Body):
    username: str = Field(min_length=3, max_length=30)
    password: str = Field(min_length=8, max_length=128)
    profile: Profile


class Login(Body):
    username: str
    password: str


class UserChange(Body):
    profile: Profile


class Item(Body):
    product_id: int
    qty: int = Field(ge=1, le=100)


class Address(Body):
    street: Text
    city: Text


class NewOrder(Body):
    items: list[Item] = Field(min_length=1, max_length=20)
    address: Address


class OrderChange(Body):
    address: Address


USER = ("id", "username", "role", "profile")
ORDER = ("id", "user_id", "items", "total", "address", "receipt")


def shown(row, keys):
    return {key: json.loads(row[key]) if key in ("profile", "items", "address") else row[key] for key in keys}


def find_user(user_id, user):
    check_owner(user, user_id)
    row = db.row("SELECT * FROM users WHERE id = ?", user_id)
    if row is None:
        raise HTTPException(404, "nobody has this id")
    return shown(row, USER)


def find_order(order_id, user):
    row = db.row("SELECT * FROM orders WHERE id = ?", order_id)
    if row is None:
        raise HTTPException(404, "nothing has this id")
    check_owner(user, row["user_id"])
    return shown(row, ORDER)


@app.get("/products")
def search_products(
    q: str = "", sort: Literal["id", "name", "price"] = "id", order: Literal["asc", "desc"] = "asc"
):
    return db.rows(
        f"SELECT id, name, price FROM products WHERE name LIKE ? ORDER BY {sort} {order}", f"%{q}%"
    )


@app.post("/register", status_code=201)
def register(body: NewUser):
    try:
        user_id = db.change(
            "INSERT INTO users (username, password_hash, profile) VALUES (?, ?, ?)",
            body.username,
            security.hash_password(body.password),
            body.profile.model_dump_json(),
        )
    except sqlite3.IntegrityError:
        raise HTTPException(409, "this name is taken")
    return shown(db.row("SELECT * FROM users WHERE id = ?", user_id), USER)


@app.post("/login")
def login(body: Login):
    security.check_limit(body.username)
    user = db.row("SELECT * FROM users WHERE username = ?", body.username)
    saved = user["password_hash"] if user else security.NOBODY
    if not security.is_right(body.password, saved) or user is None:
        security.count_failure(body.username)
        raise HTTPException(401, "wrong name or password")
    if security.is_old(saved):
        db.change("UPDATE users SET password_hash = ? WHERE id = ?", security.hash_password(body.password), user["id"])
    return {"access_token": security.make_token(user), "token_type": "bearer"}


@app.get("/users/{user_id}")
def read_user(user_id: int, user=Depends(current_user)):
    return find_user(user_id, user)


@app.patch("/users/{user_id}")
def change_user(user_id: int, body: UserChange, user=Depends(current_user)):
    find_user(user_id, user)
    db.change("UPDATE users SET profile = ? WHERE id = ?", body.profile.model_dump_json(), user_id)
    return find_user(user_id, user)


@app.get("/admin/users")
def list_users(admin=Depends(current_admin)):
    return [shown(row, USER) for row in db.rows("SELECT * FROM users ORDER BY id")]


@app.post("/orders", status_code=201)
def place_order(body: NewOrder, user=Depends(current_user)):
    total = 0
    for item in body.items:
        product = db.row("SELECT price FROM products WHERE id = ?", item.product_id)
        if product is None:
            raise HTTPException(422, "there is no such product")
        total += product["price"] * item.qty
    order_id = db.change(
        "INSERT INTO orders (user_id, items, total, address) VALUES (?, ?, ?, ?)",
        user["id"],
        json.dumps([item.model_dump() for item in body.items]),
        total,
        body.address.model_dump_json(),
    )
    return find_order(order_id, user)


@app.get("/orders/{order_id}")
def read_order(order_id: int, user=Depends(current_user)):
    return find_order(order_id, user)


@app.patch("/orders/{order_id}")
def change_order(order_id: int, body: OrderChange, user=Depends(current_user)):
    find_order(order_id, user)
    db.change("UPDATE orders SET address = ? WHERE id = ?", body.address.model_dump_json(), order_id)
    return find_order(order_id, user)


@app.post("/orders/{order_id}/pay")
def pay_order(order_id: int, user=Depends(current_user)):
    order = find_order(order_id, user)
    receipt = payments.charge(order_id, order["total"])
    db.change("UPDATE orders SET receipt = ? WHERE id = ?", receipt, order_id)
    return find_order(order_id, user)
