import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import jdk.jfr.FlightRecorder;

/**
 * What looks into a JVM, for the fault test: Carts on a thread, and one that looks at the JVM itself. Arguments: SECONDS [exit|exec|fork FILE], as for order-service.c: it ends by itself after SECONDS; the event comes once,
 * when there is such a FILE (one that was there when it began is of the program that it was before).
 *
 * Each 50 ms it writes into the file COUNTED (environment) how many carts it has priced, and what somebody has going in it: `hook` (a statement is watched), `thread` (of a snapshot, or of a
 * watch for the end), `handler` (of uncaught exceptions), `exit` (a shutdown hook), `recording`, or `nothing`. Needs --add-opens java.base/java.lang=ALL-UNNAMED. When there is a file COUNTED.probe it tells once, in COUNTED.called, how often its classes call the hook though nobody watches: 0 when they are as they were.
 */
public class CartService {
  private static final Path COUNTED = Path.of(System.getenv("COUNTED"));

  /** Becomes the same program anew by exec. */
  static native void become();

  public static void main(String[] words) throws Exception {
    long until = System.nanoTime() + Long.parseLong(words[0]) * 1_000_000_000L;
    start("carts", () -> Carts.main(new String[0]));
    if (words.length > 2 && !Files.exists(Path.of(words[2]))) start("event", () -> happen(words[1], Path.of(words[2])));
    boolean isProbed = false;
    for (; System.nanoTime() < until; Thread.sleep(50)) {
      tell("", Carts.priced + " " + going());
      if (isProbed || !Files.exists(beside(".probe"))) continue;
      isProbed = true;
      tell(".called", String.valueOf(calls()));
    }
    System.exit(0);
  }

  private static void happen(String event, Path file) throws Exception {
    while (!Files.exists(file)) Thread.sleep(5);
    if (event.equals("exit")) System.exit(7);
    if (event.equals("exec")) {
      System.load(Path.of("libbecome.so").toAbsolutePath().toString());
      become();
    }
    for (int child = 0; child < 10; child++) {
      // A child that is killed takes its parent along: whoever watches the parent sees it.
      if (new ProcessBuilder("true").start().waitFor() != 0) Runtime.getRuntime().halt(9);
      Thread.sleep(20);
    }
  }

  private static String going() throws Exception {
    Field sink = sink();
    if (sink != null && sink.get(null) != null) return "hook";
    if (hasThread("halligan-snapshot") || hasThread("halligan-end")) return "thread";
    if (Thread.getDefaultUncaughtExceptionHandler() != null) return "handler";
    if (hasHook()) return "exit";
    return FlightRecorder.isInitialized() && !FlightRecorder.getFlightRecorder().getRecordings().isEmpty() ? "recording" : "nothing";
  }

  private static int calls() throws Exception {
    Field sink = sink();
    if (sink == null) return 0;
    AtomicInteger calls = new AtomicInteger();
    sink.set(null, (Consumer<Object[]>) values -> calls.incrementAndGet());
    for (int from = Carts.priced; Carts.priced < from + 20; ) Thread.sleep(10);
    sink.set(null, null);
    return calls.get();
  }

  /** Of the hook that a first snapshot leaves in the JVM. */
  private static Field sink() throws Exception {
    try {
      return Class.forName("java.lang.HalliganHook", true, null).getField("sink");
    } catch (ClassNotFoundException none) {
      return null;
    }
  }

  /** Of ours, among those that the JVM has of its own. */
  private static boolean hasHook() throws Exception {
    Field hooks = Class.forName("java.lang.ApplicationShutdownHooks").getDeclaredField("hooks");
    hooks.setAccessible(true);
    for (Object each : ((Map<?, ?>) hooks.get(null)).keySet().toArray()) if (((Thread) each).getName().startsWith("halligan-")) return true;
    return false;
  }

  private static boolean hasThread(String name) {
    ThreadGroup all = Thread.currentThread().getThreadGroup();
    while (all.getParent() != null) all = all.getParent();
    Thread[] threads = new Thread[200];
    int count = all.enumerate(threads);
    for (int each = 0; each < count; each++) if (threads[each].getName().equals(name)) return true;
    return false;
  }

  private static void tell(String ending, String text) throws Exception {
    Files.writeString(beside(".new"), text + "\n");
    Files.move(beside(".new"), beside(ending), StandardCopyOption.ATOMIC_MOVE);
  }

  private static Path beside(String ending) {
    return Path.of(COUNTED + ending);
  }

  private interface Work {
    void run() throws Exception;
  }

  private static void start(String name, Work work) {
    Thread thread = new Thread(() -> {
      try {
        work.run();
      } catch (Exception failed) {
        throw new IllegalStateException(failed);
      }
    }, name);
    thread.setDaemon(true);
    thread.start();
  }
}
