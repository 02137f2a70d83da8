"""Where the orders are. Call it as it is; while grading, another one takes its place. Both functions have to be awaited."""

import asyncio

DELAY = 0.1
_orders = {}


async def save(order):
    """Keep an order, a dict with its "id"."""
    await asyncio.sleep(DELAY)
    _orders[order["id"]] = dict(order)


async def load(order_id):
    """Return the order of this id, or None."""
    await asyncio.sleep(DELAY)
    return _orders.get(order_id)
