import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.security.Permission;
import java.util.Arrays;

/**
 * A watch for the end of this program itself that fails for want of a thread, one that fails half way, and one that does not; in all of them the program sets a handler of its own while it is made ready. Argument: a folder with a file `request`.
 * Prints what becomes of it. A security manager, which Java 17 still has, is asked before each step.
 */
public final class HalfWay {
  private static final int TRIES = 200;

  private static final class Own implements Thread.UncaughtExceptionHandler {
    @Override
    public void uncaughtException(Thread thread, Throwable thrown) {}
  }

  private static Own own;
  private static boolean isReady;
  private static String refuses = "thread";

  public static void main(String[] words) throws Exception {
    Path folder = Paths.get(words[0]);
    System.setSecurityManager(new SecurityManager() {
      @Override
      public void checkPermission(Permission permission) {
        String name = permission.getName();
        // All stacks are taken once when it is made ready.
        if (name.equals("getStackTrace")) {
          own = new Own();
          Thread.setDefaultUncaughtExceptionHandler(own);
        }
        if (!name.equals("shutdownHooks")) return;
        // The first time it takes out a hook that is not there; then it puts its own in.
        if (isReady) refuse("hook");
        isReady = true;
      }

      @Override
      public void checkAccess(ThreadGroup group) {
        if (isReady) refuse("thread");
      }

      private void refuse(String what) {
        if (!what.equals(refuses)) return;
        refuses = "";
        throw new SecurityException("no " + what);
      }
    });
    Files.createFile(folder.resolve("run"));
    for (String each : new String[] {"thread", "hook"}) {
      refuses = each;
      isReady = false;
      halligan.Snapshot.start(folder.toString(), null, null);
      System.out.println("own handler " + isOwn() + ", keeper " + isKept(false));
    }
    halligan.Snapshot.start(folder.toString(), null, null);
    System.out.println("own handler " + isOwn() + ", keeper " + isKept(true));
    Files.delete(folder.resolve("run"));
    System.out.println("own handler after it " + (!isKept(false) && isOwn()));
    System.out.print(Files.readString(folder.resolve("answer")));
  }

  private static boolean isOwn() {
    return own != null && Thread.getDefaultUncaughtExceptionHandler() == own;
  }

  /** Waits for that; whether the thread that takes all back is there. */
  private static boolean isKept(boolean wanted) throws Exception {
    boolean is = !wanted;
    for (int tries = 0; is != wanted && tries < TRIES; tries++) {
      Thread[] threads = new Thread[100];
      int count = Thread.enumerate(threads);
      is = Arrays.stream(threads, 0, count).anyMatch(thread -> thread.getName().equals("halligan-end"));
      if (is != wanted) Thread.sleep(50);
    }
    return is;
  }
}
