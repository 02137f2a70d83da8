"""The hidden suite of 35-pagination."""

from datetime import timedelta
from math import ceil

import pytest

from gradewright.suite import point

#: Rows that a request may read besides its page and the one after it: counts and the like.
SPARE = 4


def products(client, table, expect, items, page, limit, because):
    """Ask for a page of products; it is right."""
    reply = client.get("/products", params={"page": page, "limit": limit})
    total = len(table.rows)
    numbers = {"page": page, "limit": limit, "total": total, "pages": ceil(total / limit)}
    got = expect.keys(
        reply, numbers, f"GET /products should say which page it is, and of how many. There are {total} products."
    )
    start = (page - 1) * limit
    expect.equal(table.shown(table.named()[start : start + limit]), items(got, reply, because), because, reply=reply)


@point("offset-metadata")
def test_all_pages_together_are_all_products(client, table, expect, items, nonce):
    limit = nonce.number(3, 7)
    total = limit * nonce.number(3, 5) + nonce.number(1, limit - 1)
    table.fill_same_names(total, 4)
    for page in range(1, ceil(total / limit) + 1):
        products(
            client,
            table,
            expect,
            items,
            page,
            limit,
            f"Page {page} should be its part of all products, in the order of name as the database compares texts, where "
            "capitals come before small letters, and of id where names are the same.",
        )


@point("offset-metadata")
def test_sizes_and_edges(client, table, expect, items, nonce):
    limit = nonce.number(3, 9)
    full = nonce.number(2, 4)
    because = "The last page may be full, and there is none behind it."
    for total in (limit * full, limit * full + 1, limit * full - 1, nonce.number(1, 2)):
        table.fill(total)
        last = ceil(total / limit)
        products(client, table, expect, items, last, limit, because)
        for page in (last + 1, last + nonce.number(2, 1000)):
            products(client, table, expect, items, page, limit, f"Page {page}, past the end, should be empty and 200.")


@point("offset-metadata")
def test_an_empty_table_has_no_pages(client, table, expect, items, nonce):
    limit = nonce.number(2, 50)
    products(client, table, expect, items, 1, limit, "Without any products, page 1 should be empty and 200.")
    table.fill(nonce.number(2, 9))
    products(client, table, expect, items, 1, limit, "The page should show the products that are there now.")
    table.change(add=[table.row() for _row in range(nonce.number(1, 5))])
    products(client, table, expect, items, 1, limit, "The page should show the products that are there now.")


@point("offset-metadata")
def test_page_one_of_twenty_by_default(client, table, expect, items, nonce):
    total = nonce.number(45, 70)
    table.fill(total)
    reply = client.get("/products")
    numbers = {"page": 1, "limit": 20, "total": total, "pages": ceil(total / 20)}
    got = expect.keys(reply, numbers, "GET /products without a query should be page 1 with 20 products.")
    because = "GET /products without a query should show the first 20 products."
    expect.equal(table.shown(table.named()[:20]), items(got, reply, because), because, reply=reply)


@point("bounded")
@pytest.mark.parametrize("path", ["/products", "/feed"])
def test_limit_is_from_1_to_100(client, table, expect, items, nonce, path):
    total = nonce.number(110, 130)
    table.fill(total)
    for limit in (None, 1, 100, nonce.number(2, 99)):
        because = (
            f"GET {path} should accept a limit of {limit}." if limit else f"GET {path} should show 20 products by default."
        )
        reply = client.get(path, params={"limit": limit} if limit else {})
        got = items(expect.keys(reply, {}, because), reply, because)
        count = limit or 20
        expect.that(len(got) == count, because, expected=f"{count} products", got=f"{len(got)} products", reply=reply)
    for limit in (0, 101, -nonce.number(1, 99), nonce.number(102, 100_000), nonce()):
        expect.status(
            client.get(path, params={"limit": limit}), 422, f"GET {path} should refuse a limit of {limit}: it is from 1 to 100."
        )


@point("bounded")
def test_pages_start_at_1(client, table, expect, items, nonce):
    total = nonce.number(25, 40)
    table.fill(total)
    for page, count in ((1, 20), (2, total - 20)):
        because = f"GET /products should accept page {page}."
        reply = client.get("/products", params={"page": page})
        got = items(expect.keys(reply, {}, because), reply, because)
        expect.that(len(got) == count, because, expected=f"{count} products", got=f"{len(got)} products", reply=reply)
    for page in (0, -1, -nonce.number(2, 99), nonce()):
        expect.status(
            client.get("/products", params={"page": page}), 422, f"GET /products should refuse page {page}: the first is 1."
        )


