/* Opens and closes connections to one port as fast as it may: usage [seconds] [port (9997)] [a second (2000)].
 * Ends by itself after the seconds given as first argument (120). */
#include <arpa/inet.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>
int main(int argc, char **argv) {
  int seconds = argc > 1 ? atoi(argv[1]) : 120, rate = argc > 3 ? atoi(argv[3]) : 2000, yes = 1;
  alarm(seconds);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(argc > 2 ? atoi(argv[2]) : 9997), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  int listener = socket(AF_INET, SOCK_STREAM, 0);
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  if (bind(listener, (void *)&address, sizeof address) || listen(listener, 128)) return 1;
  if (fork() == 0) {
    alarm(seconds);
    for (;;) { int served = accept(listener, 0, 0); char byte; if (served >= 0) { while (read(served, &byte, 1) > 0) {} close(served); } }
  }
  for (;;) {
    int client = socket(AF_INET, SOCK_STREAM, 0);
    connect(client, (void *)&address, sizeof address);
    close(client);
    usleep(1000000 / rate);
  }
}
