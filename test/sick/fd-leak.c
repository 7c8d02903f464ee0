/* Holds all but a few of its descriptors: usage [seconds] [limit (1024)] [left free (5)].
 * Ends by itself after the seconds given as first argument (120). */
#include <fcntl.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>
int main(int argc, char **argv) {
  alarm(argc > 1 ? atoi(argv[1]) : 120);
  int limit = argc > 2 ? atoi(argv[2]) : 1024, left = argc > 3 ? atoi(argv[3]) : 5;
  struct rlimit most = {limit, limit};
  setrlimit(RLIMIT_NOFILE, &most);
  while (open("/dev/null", O_RDONLY) < limit - left - 1) {}
  for (;;) pause();
}
