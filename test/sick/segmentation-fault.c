/* A program that dies of a bad memory access, and is started again by itself: usage [crashes (6)]. */
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
int main(int argc, char **argv) {
  for (int i = 0; i < (argc > 1 ? atoi(argv[1]) : 6); i++) {
    if (fork() == 0) *(volatile int *)8 = 1;
    wait(0);
    usleep(50000);
  }
  return 0;
}
