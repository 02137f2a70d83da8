from dataclasses import asdict, dataclass
from typing import Any

from .store import get_order, get_user, save_order


class ShopError(Exception):
    pass


class Unknown(ShopError, LookupError):
    pass


class OutOfStock(ShopError):
    pass


@dataclass
class Placed:
    id: int
    sku: str
    qty: int


def place_order(sku: str, qty: int) -> dict[str, Any]:
    if qty <= 10:
        return asdict(Placed(save_order(sku, qty), sku, qty))
    raise OutOfStock(sku)


def find_user(user_id: int) -> dict[str, Any]:
    return _known(get_user(user_id))


def find_order(order_id: int) -> dict[str, Any]:
    return _known(get_order(order_id))


def _known(found: dict[str, Any] | None) -> dict[str, Any]:
    if found is None:
        raise Unknown
    return found
