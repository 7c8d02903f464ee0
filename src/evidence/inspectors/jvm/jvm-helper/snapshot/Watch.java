package halligan;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;

/** What the hook calls: on the threads of the program, so it throws nothing, waits for nothing, and calls none of its methods. */
final class Watch implements Consumer<Object[]> {
  /** What looking may take of the threads of the program: so much at first, while it is not compiled yet, then that share of the time that passes. */
  private static final long FIRST_NANOS = 50_000_000;
  private static final double MOST_SHARE = 0.05;
  /** A thread that had to wait for a processor meanwhile took longer, and did not use it. */
  private static final long MOST_NANOS_OF_A_RUN = 1_000_000;
  /** A name is not longer. Characters. */
  private static final int LONGEST_NAME = 200;
  private static final int REHEARSALS = 20;
  /** Runs that are kept to say what one costs; a power of two. */
  private static final int RECENT = 256;

  private final Request request;
  private final Wanted wanted;
  private final Values values;
  private final Fields fields;
  private final AtomicInteger hits = new AtomicInteger();
  final Queue<String> lines = new ConcurrentLinkedQueue<>();
  final LongAdder reached = new LongAdder();
  private final LongAdder nanos = new LongAdder();
  /** What the last runs took. Two threads may write one place: it is one of both, then. */
  private final long[] recent = new long[RECENT];
  private final AtomicInteger runs = new AtomicInteger();
  final CountDownLatch over = new CountDownLatch(1);
  volatile long begun = System.nanoTime();
  volatile boolean isHot;
  /** The class of a statement, for its static fields. */
  volatile Class<?> type;

  Watch(Request request, Wanted wanted, Values values, Fields fields) {
    this.request = request;
    this.wanted = wanted;
    this.values = values;
    this.fields = fields;
  }

  /** Once over all of it by the thread that prepares, so that what has to be loaded for it is not loaded by a thread of the program. */
  void rehearse() {
    Site site = new Site("", 0, List.of("this", "value"), Arrays.asList(null, null));
    Object[] given = {0, this, new ArrayList<Object>(Arrays.asList(1, 2L, 2.5, 'c', true, "text", new int[1], new HashMap<>(Map.of("key", 1)), Thread.State.NEW))};
    Tree.Names names = new Tree.Names() {
      @Override
      public Object value(String name) throws Tree.Untold {
        return Watch.this.value(name, site, given);
      }
    };
    for (int round = 0; round < REHEARSALS; round++) {
      try {
        if (request.when != null) request.when.isTrue(names);
      } catch (Tree.Untold expected) {
        // There is no such variable in a rehearsal.
      }
      hit(site, given, names, null, System.nanoTime());
      for (Object each : (List<?>) given[2]) values.text(each);
    }
    begun = System.nanoTime();
  }

  /** The median of the last runs; 0 without any. */
  long usualNanos() {
    long[] sorted = Arrays.copyOf(recent, Math.min(RECENT, Math.abs(runs.get())));
    Arrays.sort(sorted);
    return sorted.length == 0 ? 0 : sorted[sorted.length / 2];
  }

  @Override
  public void accept(Object[] given) {
    if (over.getCount() == 0) return;
    long from = System.nanoTime();
    reached.increment();
    try {
      look(given, from);
    } catch (Throwable any) {
      // The program goes on whatever happens here.
    }
    long now = System.nanoTime();
    nanos.add(Math.min(now - from, MOST_NANOS_OF_A_RUN));
    recent[runs.getAndIncrement() & RECENT - 1] = now - from;
    if (nanos.sum() > FIRST_NANOS + (now - begun) * MOST_SHARE) {
      isHot = true;
      over.countDown();
    }
  }

  private void look(Object[] given, long at) {
    Site site = wanted.sites.get((Integer) given[0]);
    Tree.Names names = new Tree.Names() {
      @Override
      public Object value(String name) throws Tree.Untold {
        return Watch.this.value(name, site, given);
      }
    };
    String untold = null;
    if (request.when != null) {
      try {
        if (!request.when.isTrue(names)) return;
      } catch (Tree.Untold why) {
        untold = why.getMessage();
      }
    }
    int number = hits.incrementAndGet();
    if (number > request.hits) return;
    lines.add(hit(site, given, names, untold, at));
    if (number == request.hits) over.countDown();
  }

