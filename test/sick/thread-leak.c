/* A process whose threads never end: usage [seconds] [threads (1000)] [milliseconds from one to the next (0)].
 * Ends by itself after the seconds given as first argument (120). */
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>
static void *wait_for_ever(void *nothing) { for (;;) pause(); return nothing; }
int main(int argc, char **argv) {
  alarm(argc > 1 ? atoi(argv[1]) : 120);
  pthread_attr_t small;
  pthread_attr_init(&small);
  pthread_attr_setstacksize(&small, 65536);
  int pause_ms = argc > 3 ? atoi(argv[3]) : 0;
  for (int at = argc > 2 ? atoi(argv[2]) : 1000; at > 0; at--) { pthread_t thread; if (pthread_create(&thread, &small, wait_for_ever, 0)) break; if (pause_ms) usleep(1000 * pause_ms); }
  for (;;) pause();
}
