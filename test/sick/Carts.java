import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A shop for the tests of Java: it prices a cart each millisecond, and one in ten has a negative total. */
public class Carts {
  enum State { OPEN, PAID }

  static int priced;
  final String apiToken = "tok-4711-very-secret";
  private final Map<String, Integer> stock = new HashMap<>(Map.of("AXE", 3));

  long total(Basket basket, int rate) {
    long sum = 0;
    for (Item item : basket.items) {
      int price = item.price * item.quantity;
      sum += price;
    }
    long total = sum * rate;
    priced++;
    return basket.isValid() ? total : 0;
  }

  /** So often that nobody should watch it. */
  static long hot(long seed) {
    long mixed = seed * 31 + 7;
    return mixed ^ (mixed >>> 3);
  }

  public static void main(String[] arguments) throws InterruptedException {
    Carts carts = new Carts();
    long mixed = 0;
    if (arguments.length > 0) {
      Thread burning = new Thread(() -> { for (long seed = 0; ; seed += hot(seed) & 1) seed++; }, "burning");
      burning.setDaemon(true);
      burning.start();
    }
    System.out.println("ready");
    for (int number = 0; number < 600_000; number++) {
      Basket basket = new Basket(number, number % 10 == 3 ? -2 : 2);
      mixed += carts.total(basket, 3);
      Thread.sleep(1);
    }
    System.out.println(mixed);
  }
}

class Item {
  final String sku;
  final int price;
  final int quantity;

  Item(String sku, int price, int quantity) {
    this.sku = sku;
    this.price = price;
    this.quantity = quantity;
  }
}

class Basket {
  final int id;
  final String owner = "ann";
  final String password = "hunter2";
  final Carts.State state = Carts.State.PAID;
  final BigDecimal paid = new BigDecimal("12.50");
  final List<Item> items = new ArrayList<>();

  Basket(int id, int quantity) {
    this.id = id;
    items.add(new Item("AXE", 1200, 1));
    items.add(new Item("ROPE", 900, quantity));
  }

  boolean isValid() {
    return id >= 0;
  }
}
