/* Sixteen readers of one slow disk: usage [seconds] [requests a second (40)] [folder of the blkio controller (/sys/fs/cgroup/blkio)].
 * The disk is a loop device over a second one in memory (4 MiB), whose requests the control group holds back: no real disk is touched.
 * Ends by itself after the seconds given as first argument (120); both devices go with it. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/loop.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

enum { READERS = 16, BLOCK = 65536, BLOCKS = 64, LOOP_MAJOR = 7, CONTROL_MAJOR = 10, CONTROL_MINOR = 237 };

struct disk {
  char name[64];
  int device, number;
};

/* A free loop device over `backing`, which goes with its last user. The nodes are made here, since a box has none. */
static struct disk loop_over(int backing, int flags) {
  struct loop_config config = {.fd = backing, .block_size = 4096, .info.lo_flags = LO_FLAGS_AUTOCLEAR | flags};
  mknod("/dev/loop-control", S_IFCHR | 0600, makedev(CONTROL_MAJOR, CONTROL_MINOR));
  int control = open("/dev/loop-control", O_RDWR);
  /* Somebody else may take the free one first. */
  for (int attempt = 0; attempt < 20; attempt++) {
    struct disk disk = {.number = ioctl(control, LOOP_CTL_GET_FREE)};
    snprintf(disk.name, sizeof disk.name, "/dev/loop%d", disk.number);
    mknod(disk.name, S_IFBLK | 0600, makedev(LOOP_MAJOR, disk.number));
    disk.device = open(disk.name, O_RDWR);
    if (disk.device >= 0 && ioctl(disk.device, LOOP_CONFIGURE, &config) == 0) {
      close(control);
      return disk;
    }
    close(disk.device);
  }
  perror("no loop device");
  exit(1);
}

static void hold_back(struct disk disk, int requests_a_second, const char *folder) {
  char file[256];
  snprintf(file, sizeof file, "%s/blkio.throttle.read_iops_device", folder);
  FILE *throttle = fopen(file, "w");
  if (!throttle || fprintf(throttle, "%d:%d %d\n", LOOP_MAJOR, disk.number, requests_a_second) < 0 || fclose(throttle)) {
    perror(file);
    exit(1);
  }
}

static void *read_on(void *name) {
  int disk = open(name, O_RDONLY | O_DIRECT);
  char *block = aligned_alloc(BLOCK, BLOCK);
  unsigned seed = (unsigned)(size_t)block;
  while (pread(disk, block, BLOCK, (off_t)(rand_r(&seed) % BLOCKS) * BLOCK) == BLOCK) {}
  perror("read");
  exit(1);
}

int main(int argc, char **argv) {
  alarm(argc > 1 ? atoi(argv[1]) : 120);
  int memory = memfd_create("disk", 0);
  if (memory < 0 || ftruncate(memory, BLOCK * BLOCKS)) return 1;
  struct disk below = loop_over(memory, 0);
  hold_back(below, argc > 2 ? atoi(argv[2]) : 40, argc > 3 ? argv[3] : "/sys/fs/cgroup/blkio");
  struct disk above = loop_over(below.device, LO_FLAGS_DIRECT_IO);
  pthread_t thread;
  for (int i = 0; i < READERS; i++) pthread_create(&thread, NULL, read_on, above.name);
  pause();
}
