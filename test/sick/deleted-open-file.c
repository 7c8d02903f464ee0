/* Writes a file, deletes it, keeps it open: usage [seconds] FILE MIB.
 * Ends by itself after the seconds given as first argument (120). */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
int main(int argc, char **argv) {
  if (argc < 4) return 2;
  alarm(atoi(argv[1]));
  static char block[1 << 20];
  memset(block, 'x', sizeof block);
  int file = open(argv[2], O_CREAT | O_RDWR, 0600);
  if (file < 0) return 1;
  for (int i = 0; i < atoi(argv[3]); i++)
    if (write(file, block, sizeof block) < 0) break;
  unlink(argv[2]);
  for (;;) pause();
}
