/* A UDP receiver that never reads and a sender that never stops: usage [seconds] [port (9996)].
 * Ends by itself after the seconds given as first argument (120). */
#include <arpa/inet.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>
int main(int argc, char **argv) {
  alarm(argc > 1 ? atoi(argv[1]) : 120);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(argc > 2 ? atoi(argv[2]) : 9996), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  int receiver = socket(AF_INET, SOCK_DGRAM, 0), sender = socket(AF_INET, SOCK_DGRAM, 0);
  if (bind(receiver, (void *)&address, sizeof address)) return 1;
  static char block[1000];
  for (;;) { sendto(sender, block, sizeof block, 0, (void *)&address, sizeof address); usleep(500); }
}
