import java.io.IOException;
import java.io.PrintStream;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Paths;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import jdk.jfr.consumer.RecordedClass;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordedObject;
import jdk.jfr.consumer.RecordedStackTrace;
import jdk.jfr.consumer.RecordedThread;
import jdk.jfr.consumer.RecordingFile;

/**
 * Adds up the stacks in a recording of Java Flight Recorder, by the reader that is part of every JDK since 11: of execution samples how many, of waits how long. Runs on the box, beside the
 * program and not within it: FILE MOST_STACKS samples|waits MOST_FRAMES. One line of JSON for each place, each thing that was waited for, each stack (places by number, innermost first), and one at the end.
 */
public final class FoldRecording {
  /** Of a name. Characters. */
  private static final int LONGEST = 300;
  private static final long NANOS_OF_A_MILLISECOND = 1_000_000;

  private final Map<String, Integer> places = new HashMap<>();
  private final Map<String, Integer> waits = new HashMap<>();
  /** Of stacks, and of who had a lock before: samples, or nanoseconds. */
  private final Map<List<Object>, long[]> stacks = new LinkedHashMap<>();
  private final Map<List<Object>, long[]> held = new LinkedHashMap<>();
  private final PrintStream out;
  private final int mostFrames;
  private final int mostStacks;
  private final boolean isOfWaits;
  private int samples;
  private int leftOut;
  private int cutOff;

  private FoldRecording(PrintStream out, int mostStacks, boolean isOfWaits, int mostFrames) {
    this.out = out;
    this.mostStacks = mostStacks;
    this.isOfWaits = isOfWaits;
    this.mostFrames = mostFrames;
  }

  public static void main(String[] arguments) throws IOException {
    PrintStream out = new PrintStream(System.out, false, StandardCharsets.UTF_8);
    boolean isOfWaits = arguments[2].equals("waits");
    FoldRecording fold = new FoldRecording(out, Integer.parseInt(arguments[1]), isOfWaits, Integer.parseInt(arguments[3]));
    Instant first = null;
    Instant last = null;
    try (RecordingFile file = new RecordingFile(Paths.get(arguments[0]))) {
      while (file.hasMoreEvents()) {
        RecordedEvent event = file.readEvent();
        boolean isSample = event.getEventType().getName().equals("jdk.ExecutionSample");
        boolean isWait = !isSample && event.hasField("eventThread") && event.hasField("stackTrace") && event.getDuration().toNanos() > 0;
        if (isOfWaits ? !isWait : !isSample) continue;
        fold.add(event);
        Instant at = event.getStartTime();
        if (first == null || at.isBefore(first)) first = at;
        if (last == null || at.isAfter(last)) last = at;
      }
    }
    fold.print(isOfWaits ? recordedMillis(arguments[0]) : first == null ? 0 : last.toEpochMilli() - first.toEpochMilli());
    out.flush();
  }

  /** How long all chunks of it together go, by their heads: magic, version, size, two offsets, start and duration in nanoseconds, eight bytes each. */
  private static long recordedMillis(String name) throws IOException {
    long nanos = 0;
    try (RandomAccessFile file = new RandomAccessFile(name, "r")) {
      long size;
      for (long at = 0; at + 48 <= file.length(); at += size) {
        file.seek(at + 8);
        size = file.readLong();
        file.seek(at + 40);
        nanos += file.readLong();
        if (size < 48) break;
      }
    }
    return nanos / NANOS_OF_A_MILLISECOND;
  }

  private void add(RecordedEvent event) {
    samples++;
    RecordedStackTrace trace = event.getStackTrace();
    if (trace == null) {
      leftOut++;
      return;
    }
    List<Object> key = new ArrayList<>();
    key.add(nameOf(event.getThread(isOfWaits ? "eventThread" : "sampledThread")));
    key.add(isOfWaits ? wait(event) : -1);
    List<RecordedFrame> frames = trace.getFrames();
    for (RecordedFrame frame : frames.subList(0, Math.min(mostFrames, frames.size()))) key.add(place(frame));
    if (trace.isTruncated() || frames.size() > mostFrames) cutOff++;
    long weight = isOfWaits ? event.getDuration().toNanos() : 1;
    if (!add(stacks, key, weight)) leftOut++;
    if (event.hasField("previousOwner") && event.getThread("previousOwner") != null)
      add(held, List.of(classOf(event, "monitorClass"), nameOf(event.getThread("previousOwner"))), weight);
  }

