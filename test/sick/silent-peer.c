/* Threads of a pool that connect to a peer that swallows everything: usage [seconds] [address] [port] [connections (20)].
 * Ends by itself after the seconds given as first argument (120). */
#include <arpa/inet.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>
int main(int argc, char **argv) {
  if (argc < 4) return 2;
  alarm(atoi(argv[1]));
  int connections = argc > 4 ? atoi(argv[4]) : 20;
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(atoi(argv[3])), .sin_addr.s_addr = inet_addr(argv[2])};
  for (int at = 0; at < connections; at++) {
    int client = socket(AF_INET, SOCK_STREAM, 0);
    fcntl(client, F_SETFL, O_NONBLOCK);
    connect(client, (void *)&address, sizeof address);
  }
  for (;;) pause();
}
