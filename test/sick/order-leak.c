/* Keeps every order that it ever saw: in the heap by its first thread, in an arena of malloc by its second: usage [seconds (120)] [orders a second (2000)].
 * Ends by itself after the seconds given as first argument. */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct order {
  struct order *next;
  char lines[1000];
};

static int rate = 2000;

static void keep_orders(struct order **kept) {
  for (;;) {
    for (int i = 0; i < rate / 20; i++) {
      struct order *order = malloc(sizeof *order);
      if (!order) continue;
      memset(order, 1, sizeof *order);
      order->next = *kept;
      *kept = order;
    }
    usleep(50000);
  }
}

static void *second(void *unused) {
  static struct order *kept;
  keep_orders(&kept);
  return unused;
}

int main(int argc, char **argv) {
  static struct order *kept;
  pthread_t thread;
  alarm(argc > 1 ? atoi(argv[1]) : 120);
  if (argc > 2) rate = atoi(argv[2]);
  pthread_create(&thread, 0, second, 0);
  keep_orders(&kept);
}
