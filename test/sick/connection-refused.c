/* A client that tries again and again to reach a port on which nothing listens: usage [seconds] [port (9998)] [attempts a second (20)].
 * Ends by itself after the seconds given as first argument (120). */
#include <arpa/inet.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>
int main(int argc, char **argv) {
  alarm(argc > 1 ? atoi(argv[1]) : 120);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(argc > 2 ? atoi(argv[2]) : 9998), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  for (;;) {
    int client = socket(AF_INET, SOCK_STREAM, 0);
    connect(client, (void *)&address, sizeof address);
    close(client);
    usleep(1000000 / (argc > 3 ? atoi(argv[3]) : 20));
  }
}
