// A program that throws what nobody catches, once there is such a FILE: crash-throw SECONDS FILE. Ends by itself after SECONDS.
#include <chrono>
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <thread>
#include <unistd.h>
namespace shop {
struct Order { int id; std::string customer; };
__attribute__((noinline)) int price(const Order &order) {
  if (order.id > 0) throw std::out_of_range("no price for order " + std::to_string(order.id));
  return order.id;
}
}
int main(int argc, char **argv) {
  if (argc < 3) return 2;
  alarm(static_cast<unsigned>(std::atoi(argv[1])));
  while (access(argv[2], F_OK) != 0) std::this_thread::sleep_for(std::chrono::milliseconds(20));
  shop::Order order{4711, "cust-25"};
  return shop::price(order);
}
