from shop import store

IN_STOCK = 10


class OutOfStock(Exception):
    """There are not as many pieces as were ordered."""


def place_order(sku: str, qty: int) -> dict:
    if qty > IN_STOCK:
        raise OutOfStock(f"{qty} pieces of {sku} are not in stock")
    return {"id": store.save_order(sku, qty), "sku": sku, "qty": qty}
