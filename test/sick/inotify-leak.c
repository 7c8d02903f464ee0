/* A watcher that makes a new inotify instance each time and never closes one: usage [seconds] [instances (all there are)].
 * Ends by itself after the seconds given as first argument (120). */
#include <stdlib.h>
#include <sys/inotify.h>
#include <unistd.h>
int main(int argc, char **argv) {
  alarm(argc > 1 ? atoi(argv[1]) : 120);
  for (int left = argc > 2 ? atoi(argv[2]) : 900; left > 0 && inotify_init() >= 0; left--);
  for (;;) pause();
}
