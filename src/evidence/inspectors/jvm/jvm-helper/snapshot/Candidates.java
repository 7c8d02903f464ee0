package halligan;

import java.io.InputStream;
import java.lang.instrument.Instrumentation;
import java.util.ArrayList;
import java.util.List;

/** Loaded classes in which the statement may be. Those of the JDK itself are never changed. */
final class Candidates {
  /** Classes that are changed at once; whose files are read to know their source. */
  private static final int MOST = 50;
  private static final int MOST_READ = 20_000;
  private static final long LONGEST_NANOS = 2_000_000_000L;

  private Candidates() {}

  /** By the names of classes, which is enough nearly always. */
  static List<Class<?>> named(Request request, Instrumentation instrumentation) {
    List<Class<?>> found = new ArrayList<>();
    for (Class<?> each : ofProgram(instrumentation)) if (isNamed(each.getName(), request)) found.add(each);
    return found.subList(0, Math.min(MOST, found.size()));
  }

  /** A class need not have the name of its file: the files of all classes tell their source. */
  static List<Class<?>> inFile(Request request, Instrumentation instrumentation, Editor editor) {
    List<Class<?>> found = new ArrayList<>();
    if (request.file == null) return found;
    String base = request.file.substring(request.file.lastIndexOf('/') + 1);
    List<Class<?>> own = ofProgram(instrumentation);
    long begun = System.nanoTime();
    for (Class<?> each : own.subList(0, Math.min(own.size(), MOST_READ))) {
      if (found.size() >= MOST || System.nanoTime() - begun > LONGEST_NANOS) break;
      try (InputStream in = each.getClassLoader().getResourceAsStream(each.getName().replace('.', '/') + ".class")) {
        if (in != null && base.equals(editor.sourceOf(in.readAllBytes())) && isInFolder(each.getName(), request.file)) found.add(each);
      } catch (Throwable unreadable) {
        // It is not found, then.
      }
    }
    return found;
  }

  private static List<Class<?>> ofProgram(Instrumentation instrumentation) {
    List<Class<?>> own = new ArrayList<>();
    for (Class<?> each : instrumentation.getAllLoadedClasses()) if (isOfProgram(each, instrumentation)) own.add(each);
    return own;
  }

  private static boolean isOfProgram(Class<?> type, Instrumentation instrumentation) {
    ClassLoader loader = type.getClassLoader();
    return loader != null && loader != ClassLoader.getPlatformClassLoader() && !type.isArray() && !type.isPrimitive()
        && type.getName().indexOf('/') < 0 && !type.getName().equals("HalliganAgent") && instrumentation.isModifiableClass(type);
  }

  /** `Cart` of `src/shop/Cart.java`, with what is within it; of a function the class that was named. */
  private static boolean isNamed(String name, Request request) {
    if (request.owner != null) {
      String asked = request.owner;
      String dotted = name.replace('$', '.');
      boolean isIt = name.equals(asked) || dotted.equals(asked) || name.endsWith("." + asked) || dotted.endsWith("." + asked);
      if (!isIt || request.file == null) return isIt;
    }
    String base = request.file.substring(request.file.lastIndexOf('/') + 1);
    String stem = base.indexOf('.') < 0 ? base : base.substring(0, base.indexOf('.'));
    String inPackage = name.substring(name.lastIndexOf('.') + 1);
    int inner = inPackage.indexOf('$', 1);
    String outer = inner < 0 ? inPackage : inPackage.substring(0, inner);
    return (outer.equals(stem) || outer.equals(stem + "Kt")) && isInFolder(name, request.file);
  }

  /** Folders that were typed end as the package does, as far as both go; sources that lie otherwise are found by the bare name. */
  private static boolean isInFolder(String name, String file) {
    int end = file.lastIndexOf('/');
    if (end < 0) return true;
    String folder = "/" + file.substring(0, end);
    int last = name.lastIndexOf('.');
    String ofClass = last < 0 ? "" : "/" + name.substring(0, last).replace('.', '/');
    return folder.endsWith(ofClass) || ofClass.endsWith(folder);
  }
}
