/* Two threads that each hold what the other wants, some that queue behind them, one that waits for a connection, and a main thread that waits for
 * the first to end: usage [seconds] [how many queue (3)]. An environment variable of it holds a secret, if its caller sets one.
 * Ends by itself after the seconds given as first argument (120). */
#include <arpa/inet.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>
static pthread_mutex_t orders = PTHREAD_MUTEX_INITIALIZER, stock = PTHREAD_MUTEX_INITIALIZER;
static void *take_orders(void *nothing) { pthread_mutex_lock(&orders); sleep(1); pthread_mutex_lock(&stock); return nothing; }
static void *take_stock(void *nothing) { pthread_mutex_lock(&stock); sleep(1); pthread_mutex_lock(&orders); return nothing; }
static void *accept_one(void *nothing) {
  int listener = socket(AF_INET, SOCK_STREAM, 0);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(7311), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  if (bind(listener, (void *)&address, sizeof address) || listen(listener, 8)) return nothing;
  accept(listener, 0, 0);
  return nothing;
}
int main(int argc, char **argv) {
  alarm(argc > 1 ? atoi(argv[1]) : 120);
  pthread_t first, thread;
  pthread_create(&first, 0, take_orders, 0);
  pthread_create(&thread, 0, take_stock, 0);
  pthread_create(&thread, 0, accept_one, 0);
  for (int at = argc > 2 ? atoi(argv[2]) : 3; at > 0; at--) { usleep(10000); pthread_create(&thread, 0, take_orders, 0); }
  pthread_join(first, 0);
}