  private boolean add(Map<List<Object>, long[]> to, List<Object> key, long weight) {
    long[] sum = to.get(key);
    if (sum != null) sum[0] += weight;
    else if (to.size() < mostStacks) to.put(key, new long[] {weight});
    return sum != null || to.containsKey(key);
  }

  private static String nameOf(RecordedThread thread) {
    String name = thread == null ? null : thread.getJavaName() == null ? thread.getOSName() : thread.getJavaName();
    return name == null ? "" : name;
  }

  private static String classOf(RecordedEvent event, String field) {
    RecordedClass type = event.hasField(field) ? event.getClass(field) : null;
    return type == null ? "" : type.getName();
  }

  /** What it waits for: its event, and what that says of a lock, a socket or a file. */
  private int wait(RecordedEvent event) {
    StringBuilder told = new StringBuilder("\"event\":").append(quoted(event.getEventType().getName()));
    String type = classOf(event, "monitorClass") + classOf(event, "parkedClass");
    if (!type.isEmpty()) told.append(",\"type\":").append(quoted(type));
    for (String field : new String[] {"host", "address", "path"}) {
      String value = event.hasField(field) && event.getValue(field) instanceof String ? event.getString(field) : null;
      if (value != null && !value.isEmpty()) told.append(",\"").append(field).append("\":").append(quoted(value));
    }
    if (event.hasField("port")) told.append(",\"port\":").append(event.getInt("port"));
    Integer known = waits.get(told.toString());
    if (known != null) return known;
    int number = waits.size();
    waits.put(told.toString(), number);
    out.println("{\"wait\":" + number + "," + told + "}");
    return number;
  }

  private int place(RecordedFrame frame) {
    RecordedClass type = frame.getMethod() == null ? null : frame.getMethod().getType();
    String called = type == null ? "??" : type.getName() + "." + frame.getMethod().getName();
    int line = frame.getLineNumber();
    String key = called + ":" + line;
    Integer known = places.get(key);
    if (known != null) return known;
    int number = places.size();
    places.put(key, number);
    String module = moduleOf(type);
    out.println("{\"place\":" + number + ",\"function\":" + quoted(called) + (line > 0 ? ",\"line\":" + line : "")
        + (module == null ? "" : ",\"module\":" + quoted(module)) + "}");
    return number;
  }

  private static String moduleOf(RecordedClass type) {
    if (type == null || !type.hasField("package")) return null;
    RecordedObject inPackage = type.getValue("package");
    RecordedObject module = inPackage == null ? null : inPackage.getValue("module");
    String name = module == null ? null : module.getString("name");
    return name == null || name.isEmpty() ? null : name;
  }

  private void print(long tookMs) {
    for (Map.Entry<List<Object>, long[]> each : stacks.entrySet()) {
      List<Object> key = each.getKey();
      out.println("{\"count\":" + counted(each.getValue()[0]) + ",\"thread\":" + quoted((String) key.get(0))
          + (isOfWaits ? ",\"wait\":" + key.get(1) : "") + ",\"stack\":" + key.subList(2, key.size()) + "}");
    }
    for (Map.Entry<List<Object>, long[]> each : held.entrySet()) {
      out.println("{\"held\":" + quoted((String) each.getKey().get(0)) + ",\"by\":" + quoted((String) each.getKey().get(1))
          + ",\"ms\":" + counted(each.getValue()[0]) + "}");
    }
    out.println("{\"profiled\":" + tookMs + ",\"samples\":" + samples + ",\"leftOut\":" + leftOut + ",\"cutOff\":" + cutOff + "}");
  }

  private long counted(long weight) {
    return isOfWaits ? Math.max(1, weight / NANOS_OF_A_MILLISECOND) : weight;
  }

  private static String quoted(String text) {
    StringBuilder quoted = new StringBuilder("\"");
    for (int at = 0; at < Math.min(LONGEST, text.length()); at++) {
      char sign = text.charAt(at);
      if (sign == '"' || sign == '\\') quoted.append('\\').append(sign);
      else if (sign < ' ' || Character.isSurrogate(sign)) quoted.append(String.format("\\u%04x", (int) sign));
      else quoted.append(sign);
    }
    return quoted.append('"').toString();
  }
}
