/* Three threads at work, until one of them brings the process down: what --on-crash waits for, and what a core is taken of.
 * crash-later SECONDS HOW [FILE]: once there is such a FILE (at once without one) a thread called "pricing" dies HOW: segfault (it reads through a null pointer),
 * abort, assert, exit (exit(3) with 3), handled (the segfault again, with a handler that repairs nothing and raises it anew). Ends by itself after SECONDS. */
#define _GNU_SOURCE
#include <assert.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
struct order { int id, quantity; const char *customer; const char *password; };
static const char *how = "", *file;
static volatile int none;
static void wait_ms(long ms) { struct timespec t = {ms / 1000, ms % 1000 * 1000000}; while (nanosleep(&t, &t)) {} }
static void again(int number) { signal(number, SIG_DFL); raise(number); }
__attribute__((noinline)) static int price_order(struct order *order, const int *prices) {
  int total = order->quantity * 7;
  if (!strcmp(how, "abort")) abort();
  if (!strcmp(how, "assert")) assert(total < none);
  if (!strcmp(how, "exit")) exit(3);
  return total + prices[0]; /* prices is null */
}
static void *pricing(void *unused) {
  struct order order = {4711, 3, "cust-25", "hunter2"};
  (void)unused;
  while (file && access(file, F_OK) != 0) wait_ms(5);
  printf("%d\n", price_order(&order, 0));
  return 0;
}
static void *serve(void *unused) { (void)unused; for (;;) wait_ms(50); return 0; }
int main(int argc, char **argv) {
  pthread_t thread;
  if (argc < 3) return 2;
  how = argv[2];
  file = argc > 3 ? argv[3] : 0;
  if (!strcmp(how, "handled")) signal(SIGSEGV, again);
  alarm((unsigned)atoi(argv[1]));
  pthread_create(&thread, 0, serve, 0);
  pthread_create(&thread, 0, pricing, 0);
  pthread_setname_np(thread, "pricing");
  serve(0);
  return 0;
}
