/* A process that notices when it stands still: ten threads, one of which wakes each half millisecond (SCHED_FIFO where that is allowed) and keeps the
 * longest time between two awakenings in a file that others read: heartbeat FILE SECONDS. Layout of FILE, each of 8 bytes: longest gap in ns (written
 * here, set to 0 by who reads), 1 where it is SCHED_FIFO. The other threads handle orders as in test/sick/order-service.c. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>
static volatile uint64_t *shared;
struct order { int id, quantity; const char *customer; };
static volatile long handled;
static void wait_ns(long ns) { struct timespec t = {0, ns}; nanosleep(&t, 0); }
__attribute__((noinline)) static int process_order(struct order *order, int discount) {
  int total = order->quantity * 7 - discount;
  handled += total != 0;
  return total;
}
static void *serve(void *unused) {
  struct order order = {0, 3, "web"};
  (void)unused;
  for (;;) { order.id++; process_order(&order, order.id % 3); wait_ns(10000000); }
  return 0;
}
static uint64_t now(void) { struct timespec t; clock_gettime(CLOCK_MONOTONIC, &t); return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec; }
static void *beat(void *unused) {
  struct sched_param first = {.sched_priority = 10};
  (void)unused;
  shared[1] = pthread_setschedparam(pthread_self(), SCHED_FIFO, &first) == 0;
  uint64_t last = now();
  for (;;) {
    wait_ns(500000);
    uint64_t at = now();
    if (at - last > shared[0]) shared[0] = at - last;
    last = at;
  }
  return 0;
}
int main(int argc, char **argv) {
  if (argc < 3) return 2;
  int file = open(argv[1], O_RDWR | O_CREAT | O_TRUNC, 0600);
  if (file < 0 || ftruncate(file, 4096) != 0) return 1;
  shared = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  alarm((unsigned)atoi(argv[2]));
  pthread_t thread;
  pthread_create(&thread, 0, beat, 0);
  for (int i = 0; i < 8; i++) pthread_create(&thread, 0, serve, 0);
  serve(0);
}