  /** A variable, else a field of `this`, else a static field of its class. */
  private Object value(String name, Site site, Object[] given) throws Tree.Untold {
    int at = site.names.lastIndexOf(name);
    if (at >= 0) return given[at + 1];
    boolean hasThis = !site.names.isEmpty() && site.names.get(0).equals("this");
    Object of = hasThis ? given[1] : null;
    Class<?> declared = of == null ? type : of.getClass();
    Field field = declared == null ? null : fields.named(declared, name);
    if (field != null && of == null && !Modifier.isStatic(field.getModifiers()))
      throw new Tree.Untold(name + " is a field, and this statement has no object to read it of");
    if (field == null) throw new Tree.Untold("there is no " + name + " here");
    try {
      return Fields.get(field, of);
    } catch (IllegalAccessException refused) {
      throw new Tree.Untold(name + " cannot be read here");
    }
  }

  private String hit(Site site, Object[] given, Tree.Names names, String untold, long at) {
    List<String> told = new ArrayList<>();
    if (request.print.isEmpty()) {
      for (int each = 0; each < site.names.size(); each++) told.add(local(site.names.get(each), site.types.get(each), given[each + 1], null));
    }
    for (int each = 0; each < request.print.size(); each++) {
      try {
        told.add(local(request.printed.get(each), null, request.print.get(each).value(names), null));
      } catch (Tree.Untold why) {
        told.add(local(request.printed.get(each), null, null, "<" + why.getMessage() + ">"));
      }
    }
    return "{\"hit\":" + (at - begun) / 1_000_000 + ",\"thread\":" + text(Thread.currentThread().getName())
        + (untold == null ? "" : ",\"condition\":" + text(untold))
        + ",\"values\":[" + String.join(",", told) + "],\"frames\":[" + String.join(",", frames()) + "]}";
  }

  private String local(String name, String declared, Object value, String instead) {
    boolean isSecret = instead == null && value != null && values.isSecret(name);
    String type = declared == null ? Values.typeOf(value) : declared;
    return "{\"name\":" + text(name) + (type == null ? "" : ",\"type\":" + text(type))
        + ",\"value\":" + Answer.quoted(isSecret ? "<masked>" : instead == null ? values.text(value) : instead) + (isSecret ? ",\"masked\":true}" : "}");
  }

  private List<String> frames() {
    return StackWalker.getInstance().walk(new Function<Stream<StackWalker.StackFrame>, List<String>>() {
      @Override
      public List<String> apply(Stream<StackWalker.StackFrame> all) {
        List<String> frames = new ArrayList<>();
        Iterator<StackWalker.StackFrame> each = all.iterator();
        while (each.hasNext() && frames.size() < request.frames) {
          StackTraceElement frame = each.next().toStackTraceElement();
          if (!isOurs(frame.getClassName())) frames.add(frame(frame));
        }
        return frames;
      }
    });
  }

  private static boolean isOurs(String name) {
    return name.startsWith("halligan.") || name.equals("java.lang.HalliganHook");
  }

  /** Without a line where the call was begun before its class was changed: the JVM does not tell it then. */
  static String frame(StackTraceElement frame) {
    boolean hasLine = frame.getFileName() != null && frame.getLineNumber() > 0;
    return "{\"function\":" + text(frame.getClassName() + "." + frame.getMethodName())
        + (hasLine ? ",\"file\":" + text(frame.getFileName()) + ",\"line\":" + frame.getLineNumber() : "")
        + (frame.getModuleName() == null ? "" : ",\"module\":" + text(frame.getModuleName())) + "}";
  }

  private static String text(String text) {
    return Answer.quoted(text.length() <= LONGEST_NAME ? text : text.substring(0, LONGEST_NAME) + "…");
  }
}
