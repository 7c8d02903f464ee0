/* A server whose only thread waits for ever while requests lie in its connections: usage [seconds] [port (9997)] [connections (60)].
 * Ends by itself after the seconds given as first argument (120). */
#include <arpa/inet.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>
int main(int argc, char **argv) {
  alarm(argc > 1 ? atoi(argv[1]) : 120);
  int connections = argc > 3 ? atoi(argv[3]) : 60, on = 1;
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(argc > 2 ? atoi(argv[2]) : 9997), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  int listener = socket(AF_INET, SOCK_STREAM, 0);
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (bind(listener, (void *)&address, sizeof address) || listen(listener, connections)) return 1;
  for (int at = 0; at < connections; at++) {
    int client = socket(AF_INET, SOCK_STREAM, 0);
    if (connect(client, (void *)&address, sizeof address) || accept(listener, 0, 0) < 0) return 1;
    if (write(client, "GET / HTTP/1.1\r\nHost: shop\r\n\r\n", 32) < 0) return 1;
  }
  for (;;) pause();
}
