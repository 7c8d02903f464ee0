package halligan;

import java.lang.reflect.Array;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;

/**
 * A value in words: bounded in depth and length, without calling any method of the program. Of classes of the JDK those methods are called that are known to run nothing else and to
 * change nothing, and only on objects of exactly these classes. None of them takes a lock (as those of Vector, Hashtable and StringBuffer do): a thread of the program that waited here for another one, which waits for a
 * lock of its own, would wait for ever; and none counts its elements one by one (ConcurrentLinkedQueue). What a name says to be secret is masked here.
 */
public final class Values {
  /** Characters of a value, of a text; items by depth; fields. */
  private static final int LONGEST = 400;
  private static final int LONGEST_TEXT = 120;
  private static final int[] ITEMS = {10, 6, 3};
  private static final int MOST_FIELDS = 20;
  private static final String MASKED = "<masked>";

  private static final Set<String> TEXTS = new HashSet<>(Arrays.asList(
      "java.math.BigDecimal", "java.math.BigInteger", "java.util.UUID", "java.net.URI", "java.io.File", "java.util.Locale", "java.time.Instant",
      "java.time.Duration", "java.time.Period", "java.time.LocalDate", "java.time.LocalTime", "java.time.LocalDateTime", "java.time.OffsetDateTime",
      "java.time.ZonedDateTime", "java.time.YearMonth", "java.time.Year", "java.time.ZoneOffset", "java.lang.StringBuilder"));
  private static final Set<String> COLLECTIONS = new HashSet<>(Arrays.asList(
      "java.util.ArrayList", "java.util.LinkedList", "java.util.ArrayDeque", "java.util.HashSet", "java.util.LinkedHashSet", "java.util.TreeSet",
      "java.util.Arrays$ArrayList", "java.util.ImmutableCollections$ListN", "java.util.ImmutableCollections$List12",
      "java.util.ImmutableCollections$SetN", "java.util.ImmutableCollections$Set12", "java.util.Collections$EmptyList", "java.util.Collections$SingletonList",
      "java.util.concurrent.CopyOnWriteArrayList"));
  private static final Set<String> MAPS = new HashSet<>(Arrays.asList(
      "java.util.HashMap", "java.util.LinkedHashMap", "java.util.TreeMap", "java.util.concurrent.ConcurrentHashMap",
      "java.util.ImmutableCollections$MapN", "java.util.ImmutableCollections$Map1", "java.util.Collections$EmptyMap", "java.util.EnumMap"));

  private final Fields fields;
  private final Pattern secret;

  public Values(Fields fields, Pattern secret) {
    this.fields = fields;
    this.secret = secret;
  }

  public boolean isSecret(String name) {
    return secret.matcher(name).find();
  }

  public static boolean isCollection(Object value) {
    return value != null && COLLECTIONS.contains(value.getClass().getName());
  }

  public static boolean isMap(Object value) {
    return value != null && MAPS.contains(value.getClass().getName());
  }

  /** Its own text tells all of it. */
  public static boolean isPlain(Object value) {
    return value instanceof Boolean || value instanceof Character || value instanceof String || isNumber(value);
  }

  public static boolean isNumber(Object value) {
    return value instanceof Integer || value instanceof Long || value instanceof Double || value instanceof Float
        || value instanceof Short || value instanceof Byte || isExactly(value, "java.math.BigDecimal") || isExactly(value, "java.math.BigInteger");
  }

  private static boolean isExactly(Object value, String name) {
    return value != null && value.getClass().getName().equals(name);
  }

  public static String typeOf(Object value) {
    if (value == null) return null;
    String name = value.getClass().getTypeName();
    return name.substring(Math.max(name.lastIndexOf('.'), name.lastIndexOf('$')) + 1);
  }

  public String text(Object value) {
    StringBuilder out = new StringBuilder();
    try {
      write(value, 0, out);
    } catch (Throwable unreadable) {
      // A collection that another thread changes meanwhile.
      out.append("<unreadable>");
    }
    return cut(out.toString(), LONGEST);
  }

