/* A tool to be lent to a box, no sick program: attaches to each thread of a process, says where it stands in the form of eu-stack -p PID, and lets go.
 * eu-stack itself cannot be linked statically without the static libraries of elfutils. Ends at once. */
#define _GNU_SOURCE
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <elf.h>
#ifdef __x86_64__
#define AT(registers) (registers).rip
#else
#define AT(registers) (registers).pc
#endif
int main(int argc, char **argv) {
  const char *pid = "";
  for (int i = 1; i + 1 < argc; i++)
    if (!strcmp(argv[i], "-p")) pid = argv[i + 1];
  char folder[64];
  snprintf(folder, sizeof folder, "/proc/%s/task", pid);
  DIR *tasks = opendir(folder);
  if (!tasks) return 1;
  printf("PID %s - process\n", pid);
  for (struct dirent *task; (task = readdir(tasks));) {
    int tid = atoi(task->d_name), status;
    if (tid <= 0 || ptrace(PTRACE_ATTACH, tid, 0, 0) != 0) continue;
    if (waitpid(tid, &status, __WALL) != tid) continue;
    struct user_regs_struct registers = {0};
    struct iovec all = {&registers, sizeof registers};
    ptrace(PTRACE_GETREGSET, tid, NT_PRSTATUS, &all);
    ptrace(PTRACE_DETACH, tid, 0, 0);
    printf("TID %d:\n#0  0x%016llx lent_frame - /lent\n", tid, (unsigned long long)AT(registers));
  }
  return 0;
}
