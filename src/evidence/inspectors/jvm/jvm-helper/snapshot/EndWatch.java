package halligan;

import java.io.File;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * A watch for what nothing of the program catches, and for its exit: by the default handler of uncaught exceptions, which passes all on to the one that was there before, and by a shutdown hook. No class is
 * changed: java.lang.Thread is in much of what the JVM has compiled, which it would throw away. It ends when the time is over, or the file `run` of its folder is gone; both are then taken out.
 */
final class EndWatch implements Thread.UncaughtExceptionHandler {
  private static final long LOOK_EVERY_MS = 200;
  private static final long LONGEST_WAIT_MS = 1_000;
  /** Exceptions that are told; a program may throw more of them. */
  private static final int MOST_TOLD = 20;
  private static final int MOST_THREADS = 100;
  private static final int MOST_CAUSES = 5;
  /** Of a message, of a name. Characters. */
  private static final int LONGEST = 1_000;
  /** The kernel keeps so much of the name of a thread. Bytes. */
  private static final int LONGEST_COMM = 15;
  /** As much as a whole region of a small heap of G1: less would free none. */
  private static final int RESERVE_BYTES = 1024 * 1024;
  /** To take out what was put in, where there is no memory for it. */
  private static final int TRIES = 50;

  /** Ready before memory is at an end. */
  private static final byte[] NO_MEMORY = line("{\"thrown\":\"java.lang.OutOfMemoryError, and there was no memory left to tell more\",\"atMs\":0,\"thread\":\"\",\"left\":0,\"frames\":[]}");
  private static final byte[] UNTOLD = line("{\"thrown\":\"what could not be told\",\"atMs\":0,\"thread\":\"\",\"left\":0,\"frames\":[]}");
  private static final byte[] REPLACED = line("{\"replaced\":true}");
  private static final byte[] RESTORED = line("{\"ended\":true,\"restored\":true}");
  private static final byte[] NOT_RESTORED = line("{\"ended\":true,\"restored\":false}");

  private final Path folder;
  private final Answer answer;
  private final int mostFrames;
  private final Field message;
  private final Field cause;
  private final Method stack;
  private final Thread hook = new Thread(this::exits, "halligan-exit");
  private final AtomicInteger told = new AtomicInteger();
  private final long begun = System.nanoTime();
  private volatile boolean isOver;
  private volatile boolean isExiting;
  private volatile Thread keeper;
  private volatile Stage stage = Stage.PREPARES;
  /** Read right before ours is set: one that the program sets while this is made ready is not lost. */
  private volatile Thread.UncaughtExceptionHandler before;
  /** For the moment in which the heap is full. */
  private volatile byte[] reserve = new byte[RESERVE_BYTES];

  private EndWatch(Path folder, Answer answer, int mostFrames, Fields fields) throws Exception {
    this.folder = folder;
    this.answer = answer;
    this.mostFrames = mostFrames;
    this.message = fields.named(Throwable.class, "detailMessage");
    this.cause = fields.named(Throwable.class, "cause");
    // What an exception of the program has in the place of getStackTrace() is not called.
    this.stack = Throwable.class.getDeclaredMethod("getOurStackTrace");
    this.stack.setAccessible(true);
  }

  static void begin(Path folder, Request request, Fields fields, Answer answer) throws Exception {
    EndWatch watch = new EndWatch(folder, answer, request.frames, fields);
    Thread.UncaughtExceptionHandler now = Thread.getDefaultUncaughtExceptionHandler();
    if (now != null && now.getClass().getName().equals(EndWatch.class.getName()))
      throw new IllegalStateException("another watch for its end is under way in it");
    watch.rehearse();
    watch.keeper = new Thread(() -> watch.keep(request.forMs), "halligan-end");
    watch.keeper.setDaemon(true);
    watch.keeper.start();
    watch.install();
  }

  /** All or nothing: who asked is told "refused" only when the JVM is as it was, or the keeper sees to it. */
  private void install() {
    try {
      before = Thread.getDefaultUncaughtExceptionHandler();
      Thread.setDefaultUncaughtExceptionHandler(this);
      Runtime.getRuntime().addShutdownHook(hook);
      answer.line("{\"watched\":[],\"end\":true}");
      stage = Stage.WATCHES;
    } catch (Throwable failed) {
      isOver = true;
      stage = isTakenBack() ? Stage.NOTHING : Stage.FAILED;
      if (stage == Stage.FAILED) answer.bytes(Answer.HALF);
      throw failed;
    }
  }

