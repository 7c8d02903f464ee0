package halligan;

/** Classes of boxed values by the descriptors of primitive types. */
public final class Boxes {
  private static final String KINDS = "IJDFZCBS";
  private static final String[] NAMES = {"Integer", "Long", "Double", "Float", "Boolean", "Character", "Byte", "Short"};

  private static final String[] TYPES = {"int", "long", "double", "float", "boolean", "char", "byte", "short"};

  private Boxes() {}

  /** `int` of `I`; null of what is no primitive type. */
  public static String type(String descriptor) {
    int at = descriptor.length() == 1 ? KINDS.indexOf(descriptor.charAt(0)) : -1;
    return at < 0 ? null : TYPES[at];
  }

  /** `java/lang/Integer` of `I`; null of what is no primitive type. */
  public static String of(String descriptor) {
    int at = descriptor.length() == 1 ? KINDS.indexOf(descriptor.charAt(0)) : -1;
    return at < 0 ? null : "java/lang/" + NAMES[at];
  }
}
