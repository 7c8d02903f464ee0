/* Starts short children as fast as it may, several at once: usage [seconds] [children at once (50)].
 * Ends by itself after the seconds given as first argument (120). */
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
int main(int argc, char **argv) {
  alarm(argc > 1 ? atoi(argv[1]) : 120);
  int running = 0, most = argc > 2 ? atoi(argv[2]) : 50;
  for (;;) {
    if (fork() == 0) { usleep(20000); _exit(0); }
    if (++running >= most) { wait(0); running--; }
  }
}