  private boolean isTakenBack() {
    try {
      return restore();
    } catch (IllegalStateException exits) {
      return Thread.getDefaultUncaughtExceptionHandler() != this;
    } catch (Throwable noMemory) {
      return false;
    }
  }

  /** What has to be loaded for it is not loaded by a thread of the program, whose memory may be at an end. */
  private void rehearse() throws Exception {
    exception(Thread.currentThread(), new IllegalStateException("rehearsal", new IllegalArgumentException()));
    exit();
    Runtime.getRuntime().removeShutdownHook(hook);
  }

  @Override
  public void uncaughtException(Thread thread, Throwable thrown) {
    if (!isOver && thread != keeper && told.incrementAndGet() <= MOST_TOLD && !isTold(thread, thrown)) {
      // The collector gives it back, and then there is memory for what is to be told.
      reserve = null;
      if (!isTold(thread, thrown)) answer.bytes(thrown instanceof OutOfMemoryError ? NO_MEMORY : UNTOLD);
    }
    passOn(thread, thrown);
  }

  private boolean isTold(Thread thread, Throwable thrown) {
    try {
      answer.line(exception(thread, thrown));
      return true;
    } catch (Throwable noMemory) {
      return false;
    }
  }

  /** As java.lang.ThreadGroup does it. */
  private void passOn(Thread thread, Throwable thrown) {
    if (before != null) before.uncaughtException(thread, thrown);
    else if (!thrown.getClass().getName().equals("java.lang.ThreadDeath")) {
      System.err.print("Exception in thread \"" + thread.getName() + "\" ");
      thrown.printStackTrace(System.err);
    }
  }

  private String exception(Thread thread, Throwable thrown) throws Exception {
    StackTraceElement[] frames = (StackTraceElement[]) stack.invoke(thrown);
    return "{\"thrown\":" + text(words(thrown)) + ",\"atMs\":" + (System.nanoTime() - begun) / 1_000_000 + "," + thread(thread.getName(), ownNumber(), frames) + "}";
  }

  /** `java.lang.IllegalStateException: no owner`, and what caused it; no method of the program is called for it. */
  private String words(Throwable thrown) throws Exception {
    StringBuilder words = new StringBuilder();
    Throwable each = thrown;
    for (int depth = 0; each != null && depth < MOST_CAUSES; depth++) {
      String says = (String) message.get(each);
      words.append(depth == 0 ? "" : ", caused by ").append(each.getClass().getName()).append(says == null ? "" : ": " + says);
      Throwable next = (Throwable) cause.get(each);
      each = next == each ? null : next;
    }
    return words.toString();
  }

  /** A shutdown hook: the thread that ends the JVM waits until it has run. */
  private void exits() {
    try {
      if (!isOver) answer.line(exit());
    } catch (Throwable noMemory) {
      // It ends all the same.
    }
    isExiting = true;
  }

  private String exit() {
    Map<String, Integer> numbers = numbers();
    List<String> others = new ArrayList<>();
    String by = null;
    for (Map.Entry<Thread, StackTraceElement[]> each : Thread.getAllStackTraces().entrySet()) {
      String name = each.getKey().getName();
      StackTraceElement[] frames = each.getValue();
      int at = shutdownIn(frames);
      boolean isIt = by == null && (at >= 0 || name.equals("DestroyJavaVM"));
      if (name.startsWith("halligan-") || frames.length == 0 && !isIt || !isIt && others.size() >= MOST_THREADS) continue;
      StackTraceElement[] shown = at < 0 ? frames : java.util.Arrays.copyOfRange(frames, at, frames.length);
      String told = thread(name, numbers.getOrDefault(comm(name), 0), shown);
      if (isIt) by = told;
      else others.add("{" + told + "}");
    }
    return "{\"exits\":true,\"atMs\":" + (System.nanoTime() - begun) / 1_000_000 + (by == null ? "" : "," + by) + ",\"others\":[" + String.join(",", others) + "]}";
  }

