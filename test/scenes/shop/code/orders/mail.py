"""Mail to customers. It fails now and then, and nobody minds: it is sent again at night."""
import logging

log = logging.getLogger("orders.mail")


def confirm(order):
    try:
        send(f"orders@{order['customer']}.example", order["id"])
    except OSError:
        log.exception("mail of order %d could not be sent", order["id"])


def send(address, number):
    if number % 17 == 3:
        raise ConnectionResetError(104, f"Connection reset by peer while sending to {address}")
    log.info("mail to %s was sent", address)
