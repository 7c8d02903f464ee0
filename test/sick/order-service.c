/* What tools attach to: ten threads that call process_order a thousand times a second in all, each with locals worth seeing.
 * order-service [SECONDS [exit|exec|fork FILE]]: ends by itself after SECONDS (120). The event comes once, when there is such a FILE: the process
 * ends with 7; its first thread execs it, so that it becomes order-service anew (the same number, another program in memory); or forks a child every 20 ms, ten in all, which handle
 * orders for 50 ms and end. A child that is killed takes its parent along: whoever watches the parent sees it. */
#define _GNU_SOURCE
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
struct order { int id, quantity; const char *customer; const char *password; };
static volatile long handled;
static void wait_ms(long ms) { struct timespec t = {ms / 1000, ms % 1000 * 1000000}; while (nanosleep(&t, &t)) {} }
__attribute__((noinline)) static int process_order(struct order *order, int discount) {
  int total = order->quantity * 7 - discount;
  handled += total != 0; /* break here */
  return total;
}
static volatile int becoming;
static char *self[] = {(char *)"order-service", (char *)"120", 0};
static void *serve(void *name) {
  struct order order = {0, 3, name, "hunter2"};
  for (;;) {
    order.id++;
    process_order(&order, order.id % 3);
    wait_ms(10);
    if (becoming && gettid() == getpid()) execv("/proc/self/exe", self);
  }
  return 0;
}
static const char *event = "";
static const char *file;
static pid_t mourn(pid_t child) {
  int status = 0;
  pid_t ended = waitpid(child, &status, 0);
  if (ended > 0 && WIFSIGNALED(status)) raise(SIGKILL);
  return ended;
}
static void *happen(void *unused) {
  (void)unused;
  while (access(file, F_OK) != 0) wait_ms(5);
  if (!strcmp(event, "exit")) _exit(7);
  if (!strcmp(event, "exec")) { becoming = 1; return 0; }
  for (int i = 0; i < 10; i++, wait_ms(20)) {
    pid_t child = fork();
    if (child == 0) {
      struct order order = {i, 1, "child", "hunter2"};
      for (int j = 0; j < 25; j++) { process_order(&order, 1); wait_ms(2); }
      _exit(0);
    }
    if (i % 2) mourn(child);
  }
  while (mourn(-1) > 0) {}
  return 0;
}
int main(int argc, char **argv) {
  int seconds = argc > 1 ? atoi(argv[1]) : 120;
  pthread_t thread;
  if (argc > 3) {
    event = argv[2]; file = argv[3];
    pthread_create(&thread, 0, happen, 0);
  }
  for (int i = 0; i < 9; i++) {
    pthread_create(&thread, 0, serve, "web");
    pthread_setname_np(thread, "serve");
  }
  alarm(seconds);
  serve("main");
  return 0;
}
