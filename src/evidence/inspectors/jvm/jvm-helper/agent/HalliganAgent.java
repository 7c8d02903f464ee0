import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.File;
import java.io.FileInputStream;
import java.io.PrintStream;
import java.lang.instrument.Instrumentation;
import java.util.HashMap;
import java.util.Map;
import java.util.zip.GZIPInputStream;

/**
 * What a JVM loads when it is asked for a snapshot; it stays in it. So it does nothing but to load the rest, from the file `classes` of a folder, by a loader of its own that goes with it: the next snapshot
 * may bring another rest. All of it is read at once, since the folder may be taken away at any moment.
 */
public final class HalliganAgent extends ClassLoader {
  private final Map<String, byte[]> classes = new HashMap<>();

  private HalliganAgent(File file) throws Exception {
    super(ClassLoader.getPlatformClassLoader());
    try (DataInputStream in = new DataInputStream(new BufferedInputStream(new GZIPInputStream(new FileInputStream(file))))) {
      for (int left = in.readInt(); left > 0; left--) {
        String name = in.readUTF();
        byte[] bytes = new byte[in.readInt()];
        in.readFully(bytes);
        classes.put(name, bytes);
      }
    }
  }

  @Override
  protected Class<?> findClass(String name) throws ClassNotFoundException {
    byte[] bytes = classes.get(name);
    if (bytes == null) throw new ClassNotFoundException(name);
    return defineClass(name, bytes, 0, bytes.length);
  }

  /** Nothing is thrown: the JVM would print it among what the program says. */
  public static void agentmain(String folder, Instrumentation instrumentation) {
    try {
      HalliganAgent loader = new HalliganAgent(new File(folder, "classes"));
      loader
          .loadClass("halligan.Snapshot")
          .getMethod("start", String.class, Instrumentation.class, byte[].class)
          .invoke(null, folder, instrumentation, loader.classes.get("java.lang.HalliganHook"));
    } catch (Throwable failed) {
      Throwable why = failed.getCause() == null ? failed : failed.getCause();
      try (PrintStream out = new PrintStream(new File(folder, "failed"), "UTF-8")) {
        out.println(why);
      } catch (Exception noRoom) {
        // Who asked sees that there is no answer.
      }
    }
  }
}
