package halligan;

import java.lang.reflect.Array;
import java.lang.reflect.Field;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.List;
import java.util.Map;

/**
 * An expression, as words: an operator stands before what it is applied to. `n` name, `m` member, `i` index, `d` number, `t` text, `c` constant, `o` comparison, `a` and, `r` or, `x` not;
 * a name or a text follows its letter in hexadecimal UTF-8, a comparison its sign. Nothing in it calls a method of the program.
 */
public final class Tree {
  /** What cannot be told, with the reason for a person. */
  public static final class Untold extends Exception {
    Untold(String why) {
      super(why, null, false, false);
    }
  }

  /** Names of a statement with their values. */
  public interface Names {
    /** Throws `Untold` for a name that is not there. */
    Object value(String name) throws Untold;
  }

  /** Entries of a map that are looked at. */
  private static final int MOST_ENTRIES = 10_000;

  private final char kind;
  private final String word;
  private final Object literal;
  private final Tree[] parts;
  private final Fields fields;

  private Tree(char kind, String word, Object literal, Tree[] parts, Fields fields) {
    this.kind = kind;
    this.word = word;
    this.literal = literal;
    this.parts = parts;
    this.fields = fields;
  }

  /** Takes its words off the list. */
  public static Tree read(List<String> words, Fields fields) {
    String first = words.remove(0);
    char kind = first.charAt(0);
    String rest = first.substring(1);
    int count = "ioar".indexOf(kind) >= 0 ? 2 : "mx".indexOf(kind) >= 0 ? 1 : 0;
    Tree[] parts = new Tree[count];
    for (int at = 0; at < count; at++) parts[at] = read(words, fields);
    String word = "nmdt".indexOf(kind) >= 0 ? Hex.text(rest) : rest;
    Object literal = kind == 'd' ? number(word) : kind == 't' ? word : kind == 'c' ? constant(word) : null;
    return new Tree(kind, word, literal, parts, fields);
  }

  private static Object number(String word) {
    boolean isNegative = word.startsWith("-");
    String digits = isNegative ? word.substring(1) : word;
    BigDecimal value = digits.startsWith("0x") || digits.startsWith("0X")
        ? new BigDecimal(new BigInteger(digits.substring(2), 16))
        : new BigDecimal(digits);
    return isNegative ? value.negate() : value;
  }

  private static Object constant(String word) {
    return word.equals("null") ? null : (Object) word.equals("true");
  }

  public boolean isTrue(Names names) throws Untold {
    Object value = value(names);
    if (value == null) return false;
    if (value instanceof Boolean) return (Boolean) value;
    if (Values.isNumber(value)) return decimal(value).signum() != 0;
    return true;
  }

  public Object value(Names names) throws Untold {
    switch (kind) {
      case 'n':
        return names.value(word);
      case 'm':
        return member(parts[0].value(names), word);
      case 'i':
        return element(parts[0].value(names), parts[1].value(names));
      case 'a':
        return parts[0].isTrue(names) && parts[1].isTrue(names);
      case 'r':
        return parts[0].isTrue(names) || parts[1].isTrue(names);
      case 'x':
        return !parts[0].isTrue(names);
      case 'o':
        return compare(parts[0].value(names), parts[1].value(names));
      default:
        return literal;
    }
  }

  private Object member(Object of, String name) throws Untold {
    if (of == null) throw new Untold("null has no " + name);
    if (of.getClass().isArray() && name.equals("length")) return Array.getLength(of);
    if (of instanceof String && name.equals("length")) return ((String) of).length();
    Field field = fields.named(of.getClass(), name);
    if (field == null) throw new Untold(Values.typeOf(of) + " has no field " + name);
    try {
      return Fields.get(field, of);
    } catch (IllegalAccessException refused) {
      throw new Untold(Values.typeOf(of) + "." + name + " cannot be read");
    }
  }

