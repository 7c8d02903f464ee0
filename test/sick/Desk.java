import java.io.IOException;
import java.lang.reflect.Field;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A desk of a shop for the tests of Java: its threads wait for a lock that `refresh` holds while it sleeps, for a warehouse that answers slowly, for a notice, and one for what never comes. Arguments: EVENT FILE; when there is such a FILE,
 * the event comes on a thread `desk`: `throw` (an exception that nothing catches), `memory` (the heap is full), `exit` (System.exit), `halt` (no hook is run), `crash` (the JVM itself dies). A file FILE.exit has it exit on a thread `leave`.
 */
public class Desk {
  static final class Ledger {}

  static final Ledger ledger = new Ledger();
  static final Object bell = new Object();
  static final ReentrantLock till = new ReentrantLock();
  static final List<byte[]> kept = new ArrayList<>();

  static void refresh() throws Exception {
    synchronized (ledger) {
      Thread.sleep(120);
    }
    Thread.sleep(5);
  }

  static void book() throws Exception {
    synchronized (ledger) {
      booked++;
    }
  }

  static int booked;

  static void count() throws Exception {
    till.lock();
    try {
      Thread.sleep(60);
    } finally {
      till.unlock();
    }
  }

  static void ask(Socket warehouse) throws Exception {
    warehouse.getOutputStream().write(1);
    if (warehouse.getInputStream().read() < 0) throw new IOException("the warehouse has closed");
  }

  static void listen() throws Exception {
    synchronized (bell) {
      bell.wait(70);
    }
  }

  /** For what never comes. */
  static void wait4711() throws Exception {
    Object never = new Object();
    synchronized (never) {
      never.wait();
    }
  }

  static void sell(String event, int cart) throws Exception {
    if (event.equals("exit")) System.exit(42);
    if (event.equals("halt")) Runtime.getRuntime().halt(43);
    if (event.equals("memory")) while (true) kept.add(new byte[1 << 20]);
    if (event.equals("crash")) {
      Field field = Class.forName("sun.misc.Unsafe").getDeclaredField("theUnsafe");
      field.setAccessible(true);
      ((sun.misc.Unsafe) field.get(null)).putAddress(0, 4711);
    }
    throw new IllegalStateException("cart " + cart + " has no owner", new IOException("token=hunter2hunter2hunter2 is refused"));
  }

  private static void happen(String event, Path file) throws Exception {
    while (!Files.exists(file)) Thread.sleep(20);
    sell(event, 4711);
  }

  public static void main(String[] words) throws Exception {
    ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
    start("warehouse", () -> serve(server));
    Socket warehouse = new Socket(server.getInetAddress(), server.getLocalPort());
    start("refresh", Desk::refresh);
    start("book", Desk::book);
    start("till-1", Desk::count);
    start("till-2", Desk::count);
    start("ask", () -> ask(warehouse));
    start("listen", Desk::listen);
    start("stuck", Desk::wait4711);
    if (words.length > 1) {
      begin("desk", () -> happen(words[0], Path.of(words[1])));
      begin("leave", () -> happen("exit", Path.of(words[1] + ".exit")));
    }
    System.out.println("ready " + server.getLocalPort());
    Thread.sleep(600_000);
  }

  private static void serve(ServerSocket server) throws Exception {
    Socket asked = server.accept();
    while (asked.getInputStream().read() >= 0) {
      Thread.sleep(80);
      asked.getOutputStream().write(1);
    }
  }

  private interface Work {
    void run() throws Exception;
  }

  private static void start(String name, Work work) {
    begin(name, () -> { while (true) work.run(); });
  }

  private static void begin(String name, Work work) {
    Thread thread = new Thread(() -> run(work), name);
    thread.setDaemon(true);
    thread.start();
  }

  private static void run(Work work) {
    try {
      work.run();
    } catch (RuntimeException | Error failed) {
      throw failed;
    } catch (Exception failed) {
      throw new IllegalStateException(failed);
    }
  }
}
