"""
An order service whose stock is refreshed by a thread that holds the lock of the stock while it waits for a warehouse that never answers: each
request for /stock then waits for that lock, in a thread of its own. Argument: the port on 127.0.0.1. Ends by itself after 10 minutes.
"""
import socket
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Warehouse:
    def __init__(self, region):
        self.region = region
        self.connection, self.silent_end = socket.socketpair()

    def fetch(self, article):
        self.connection.sendall(b'GET %s\n' % article.encode())
        return self.connection.recv(4096)


class Stock:
    def __init__(self):
        self.lock = threading.RLock()
        self.counts = {'SKU-7': 12, 'SKU-9': 0}

    def refresh(self, warehouse):
        with self.lock:
            for article, count in self.counts.items():
                answer = warehouse.fetch(article)
                self.counts[article] = int(answer)

    def of(self, article):
        with self.lock:
            return self.counts[article]


class Orders(BaseHTTPRequestHandler):
    def do_GET(self):
        article = self.path.rsplit('/', 1)[1]
        count = stock.of(article)
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b'%d\n' % count)

    def log_message(self, *_):
        pass


stock = Stock()
threading.Thread(target=stock.refresh, args=(Warehouse('eu-west'),), name='refresh', daemon=True).start()
server = ThreadingHTTPServer(('127.0.0.1', int(sys.argv[1])), Orders)
threading.Timer(600, server.shutdown).start()
server.serve_forever()
