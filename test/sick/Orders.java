import java.util.concurrent.locks.ReentrantLock;

/** A small shop for the tests of Java: two threads in a deadlock, three that wait for a lock, one that computes. */
public class Orders {
  static final Object stock = new Object();
  static final Object ledger = new Object();

  static void reserve(Object first, Object second) {
    synchronized (first) {
      pause(200);
      synchronized (second) {
        System.out.println("never");
      }
    }
  }

  static long price(int items) {
    long total = 0;
    for (int item = 0; item < items; item++) total += item % 7;
    return total;
  }

  static void pause(long ms) {
    try {
      Thread.sleep(ms);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  public static void main(String[] args) {
    new Thread(() -> reserve(stock, ledger), "reserve-1").start();
    new Thread(() -> reserve(ledger, stock), "reserve-2").start();
    ReentrantLock lock = new ReentrantLock();
    lock.lock();
    for (int each = 0; each < 3; each++) new Thread(lock::lock, "pool-" + each).start();
    Thread pricing = new Thread(() -> { while (true) price(100000); }, "pricing \"hot\"");
    pricing.setDaemon(true);
    pricing.start();
    pause(600);
    System.out.println("ready");
    pause(1_000_000);
  }
}
