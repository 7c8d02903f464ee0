/* A service that is given orders of which not all are there: one whole, one that is null, one whose item is null and whose quantity is nothing, and one whose memory was given back.
 * bad-pointers [SECONDS]: one of them fifty times a second, in turn; ends by itself after SECONDS (120). */
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>
struct item { long id; int price; };
struct order { long id; int quantity; struct item *item; const char *text; };
static volatile long looked;
__attribute__((noinline)) static void look(struct order *order, long number) {
  looked += number + (order == 0); /* line 10 */
}
int main(int argc, char **argv) {
  static volatile struct item item = {1, 77};
  static struct order whole = {1, 5, 0, "AXE"}, empty = {2, 0, 0, ""};
  whole.item = (struct item *)&item;
  struct order *gone = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  munmap(gone, 4096);
  struct order *orders[] = {&whole, 0, &empty, gone};
  alarm(argc > 1 ? atoi(argv[1]) : 120);
  for (long i = 0;; i++) {
    __asm__ volatile("" ::"r"(orders) : "memory");
    look(orders[i % 4], i);
    usleep(20000);
  }
}
