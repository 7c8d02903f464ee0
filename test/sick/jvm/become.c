/* What a JVM cannot do by itself: CartService execs its own program with its own arguments. Compiled without the headers of JNI, of which it needs nothing. */
#include <fcntl.h>
#include <unistd.h>
void Java_CartService_become(void *environment, void *type) {
  (void)environment, (void)type;
  static char words[65536];
  static char *argv[1024];
  int file = open("/proc/self/cmdline", O_RDONLY | O_CLOEXEC), count = 0;
  ssize_t length = read(file, words, sizeof words - 1);
  for (ssize_t at = 0; at < length && count < 1023; at++)
    if (at == 0 || words[at - 1] == 0) argv[count++] = words + at;
  execv("/proc/self/exe", argv);
}
