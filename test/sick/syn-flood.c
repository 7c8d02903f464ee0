/* Asks itself for connections in the name of hosts that are not there, and never confirms one: usage ADDRESS [seconds] [port (9995)] [backlog (1100)].
 * ADDRESS is the box's own; the names are 5 others of its /24, at .201 to .205, which must lead nowhere: an answer that cannot be sent, or
 * that somebody refuses, frees its place. Sends backlog + 100 packets at once, then 50 a second, through loopback only.
 * Ends by itself after the seconds given as second argument (120). */
#include <arpa/inet.h>
#include <netinet/ip.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct pseudo_header {
  uint32_t from, to;
  uint8_t zero, protocol;
  uint16_t length;
};
struct checked {
  struct pseudo_header pseudo;
  struct tcphdr tcp;
};

static uint16_t checksum(const struct checked *part) {
  uint16_t words[sizeof *part / 2];
  uint32_t sum = 0;
  memcpy(words, part, sizeof words);
  for (size_t i = 0; i < sizeof words / sizeof *words; i++) sum += words[i];
  while (sum >> 16) sum = (sum & 0xffff) + (sum >> 16);
  return (uint16_t)~sum;
}

static void ask(int wire, struct sockaddr_in to, unsigned number) {
  uint32_t from = htonl((ntohl(to.sin_addr.s_addr) & 0xffffff00) | (201 + number % 5));
  struct checked part = {.pseudo = {from, to.sin_addr.s_addr, 0, IPPROTO_TCP, htons(sizeof part.tcp)},
                         .tcp = {.source = htons(10000 + number / 5 % 50000), .dest = to.sin_port, .seq = htonl(number), .doff = 5, .syn = 1, .window = htons(1024)}};
  part.tcp.check = checksum(&part);
  struct {
    struct iphdr ip;
    struct tcphdr tcp;
  } packet = {.ip = {.version = 4, .ihl = 5, .ttl = 64, .protocol = IPPROTO_TCP, .saddr = from, .daddr = to.sin_addr.s_addr, .tot_len = htons(sizeof packet)}, .tcp = part.tcp};
  sendto(wire, &packet, sizeof packet, 0, (void *)&to, sizeof to);
}

int main(int argc, char **argv) {
  if (argc < 2) return 2;
  alarm(argc > 2 ? atoi(argv[2]) : 120);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(argc > 3 ? atoi(argv[3]) : 9995)};
  unsigned backlog = argc > 4 ? atoi(argv[4]) : 1100, number = 0;
  if (inet_pton(AF_INET, argv[1], &address.sin_addr) != 1) return 2;
  int listener = socket(AF_INET, SOCK_STREAM, 0), wire = socket(AF_INET, SOCK_RAW, IPPROTO_RAW);
  if (wire < 0 || bind(listener, (void *)&address, sizeof address) || listen(listener, backlog)) return 1;
  while (number < backlog + 100) ask(wire, address, number++);
  for (;;) {
    ask(wire, address, number++);
    usleep(20000);
  }
}
