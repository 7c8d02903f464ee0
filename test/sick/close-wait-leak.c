/* A server that never closes connections which its peers have closed: usage [seconds] [port (9998)] [sockets (300)].
 * Ends by itself after the seconds given as first argument (120). */
#include <arpa/inet.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>
int main(int argc, char **argv) {
  int seconds = argc > 1 ? atoi(argv[1]) : 120, sockets = argc > 3 ? atoi(argv[3]) : 300, yes = 1;
  alarm(seconds);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(argc > 2 ? atoi(argv[2]) : 9998), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  int listener = socket(AF_INET, SOCK_STREAM, 0);
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  if (bind(listener, (void *)&address, sizeof address) || listen(listener, 128)) return 1;
  for (int i = 0; i < sockets; i++) {
    int client = socket(AF_INET, SOCK_STREAM, 0);
    if (connect(client, (void *)&address, sizeof address)) return 1;
    if (accept(listener, 0, 0) < 0) return 1;
    close(client);
  }
  for (;;) pause();
}
