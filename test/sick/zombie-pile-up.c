/* Starts children and never waits for them: usage [seconds] [zombies (200)].
 * Ends by itself after the seconds given as first argument (120). */
#include <stdlib.h>
#include <unistd.h>
int main(int argc, char **argv) {
  alarm(argc > 1 ? atoi(argv[1]) : 120);
  for (int i = 0; i < (argc > 2 ? atoi(argv[2]) : 200); i++)
    if (fork() == 0) _exit(1);
  for (;;) pause();
}
