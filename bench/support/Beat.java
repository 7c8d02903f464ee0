import java.io.IOException;

/** Wakes each millisecond, beside ten threads that wait; a line of standard input is answered with the longest time between two wakes since the last one, in microseconds. */
public class Beat {
  private static volatile long worst;

  public static void main(String[] arguments) throws IOException {
    for (int number = 0; number < 10; number++) {
      Thread waiting = new Thread(() -> sleep(600_000), "waiting-" + number);
      waiting.setDaemon(true);
      waiting.start();
    }
    Thread beats = new Thread(Beat::beat, "beats");
    beats.setDaemon(true);
    beats.start();
    System.out.println("ready");
    for (int read = System.in.read(); read >= 0; read = System.in.read()) {
      System.out.println(worst / 1000);
      worst = 0;
    }
  }

  private static void beat() {
    for (long last = System.nanoTime(); ; ) {
      sleep(1);
      long now = System.nanoTime();
      worst = Math.max(worst, now - last);
      last = now;
    }
  }

  private static void sleep(long milliseconds) {
    try {
      Thread.sleep(milliseconds);
    } catch (InterruptedException ended) {
      throw new IllegalStateException(ended);
    }
  }
}
