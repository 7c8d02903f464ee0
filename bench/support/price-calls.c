/* What a call costs while somebody watches it: every 2 ms `price` is called, and how long that took is written down (nanoseconds, one after another; the first 8 bytes of the
 * file count them). price-calls FILE SECONDS */
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>
static volatile long earned;
static int64_t now(void) { struct timespec t; clock_gettime(CLOCK_MONOTONIC, &t); return t.tv_sec * 1000000000LL + t.tv_nsec; }
__attribute__((noinline)) static int price(int id, int discount) {
  int total = id % 7 - discount;
  earned += total; /* line 13 */
  return total;
}
int main(int argc, char **argv) {
  if (argc < 3) return 2;
  enum { MOST = 1000000 };
  int file = open(argv[1], O_RDWR | O_CREAT, 0600);
  if (file < 0 || ftruncate(file, 8 * (MOST + 1))) return 1;
  int64_t *took = mmap(0, 8 * (MOST + 1), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  if (took == MAP_FAILED) return 1;
  alarm(atoi(argv[2]));
  for (int i = 1; i <= MOST; i++) {
    struct timespec pause = {0, 2000000};
    nanosleep(&pause, 0);
    int64_t began = now();
    price(i, i % 3);
    took[i] = now() - began;
    took[0] = i;
  }
  return 0;
}
