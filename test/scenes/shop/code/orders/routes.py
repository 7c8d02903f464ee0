"""What is answered to which path: (status, content)."""
import json
import logging
import re
from itertools import count

from orders import invoices, mail, store

log = logging.getLogger("orders.routes")
places = count(1)


def serve(method, path, customer, body):
    if method == "POST" and path == "/api/orders":
        return place(customer, json.loads(body))
    found = re.fullmatch(r"/api/orders/(\d+)(/invoice)?", path)
    if method != "GET" or not found:
        log.warning("no route for %s %s", method, path)
        return 404, {"error": "not found"}
    order = store.order(int(found[1]), customer)
    return show_invoice(order) if found[2] else (200, order)


def place(customer, items):
    order = store.place(customer, items)
    log.info("order %d of %s was placed, %d items", order["id"], customer, len(items))
    if next(places) % 11 == 0:
        log.warning("payment provider answered after %d ms", 900 + order["id"] % 700)
    mail.confirm(order)
    return 201, order


def show_invoice(order):
    try:
        invoice = invoices.write(order)
    except Exception:
        log.exception("invoice of order %d for customer %s could not be written", order["id"], order["customer"])
        return 500, {"error": "internal error"}
    log.info("invoice %s was written, %.2f EUR", invoice["number"], invoice["total"])
    return 200, invoice
