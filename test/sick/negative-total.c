/* An order service that sells for less than nothing: three threads price some hundred orders a second, and those of the customer "ann" come out negative, since their
 * discount grows with each order.
 * negative-total [SECONDS [FILE [hot]]]: ends by itself after SECONDS (120). `audit` runs only while there is such a FILE, and then ten times a second. With `hot` one more
 * thread calls `tally` millions of times a second. */
#define _GNU_SOURCE
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <time.h>
struct item { const char *sku; int price; };
struct order { int id, quantity; const char *customer; const char *password; struct item item; };
static volatile long earned, audits, tallied;
static void wait_ms(long ms) { struct timespec t = {ms / 1000, ms % 1000 * 1000000}; while (nanosleep(&t, &t)) {} }
__attribute__((noinline)) static int price_order(struct order *order, int discount) {
  int total = order->quantity * order->item.price - discount;
  int points = discount * 3;
  (void)points;
  earned += total; /* line 19: total is known, points never used */
  return total;
}
__attribute__((noinline)) static void audit(long number) {
  audits += number; /* line 23 */
}
__attribute__((noinline)) static void tally(long number) {
  tallied += number; /* line 26 */
}
static void *serve(void *name) {
  struct order order = {0, 3, name, "hunter2", {"AXE", 7}};
  for (;;) {
    order.id++;
    price_order(&order, strcmp(name, "ann") ? 1 : order.id);
    wait_ms(10);
  }
  return 0;
}
static void *burn(void *unused) { for (long i = 0;; i++) tally(i); return unused; }
int main(int argc, char **argv) {
  static const char *customers[] = {"ann", "bob", "eve"};
  pthread_t thread;
  for (int i = 0; i < 3; i++) {
    pthread_create(&thread, 0, serve, (void *)customers[i]);
    pthread_setname_np(thread, customers[i]);
  }
  if (argc > 3) pthread_create(&thread, 0, burn, 0);
  alarm(argc > 1 ? atoi(argv[1]) : 120);
  for (long i = 0;; i++) {
    if (argc > 2 && access(argv[2], F_OK) == 0) audit(i);
    wait_ms(100);
  }
}
