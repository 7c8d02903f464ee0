/* Children that wait uninterruptibly: each calls vfork() and its child sleeps: usage [seconds] [tasks (20)].
 * Ends by itself after the seconds given as first argument (120). */
#define _DEFAULT_SOURCE
#include <stdlib.h>
#include <unistd.h>
int main(int argc, char **argv) {
  int seconds = argc > 1 ? atoi(argv[1]) : 120;
  alarm(seconds + 1);
  for (int i = 0; i < (argc > 2 ? atoi(argv[2]) : 20); i++)
    if (fork() == 0) {
      /* The parent of a vfork waits in state D until the child ends or executes something (vfork(2)). */
      if (vfork() == 0) { alarm(seconds); for (;;) pause(); }
      _exit(0);
    }
  for (;;) pause();
}
