// A process whose child becomes another program when it is told to (SIGUSR2): what had its memory open a moment before looks at another one since.
//
//   becomes-another PROGRAM     prints the number of its child, and waits until its standard input ends
//   becomes-another             waits
//
// Both end after a minute, and the child with its parent.
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <unistd.h>

static volatile sig_atomic_t told;

static void tell(int signal) { told = signal; }

int main(int count, char **arguments) {
  alarm(60);
  if (count < 2)
    for (;;) pause();
  signal(SIGUSR2, tell);
  const pid_t child = fork();
  if (child == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    alarm(60);
    while (!told) usleep(1000);
    execl(arguments[1], arguments[1], (char *)0);
    return 1;
  }
  printf("%d\n", child);
  fflush(stdout);
  char byte;
  while (read(0, &byte, 1) > 0) continue;
  return 0;
}
