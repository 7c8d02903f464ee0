/* A tap whose owner never reads it, and a sender that goes on: the queue of the interface is full and 200 packets a second are dropped.
 * Usage [seconds]. Makes the interface tap-vpn with 192.0.2.1/24 (RFC 5737, for examples); it goes with the program.
 * Ends by itself after the seconds given as first argument (120). */
#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

static struct sockaddr_in address_of(const char *text) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(9)};
  inet_pton(AF_INET, text, &address.sin_addr);
  return address;
}

/* Without ARP there is no waiting for a neighbour that is not there. */
static int bring_up(int socket, const char *name) {
  struct ifreq request = {0};
  struct sockaddr_in own = address_of("192.0.2.1"), mask = address_of("255.255.255.0");
  strcpy(request.ifr_name, name);
  memcpy(&request.ifr_addr, &own, sizeof own);
  if (ioctl(socket, SIOCSIFADDR, &request)) return -1;
  memcpy(&request.ifr_netmask, &mask, sizeof mask);
  if (ioctl(socket, SIOCSIFNETMASK, &request)) return -1;
  request.ifr_flags = IFF_UP | IFF_NOARP;
  return ioctl(socket, SIOCSIFFLAGS, &request);
}

int main(int argc, char **argv) {
  alarm(argc > 1 ? atoi(argv[1]) : 120);
  mkdir("/dev/net", 0755);
  mknod("/dev/net/tun", S_IFCHR | 0600, makedev(10, 200));
  struct ifreq request = {.ifr_flags = IFF_TAP | IFF_NO_PI};
  strcpy(request.ifr_name, "tap-vpn");
  int tap = open("/dev/net/tun", O_RDWR), sender = socket(AF_INET, SOCK_DGRAM, 0);
  struct sockaddr_in peer = address_of("192.0.2.2");
  if (tap < 0 || ioctl(tap, TUNSETIFF, &request) || bring_up(sender, request.ifr_name)) {
    perror("tap-vpn");
    return 1;
  }
  for (long sent = 0;; sent++) {
    sendto(sender, "x", 1, 0, (void *)&peer, sizeof peer);
    if (sent > 1200) usleep(5000);
  }
}
