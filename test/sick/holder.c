/* A tool that is at a process and does not let go: attaches to the one whose number is its first argument, says "held", and waits.
 * holder PID [deaf] [SECONDS]: deaf ignores SIGHUP, SIGTERM and SIGINT. PID 0 attaches to nothing. Ends by itself after SECONDS (60). */
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>
int main(int argc, char **argv) {
  pid_t target = argc > 1 ? atoi(argv[1]) : 0;
  alarm(argc > 3 ? atoi(argv[3]) : 60);
  if (argc > 2 && !strcmp(argv[2], "deaf")) { signal(SIGHUP, SIG_IGN); signal(SIGTERM, SIG_IGN); signal(SIGINT, SIG_IGN); }
  if (target > 0) {
    if (ptrace(PTRACE_ATTACH, target, 0, 0) != 0) { perror("holder"); return 1; }
    waitpid(target, 0, __WALL);
  }
  puts("held");
  fflush(stdout);
  for (;;) pause();
}
