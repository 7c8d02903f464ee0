/* Ten threads, one of which (named hot-loop) spins while the others and main sleep.
 * Ends by itself after the seconds given as first argument (120). */
#define _GNU_SOURCE
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>
static void *idle(void *unused) { (void)unused; for (;;) sleep(1); }
static void *spin(void *unused) { (void)unused; for (volatile unsigned long n = 0;; n++) {} }
int main(int argc, char **argv) {
  alarm(argc > 1 ? atoi(argv[1]) : 120);
  pthread_t thread;
  for (int i = 0; i < 8; i++) pthread_create(&thread, 0, idle, 0);
  pthread_create(&thread, 0, spin, 0);
  pthread_setname_np(thread, "hot-loop");
  for (;;) pause();
}