  /** The outermost frame of the shutdown itself: `System.exit` of the calls that lead to it. */
  private static int shutdownIn(StackTraceElement[] frames) {
    for (int at = frames.length - 1; at >= 0; at--) {
      String type = frames[at].getClassName();
      String method = frames[at].getMethodName();
      boolean isExit = method.equals("exit") && (type.equals("java.lang.System") || type.equals("java.lang.Runtime"));
      if (isExit || type.equals("java.lang.Shutdown") || type.startsWith("java.lang.Terminator")) return at;
    }
    return -1;
  }

  private String thread(String name, int number, StackTraceElement[] frames) {
    List<String> told = new ArrayList<>();
    for (int at = 0; at < Math.min(mostFrames, frames.length); at++) told.add(Watch.frame(frames[at]));
    return "\"thread\":" + text(name) + (number > 0 ? ",\"number\":" + number : "") + ",\"left\":" + (frames.length - told.size())
        + ",\"frames\":[" + String.join(",", told) + "]";
  }

  /** Of the thread that runs; 0 where /proc does not say it. */
  private static int ownNumber() {
    try {
      Path own = Files.readSymbolicLink(Paths.get("/proc/thread-self"));
      return Integer.parseInt(own.getFileName().toString());
    } catch (Exception none) {
      return 0;
    }
  }

  /** Numbers of threads by the names that the kernel has of them, where no other has the same. */
  private static Map<String, Integer> numbers() {
    Map<String, Integer> numbers = new HashMap<>();
    File[] threads = new File("/proc/self/task").listFiles();
    for (File each : threads == null ? new File[0] : threads) {
      try {
        String name = new String(Files.readAllBytes(each.toPath().resolve("comm")), StandardCharsets.ISO_8859_1).replaceFirst("\n$", "");
        numbers.merge(name, Integer.parseInt(each.getName()), (one, other) -> 0);
      } catch (Exception ended) {
        // It has no number any more.
      }
    }
    return numbers;
  }

  private static String comm(String name) {
    byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
    return new String(bytes, 0, Math.min(LONGEST_COMM, bytes.length), StandardCharsets.ISO_8859_1);
  }

  private static byte[] line(String json) {
    return (json + "\n").getBytes(StandardCharsets.UTF_8);
  }

  private static String text(String text) {
    return Answer.quoted(text.length() <= LONGEST ? text : text.substring(0, LONGEST) + "…");
  }

  /** On a thread of its own, which goes on where there is no memory for the moment. */
  private void keep(long forMs) {
    File run = folder.resolve("run").toFile();
    boolean isTime = false;
    long waitMs = LOOK_EVERY_MS;
    while (stage == Stage.PREPARES) LockSupport.parkNanos(LOOK_EVERY_MS * 1_000_000);
    if (stage == Stage.NOTHING) return;
    while (!isTime && stage == Stage.WATCHES) {
      // Not await(): without memory that would not come back before the exit (AbstractQueuedSynchronizer.acquireOnOOME).
      LockSupport.parkNanos(waitMs * 1_000_000);
      // The hook tells what is to be told.
      if (isExiting) return;
      isTime = System.nanoTime() - begun >= forMs * 1_000_000;
      try {
        if (!run.exists()) break;
      } catch (Throwable noMemory) {
        // Each try has the JVM collect its whole heap.
        waitMs = LONGEST_WAIT_MS;
      }
    }
    isOver = true;
    reserve = null;
    for (int tries = 0; tries < TRIES; tries++) {
      try {
        answer.bytes(restore() ? RESTORED : NOT_RESTORED);
        return;
      } catch (IllegalStateException exits) {
        return;
      } catch (Throwable noMemory) {
        LockSupport.parkNanos(LOOK_EVERY_MS * 1_000_000);
      }
    }
  }

  /** A handler that the program has set meanwhile stays. May be called again, where it did not come to its end. */
  private boolean restore() {
    Thread.UncaughtExceptionHandler now = Thread.getDefaultUncaughtExceptionHandler();
    if (now == this) Thread.setDefaultUncaughtExceptionHandler(before);
    else if (now != before) answer.bytes(REPLACED);
    // Refused once the JVM exits: so it comes last.
    Runtime.getRuntime().removeShutdownHook(hook);
    return !Runtime.getRuntime().removeShutdownHook(hook) && Thread.getDefaultUncaughtExceptionHandler() != this;
  }
}