def read_few(table, reply, limit, expect, what):
    """Not more rows were read than the page needs."""
    count = table.count_read()
    expect.that(
        count <= limit + 1 + SPARE,
        f"{what} should let the database do the slicing, so that it reads no more rows than the page needs.",
        expected=f"at most {limit + 1} rows for a limit of {limit}, and up to four for counts, of {len(table.rows)}",
        got=f"{count} rows",
        reply=reply,
    )


@point("limit-in-sql")
def test_products_slices_in_the_database(client, table, expect, items, nonce):
    limit = nonce.number(2, 4)
    table.fill(nonce.number(60, 90))
    for page in (1, nonce.number(5, 8), nonce.number(12, 14)):
        table.reads.forget()
        reply = client.get("/products", params={"page": page, "limit": limit})
        because = f"GET /products should show page {page}."
        got = items(expect.keys(reply, {}, because), reply, because)
        expect.equal(table.shown(table.named()[(page - 1) * limit : page * limit]), got, because, reply=reply)
        read_few(table, reply, limit, expect, f"Page {page} of GET /products")


@point("limit-in-sql")
def test_feed_slices_in_the_database(feed, table, expect, items, nonce):
    limit = nonce.number(2, 4)
    table.fill(nonce.number(60, 90))
    cursor = None
    for page in range(1, 9):
        table.reads.forget()
        reply = feed.ask(limit, cursor)
        because = "GET /feed should show the products that follow, a page at a time."
        got = expect.keys(reply, {}, because)
        rows = table.newest()[(page - 1) * limit : page * limit]
        expect.equal(table.shown(rows), items(got, reply, because), because, reply=reply)
        read_few(table, reply, limit, expect, f"Page {page} of GET /feed")
        cursor = got.get("next_cursor")


@point("stable-cursor")
def test_the_walk_shows_everything_once(feed, table, nonce):
    size = nonce.number(5, 7)
    table.fill_same_age(4, size)
    limit = nonce.number(2, size - 1)
    last, cursor = feed.first(limit)
    while cursor is not None:
        because = "The next page should go on behind the last product: by created_at, and by id where that is the same."
        last, cursor = feed.next(limit, cursor, last, because)


@point("stable-cursor")
def test_new_and_deleted_products_shift_nothing(feed, table, nonce):
    table.fill_same_age(4, 6)
    limit = nonce.number(3, 5)
    last, cursor = feed.first(limit)
    while cursor is not None:
        newest = table.newest()[0]
        if nonce.random() < 0.5:
            fresh = [table.row(at=newest["at"] + timedelta(minutes=step)) for step in range(1, nonce.number(2, 4))]
            table.change(add=fresh)
            because = "Products that were added at the front should not shift the next page: nothing may be shown twice."
        else:
            table.change(remove=nonce.sample(before(table, last), nonce.number(1, 2)))
            because = (
                "Products that were deleted after they had been shown should not shift the next page: nothing may be missing."
            )
        last, cursor = feed.next(limit, cursor, last, because)


def before(table, last):
    """Return the rows that were shown before this one."""
    left = {row["id"] for row in table.behind(last)} | {last["id"]}
    return [row for row in table.rows if row["id"] not in left]


@point("stable-cursor")
def test_the_last_product_shown_is_deleted(feed, table, nonce):
    table.fill_same_age(4, 6)
    limit = nonce.number(2, 4)
    last, cursor = feed.first(limit)
    while cursor is not None:
        follows = table.behind(last)
        table.change(remove=[last, *follows[:1]] if len(follows) > limit and nonce.random() < 0.5 else [last])
        because = "When the last product of a page has been deleted, the next page should still start where it was."
        last, cursor = feed.next(limit, cursor, last, because)


@point("stable-cursor")
def test_products_of_the_same_instant_are_added(feed, table, nonce):
    table.fill_same_age(4, 6)
    limit = nonce.number(2, 4)
    last, cursor = feed.first(limit)
    for _page in range(4):
        table.change(add=[table.beside(last, -1), table.beside(last, 1)])
        because = "Of two new products with the created_at of the last one shown, only that with the smaller id should follow."
        limit = nonce.number(2, 4)
        last, cursor = feed.next(limit, cursor, last, because)


@point("stable-cursor")
def test_the_end_is_null(feed, table, nonce):
    feed.first(nonce.number(1, 9), "Without any products, GET /feed should be empty and 200.")
    limit = nonce.number(3, 6)
    for total in (limit, limit + 1, limit - 1):
        table.fill(total)
        feed.first(limit)
    table.fill(2 * limit)
    last, cursor = feed.first(limit)
    feed.next(limit, cursor, last, "The next page should show the products that follow.")
    table.change(remove=table.behind(last))
    feed.next(limit, cursor, last, "When nothing follows any more, the next page should be empty and 200.")