  private static Object element(Object of, Object at) throws Untold {
    if (of == null) throw new Untold("null has no elements");
    if (Values.isMap(of)) {
      int looked = 0;
      for (Map.Entry<?, ?> each : ((Map<?, ?>) of).entrySet()) {
        if (isSame(each.getKey(), at)) return each.getValue();
        if (++looked >= MOST_ENTRIES) throw new Untold("the map is too large to look for that key");
      }
      return null;
    }
    if (!Values.isNumber(at)) throw new Untold(Values.typeOf(of) + " has no such element");
    int index;
    try {
      index = decimal(at).intValueExact();
    } catch (ArithmeticException none) {
      throw new Untold("there is no element " + at);
    }
    if (of.getClass().isArray()) {
      if (index < 0 || index >= Array.getLength(of)) throw new Untold("it has " + Array.getLength(of) + " elements");
      return Array.get(of, index);
    }
    if (of instanceof String) {
      if (index < 0 || index >= ((String) of).length()) throw new Untold("it has " + ((String) of).length() + " characters");
      return ((String) of).charAt(index);
    }
    if (Values.isCollection(of) && of instanceof List) {
      List<?> list = (List<?>) of;
      if (index < 0 || index >= list.size()) throw new Untold("it has " + list.size() + " elements");
      return list.get(index);
    }
    throw new Untold(Values.typeOf(of) + " is read by its fields alone, not by elements");
  }

  private Object compare(Object left, Object right) throws Untold {
    if (word.equals("==")) return isSame(left, right);
    if (word.equals("!=")) return !isSame(left, right);
    int order;
    Object a = plain(left);
    Object b = plain(right);
    if (Values.isNumber(a) && Values.isNumber(b)) {
      if (isNotFinite(a) || isNotFinite(b)) {
        double x = ((Number) a).doubleValue();
        double y = ((Number) b).doubleValue();
        return word.equals("<") ? x < y : word.equals("<=") ? x <= y : word.equals(">") ? x > y : x >= y;
      }
      order = a instanceof Integer && b instanceof Integer ? Integer.compare((Integer) a, (Integer) b) : decimal(a).compareTo(decimal(b));
    } else if (a instanceof String && b instanceof String) order = ((String) a).compareTo((String) b);
    else throw new Untold(name(left) + " and " + name(right) + " have no order");
    return word.equals("<") ? order < 0 : word.equals("<=") ? order <= 0 : word.equals(">") ? order > 0 : order >= 0;
  }

  private static String name(Object value) {
    return value == null ? "null" : Values.typeOf(value);
  }

  /** Values are compared as what they say: numbers of all kinds, a character and a text of one, an enum and its name. What else there is, by identity. */
  private static boolean isSame(Object left, Object right) {
    Object a = plain(left);
    Object b = plain(right);
    if (a == null || b == null) return a == b;
    if (Values.isNumber(a) && Values.isNumber(b)) {
      if (isNotFinite(a) || isNotFinite(b)) return ((Number) a).doubleValue() == ((Number) b).doubleValue();
      return decimal(a).compareTo(decimal(b)) == 0;
    }
    if (a instanceof String || a instanceof Boolean) return a.equals(b);
    return a == b;
  }

  private static Object plain(Object value) {
    if (value instanceof Character) return value.toString();
    return value instanceof Enum ? ((Enum<?>) value).name() : value;
  }

  private static boolean isNotFinite(Object value) {
    return value instanceof Double && !Double.isFinite((Double) value) || value instanceof Float && !Float.isFinite((Float) value);
  }

  private static BigDecimal decimal(Object value) {
    if (value instanceof BigDecimal) return (BigDecimal) value;
    if (value instanceof BigInteger) return new BigDecimal((BigInteger) value);
    if (value instanceof Double || value instanceof Float) return new BigDecimal(value.toString());
    return BigDecimal.valueOf(((Number) value).longValue());
  }
}
