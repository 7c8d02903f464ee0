package halligan;

import java.io.File;
import java.lang.instrument.ClassFileTransformer;
import java.lang.instrument.Instrumentation;
import java.lang.invoke.MethodHandles;
import java.lang.reflect.Field;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.security.ProtectionDomain;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/**
 * A snapshot at a statement: changes the classes that have it so that they call the hook there, waits until there were enough hits, the time is over, or the file `run` of its folder is gone, and gives the classes
 * back as they were. What it found stands in the file `answer` of the folder.
 */
public final class Snapshot {
  /** Since JDK 24 there is java.lang.classfile; the copy of ASM within the JDK went in that version. */
  private static final int CLASS_FILE_API = 24;
  private static final long LOOK_EVERY_MS = 50;
  private static final int NEAREST = 200;
  /** To give the classes back, where there is no memory for it at first: some at once, then one each second. */
  private static final int QUICK_TRIES = 20;
  private static final int TRIES = 600;
  private static final long TRY_EVERY_MS = 1_000;

  private final Path folder;
  private final Instrumentation instrumentation;
  private final Answer answer;
  private final Editor editor;
  private final Fields fields;
  /** Class files as the JVM gave them before they were changed. */
  private final Map<Class<?>, byte[]> before = new ConcurrentHashMap<>();
  private volatile String refused;
  private volatile Stage stage = Stage.PREPARES;

  private Snapshot(Path folder, Instrumentation instrumentation, Fields fields, Answer answer) throws Exception {
    this.folder = folder;
    this.instrumentation = instrumentation;
    this.answer = answer;
    this.fields = fields;
    this.editor = editor();
  }

  /** Called by HalliganAgent, which stays: this form must not change. */
  public static void start(String name, Instrumentation instrumentation, byte[] hook) throws Exception {
    Path folder = Paths.get(name);
    Answer answer = new Answer(folder.resolve("answer"));
    try {
      Fields fields = new Fields(instrumentation);
      Request request = Request.read(folder.resolve("request"), fields);
      if (request.isOfEnd) EndWatch.begin(folder, request, fields, answer);
      else new Snapshot(folder, instrumentation, fields, answer).begin(request, hook);
    } catch (Throwable failed) {
      answer.line("{\"refused\":" + Answer.quoted(String.valueOf(failed)) + "}");
    }
  }

  private Editor editor() throws Exception {
    boolean hasApi = Runtime.version().feature() >= CLASS_FILE_API;
    if (!hasApi) {
      Module ours = Snapshot.class.getModule();
      Set<Module> us = Collections.singleton(ours);
      Map<String, Set<Module>> exports = Map.of("jdk.internal.org.objectweb.asm", us, "jdk.internal.org.objectweb.asm.tree", us);
      instrumentation.redefineModule(Object.class.getModule(), Set.of(), exports, Map.of(), Set.of(), Map.of());
    }
    String name = hasApi ? "halligan.ClassFileEditor" : "halligan.AsmEditor";
    return (Editor) Class.forName(name).getDeclaredConstructor().newInstance();
  }

  private void begin(Request request, byte[] hook) throws Exception {
    if (!instrumentation.isRetransformClassesSupported()) throw new IllegalStateException("this JVM cannot change classes");
    String base = request.file == null ? null : request.file.substring(request.file.lastIndexOf('/') + 1);
    Wanted wanted = new Wanted(base, request.line, request.method);
    Field sink = hookOf(hook).getField("sink");
    Pattern secret = request.secret == null ? Pattern.compile("(?!)") : request.secret;
    Watch watch = new Watch(request, wanted, new Values(fields, secret), fields);
    watch.rehearse();
    if (sink.get(null) != null) throw new IllegalStateException("another snapshot is under way in it");
    Thread keeper = new Thread(() -> keep(request, watch, sink), "halligan-snapshot");
    keeper.setDaemon(true);
    keeper.start();
    try {
      sink.set(null, (Consumer<Object[]>) watch);
      boolean isWatched = isChanged(request, wanted, watch);
      if (!isWatched) sink.set(null, null);
      stage = isWatched ? Stage.WATCHES : Stage.NOTHING;
    } catch (Throwable failed) {
      // Who asked is told "refused" only when the classes are as they were, or the keeper sees to it.
      stage = isTakenBack(sink) ? Stage.NOTHING : Stage.FAILED;
      if (stage == Stage.FAILED) answer.bytes(Answer.HALF);
      throw failed;
    }
  }

  /** Says so, or why not. */
  private boolean isChanged(Request request, Wanted wanted, Watch watch) throws Exception {
    long from = System.nanoTime();
    List<Class<?>> candidates = Candidates.named(request, instrumentation);
    boolean isWatched = change(candidates, wanted, watch);
    if (!isWatched && refused == null) {
      List<Class<?>> others = Candidates.inFile(request, instrumentation, editor);
      others.removeAll(candidates);
      isWatched = change(others, wanted, watch);
    }
    answer.line(isWatched ? watched(wanted, watch, from) : notWatched(wanted));
    return isWatched;
  }

  private boolean isTakenBack(Field sink) {
    try {
      sink.set(null, null);
      return restore();
    } catch (Throwable noMemory) {
      return false;
    }
  }

  /** The hook that is there from an earlier snapshot, or a new one. */
  private Class<?> hookOf(byte[] bytes) throws Exception {
    try {
      return Class.forName("java.lang.HalliganHook", true, null);
    } catch (ClassNotFoundException first) {
      Set<Module> us = Collections.singleton(Snapshot.class.getModule());
      Map<String, Set<Module>> opens = Map.of("java.lang", us);
      instrumentation.redefineModule(Object.class.getModule(), Set.of(), Map.of(), opens, Set.of(), Map.of());
      return MethodHandles.privateLookupIn(Object.class, MethodHandles.lookup()).defineClass(bytes);
    }
  }

