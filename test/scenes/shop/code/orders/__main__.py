"""The orders of the shop over HTTP: python3 -m orders PORT LOGFILE"""
import json
import logging
import signal
import sys
import threading
from select import select
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from time import monotonic

from orders import routes

log = logging.getLogger("orders.http")


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.answer(b"")

    def do_POST(self):
        self.answer(self.rfile.read(int(self.headers.get("Content-Length", 0))))

    def answer(self, body):
        began = monotonic()
        customer = self.headers.get("X-Customer", "-")
        status, content = routes.serve(self.command, self.path, customer, body)
        data = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)
        took = (monotonic() - began) * 1000
        log.info("%s %s %d %.1f ms customer=%s", self.command, self.path, status, took, customer)

    def log_message(self, *_):
        """Requests are logged by answer."""


class Server(ThreadingHTTPServer):
    # A new version begins to listen before the old one ends.
    allow_reuse_port = True
    request_queue_size = 64
    daemon_threads = False

    def drain(self):
        """Ends when what has connected already has its answer."""
        self.shutdown()
        while select([self.socket], [], [], 0)[0]:
            self.handle_request()
        self.server_close()


def main(port, log_file):
    logging.basicConfig(
        filename=log_file, level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s"
    )
    server = Server(("127.0.0.1", port), Handler)
    # shutdown waits for serve_forever, which this very thread runs.
    signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=server.drain).start())
    log.info("listening on port %d", port)
    server.serve_forever(poll_interval=0.05)
    log.info("no longer listening on port %d", port)


main(int(sys.argv[1]), sys.argv[2])
