/* Listens with a tiny backlog, never accepts, and connects to itself until the queue is full: usage [seconds] [port (9999)] [backlog (4)].
 * Ends by itself after the seconds given as first argument (120). */
#include <arpa/inet.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>
int main(int argc, char **argv) {
  alarm(argc > 1 ? atoi(argv[1]) : 120);
  int backlog = argc > 3 ? atoi(argv[3]) : 4, yes = 1;
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(argc > 2 ? atoi(argv[2]) : 9999), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  int listener = socket(AF_INET, SOCK_STREAM, 0);
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  if (bind(listener, (void *)&address, sizeof address) || listen(listener, backlog)) return 1;
  for (;;) {
    for (int i = 0; i < backlog + 20; i++) {
      int client = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
      if (client < 0) break;
      connect(client, (void *)&address, sizeof address);
    }
    sleep(1);
  }
}
