/* A supervisor whose only child dies at once and is started again: usage [seconds] [restarts a second (10)].
 * Ends by itself after the seconds given as first argument (120). */
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>
int main(int argc, char **argv) {
  alarm(argc > 1 ? atoi(argv[1]) : 120);
  int rate = argc > 2 ? atoi(argv[2]) : 10;
  for (;;) {
    if (fork() == 0) { prctl(PR_SET_NAME, "orders-worker"); usleep(900000 / rate); _exit(1); }
    wait(0);
    usleep(100000 / rate);
  }
}
