import java.util.ArrayList;
import java.util.List;

/** Keeps every order that it ever saw: usage [seconds (120)] [orders a second (2000)]. Ends by itself after the seconds given as first argument. */
public class OrderLeak {
  static class Order {
    final long number;
    final byte[] lines = new byte[200];

    Order(long number) {
      this.number = number;
    }
  }

  static final List<Order> kept = new ArrayList<>();

  public static void main(String[] words) throws InterruptedException {
    long seconds = words.length > 0 ? Long.parseLong(words[0]) : 120;
    int rate = words.length > 1 ? Integer.parseInt(words[1]) : 2000;
    long end = System.nanoTime() + seconds * 1_000_000_000L;
    System.out.println("takes orders");
    while (System.nanoTime() < end) {
      for (int at = 0; at < rate / 20; at++) kept.add(new Order(at));
      Thread.sleep(50);
    }
  }
}
