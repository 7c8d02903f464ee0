"""Customers and orders. An order that is asked for and was never placed is made up from its number, always the same."""
import threading
from time import sleep

# One of them has written its number without a hyphen.
CUSTOMERS = {"acme": {"tax_number": "ATU38516405"}}
ORDERS = {}
lock = threading.Lock()


def customer(name):
    return CUSTOMERS.get(name, {"tax_number": f"DE-{811000000 + len(name) * 7919}"})


def order(number, customer_name):
    sleep(0.002 + number % 7 / 1000)
    items = [{"product": number % 300, "price": 5 + number % 90, "quantity": 1 + number % 3}]
    return ORDERS.get(number, {"id": number, "customer": customer_name, "items": items})


def place(customer_name, items):
    sleep(0.004)
    with lock:
        number = 500_000 + len(ORDERS)
        ORDERS[number] = {"id": number, "customer": customer_name, "items": items}
        return ORDERS[number]