  private boolean change(List<Class<?>> candidates, Wanted wanted, Watch watch) throws Exception {
    ClassFileTransformer changing = new ClassFileTransformer() {
      @Override
      public byte[] transform(ClassLoader loader, String name, Class<?> type, ProtectionDomain domain, byte[] bytes) {
        if (type == null || !candidates.contains(type)) return null;
        try {
          byte[] changed = editor.edit(bytes, loader, wanted);
          if (changed != null) {
            before.put(type, bytes.clone());
            watch.type = type;
          }
          return changed;
        } catch (Throwable failed) {
          refused = String.valueOf(failed);
          return null;
        }
      }
    };
    if (candidates.isEmpty()) return false;
    instrumentation.addTransformer(changing, true);
    try {
      instrumentation.retransformClasses(candidates.toArray(new Class<?>[0]));
    } catch (LinkageError wrong) {
      // All of them are as they were before.
      before.clear();
      refused = String.valueOf(wrong);
    } finally {
      instrumentation.removeTransformer(changing);
    }
    return !before.isEmpty();
  }

  private String watched(Wanted wanted, Watch watch, long from) {
    String source = editor.sourceOf(before.get(watch.type));
    StringBuilder places = new StringBuilder();
    for (Site site : wanted.sites) places.append(places.length() == 0 ? "" : ",").append(site.line);
    return "{\"watched\":[" + places + "],\"function\":" + Answer.quoted(watch.type.getName() + "." + wanted.sites.get(0).method)
        + (source == null ? "" : ",\"file\":" + Answer.quoted(source))
        + ",\"hasNoNames\":" + wanted.hasNoNames + ",\"isConstructor\":" + wanted.isConstructor
        + ",\"tookUs\":" + (System.nanoTime() - from) / 1_000 + "}";
  }

  private String notWatched(Wanted wanted) {
    if (refused != null) return "{\"refused\":" + Answer.quoted(refused) + "}";
    return wanted.lines.isEmpty() ? "{\"absent\":true}" : "{\"asked\":" + wanted.line + ",\"lines\":" + nearest(wanted) + "}";
  }

  private static String nearest(Wanted wanted) {
    SortedSet<Integer> above = wanted.lines.tailSet(wanted.line - NEAREST);
    StringBuilder lines = new StringBuilder("[");
    int told = 0;
    for (int line : above) {
      if (line > wanted.line + NEAREST || told++ > 2 * NEAREST) break;
      lines.append(lines.length() == 1 ? "" : ",").append(line);
    }
    return lines.append("]").toString();
  }

  /** On a thread of its own. */
  private void keep(Request request, Watch watch, Field sink) {
    String ended = "stopped";
    File run = folder.resolve("run").toFile();
    long until = watch.begun + request.forMs * 1_000_000;
    while (stage == Stage.PREPARES) LockSupport.parkNanos(LOOK_EVERY_MS * 1_000_000);
    if (stage == Stage.NOTHING) return;
    while (stage == Stage.WATCHES) {
      // Not await(): without memory that would not come back (AbstractQueuedSynchronizer.acquireOnOOME).
      LockSupport.parkNanos(LOOK_EVERY_MS * 1_000_000);
      boolean isOver = watch.over.getCount() == 0;
      boolean isTime = System.nanoTime() >= until;
      try {
        tell(watch);
        if (!isOver && !isTime && run.exists()) continue;
      } catch (Throwable noMemory) {
        if (!isOver && !isTime) continue;
      }
      if (isOver) ended = watch.isHot ? "hot" : "hits";
      else if (isTime) ended = "time";
      break;
    }
    boolean isRestored = false;
    for (int tries = 0; tries < TRIES && !isRestored; tries++) {
      if (tries > 0) LockSupport.parkNanos((tries < QUICK_TRIES ? LOOK_EVERY_MS : TRY_EVERY_MS) * 1_000_000);
      // Where it is not, who asked sees that it has not ended yet.
      isRestored = isTakenBack(sink);
    }
    long tookMs = (System.nanoTime() - watch.begun) / 1_000_000;
    tell(watch);
    answer.line("{\"ended\":" + Answer.quoted(ended) + ",\"reached\":" + watch.reached.sum() + ",\"nanos\":" + watch.usualNanos()
        + ",\"tookMs\":" + tookMs + ",\"restored\":" + isRestored + "}");
  }

  private void tell(Watch watch) {
    for (String line = watch.lines.poll(); line != null; line = watch.lines.poll()) answer.line(line);
  }

  /** Without our change the JVM makes each class anew of what it was; a transformer that changes nothing sees whether that is so. */
  private boolean restore() throws Exception {
    Map<Class<?>, byte[]> after = new LinkedHashMap<>();
    ClassFileTransformer looking = new ClassFileTransformer() {
      @Override
      public byte[] transform(ClassLoader loader, String name, Class<?> type, ProtectionDomain domain, byte[] bytes) {
        if (type != null && before.containsKey(type)) after.put(type, bytes.clone());
        return null;
      }
    };
    instrumentation.addTransformer(looking, true);
    try {
      instrumentation.retransformClasses(before.keySet().toArray(new Class<?>[0]));
    } finally {
      instrumentation.removeTransformer(looking);
    }
    for (Map.Entry<Class<?>, byte[]> each : before.entrySet()) if (!Arrays.equals(each.getValue(), after.get(each.getKey()))) return false;
    return true;
  }
}
