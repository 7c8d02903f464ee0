/* Leaks (and touches) memory: usage [seconds] [MiB a second (50)] [most MiB (1500)].
 * Ends by itself after the seconds given as first argument (120). */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
int main(int argc, char **argv) {
  alarm(argc > 1 ? atoi(argv[1]) : 120);
  int rate = argc > 2 ? atoi(argv[2]) : 50, most = argc > 3 ? atoi(argv[3]) : 1500;
  for (int leaked = 0; leaked < most; leaked++) {
    char *page = malloc(1 << 20);
    if (page) memset(page, 1, 1 << 20);
    usleep(1000000 / rate);
  }
  for (;;) pause();
}