  private void write(Object value, int depth, StringBuilder out) throws Exception {
    if (out.length() > LONGEST) return;
    if (value == null) out.append("null");
    else if (value instanceof String) quote((String) value, '"', out);
    else if (value instanceof Character) quote(value.toString(), '\'', out);
    else if (isPlain(value) || TEXTS.contains(value.getClass().getName())) out.append(cut(value.toString(), LONGEST_TEXT));
    else if (value instanceof Enum) out.append(typeOfEnum((Enum<?>) value)).append('.').append(((Enum<?>) value).name());
    else if (value instanceof Class) out.append(((Class<?>) value).getName()).append(".class");
    else if (isExactly(value, "java.util.concurrent.atomic.AtomicInteger")) out.append(((AtomicInteger) value).get());
    else if (isExactly(value, "java.util.concurrent.atomic.AtomicLong")) out.append(((AtomicLong) value).get());
    else if (isExactly(value, "java.util.concurrent.atomic.AtomicBoolean")) out.append(((AtomicBoolean) value).get());
    else if (value instanceof Optional) write(((Optional<?>) value).orElse(null), depth, out);
    else if (value.getClass().isArray()) array(value, depth, out);
    else if (isCollection(value)) collection((Collection<?>) value, depth, out);
    else if (isMap(value)) map((Map<?, ?>) value, depth, out);
    else object(value, depth, out);
  }

  private static String typeOfEnum(Enum<?> value) {
    String name = value.getDeclaringClass().getName();
    return name.substring(Math.max(name.lastIndexOf('.'), name.lastIndexOf('$')) + 1);
  }

  private void array(Object value, int depth, StringBuilder out) throws Exception {
    int length = Array.getLength(value);
    out.append(typeOf(value), 0, typeOf(value).indexOf('[')).append('[').append(length).append(']');
    if (depth >= ITEMS.length) return;
    out.append(" {");
    for (int at = 0; at < Math.min(length, ITEMS[depth]); at++) {
      if (at > 0) out.append(", ");
      write(Array.get(value, at), depth + 1, out);
    }
    out.append(length > ITEMS[depth] ? ", …}" : "}");
  }

  private void collection(Collection<?> value, int depth, StringBuilder out) throws Exception {
    out.append(typeOf(value)).append('(').append(value.size()).append(')');
    if (depth >= ITEMS.length) return;
    out.append(" [");
    int at = 0;
    for (Object each : value) {
      if (at > 0) out.append(", ");
      if (at++ >= ITEMS[depth]) {
        out.append("…");
        break;
      }
      write(each, depth + 1, out);
    }
    out.append(']');
  }

  private void map(Map<?, ?> value, int depth, StringBuilder out) throws Exception {
    out.append(typeOf(value)).append('(').append(value.size()).append(')');
    if (depth >= ITEMS.length) return;
    out.append(" {");
    int at = 0;
    for (Map.Entry<?, ?> each : value.entrySet()) {
      if (at > 0) out.append(", ");
      if (at++ >= ITEMS[depth]) {
        out.append("…");
        break;
      }
      write(each.getKey(), depth + 1, out);
      out.append(": ");
      if (each.getKey() instanceof String && isSecret((String) each.getKey())) out.append(MASKED);
      else write(each.getValue(), depth + 1, out);
    }
    out.append('}');
  }

  /** Of what belongs to the JDK the class alone, but for exceptions: its fields are its own business. */
  private void object(Object value, int depth, StringBuilder out) throws Exception {
    out.append(typeOf(value));
    ClassLoader loader = value.getClass().getClassLoader();
    boolean isOfJdk = loader == null || loader == ClassLoader.getPlatformClassLoader();
    if (value instanceof Throwable) {
      Field message = fields.named(Throwable.class, "detailMessage");
      if (message != null) write(message.get(value), depth + 1, out.append(": "));
      return;
    }
    if (value instanceof Thread) {
      quote(((Thread) value).getName(), '"', out.append(' '));
      return;
    }
    if (isOfJdk || depth >= ITEMS.length - 1) return;
    out.append(" {");
    int told = 0;
    for (Field each : fields.of(value.getClass())) {
      if (Modifier.isStatic(each.getModifiers()) || each.isSynthetic()) continue;
      if (told > 0) out.append(", ");
      if (told++ >= MOST_FIELDS || out.length() > LONGEST) {
        out.append("…");
        break;
      }
      out.append(each.getName()).append(": ");
      if (isSecret(each.getName())) out.append(MASKED);
      else write(each.get(value), depth + 1, out);
    }
    out.append('}');
  }

  private static void quote(String text, char mark, StringBuilder out) {
    out.append(mark);
    for (int at = 0; at < Math.min(text.length(), LONGEST_TEXT); at++) {
      char sign = text.charAt(at);
      if (sign == mark || sign == '\\') out.append('\\').append(sign);
      else if (sign == '\n') out.append("\\n");
      else if (sign == '\t') out.append("\\t");
      else out.append(sign);
    }
    out.append(text.length() > LONGEST_TEXT ? "…" : "").append(mark);
    if (text.length() > LONGEST_TEXT) out.append(" (").append(text.length()).append(" characters)");
  }

  private static String cut(String text, int most) {
    return text.length() <= most ? text : text.substring(0, most) + "…";
  }
}
