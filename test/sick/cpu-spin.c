/* A process that burns one CPU per child: usage [seconds] [children].
 * Ends by itself after the seconds given as first argument (120). */
#include <stdlib.h>
#include <unistd.h>
int main(int argc, char **argv) {
  alarm(argc > 1 ? atoi(argv[1]) : 120);
  int children = argc > 2 ? atoi(argv[2]) : 1;
  for (int i = 1; i < children; i++)
    if (fork() == 0) { alarm(argc > 1 ? atoi(argv[1]) : 120); break; }
  for (volatile unsigned long n = 0;; n++) {}
}
