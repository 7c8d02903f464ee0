/* Writes and syncs without a pause: usage [seconds] FILE.
 * Ends by itself after the seconds given as first argument (120). */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
int main(int argc, char **argv) {
  if (argc < 3) return 2;
  int seconds = atoi(argv[1]);
  alarm(seconds);
  static char block[1 << 20];
  memset(block, 'x', sizeof block);
  int file = open(argv[2], O_CREAT | O_RDWR | O_TRUNC, 0600);
  if (file < 0) return 1;
  unlink(argv[2]);
  for (long n = 0;; n++) {
    if (pwrite(file, block, sizeof block, (n % 512) << 20) < 0) return 1;
    fdatasync(file);
  }
}
