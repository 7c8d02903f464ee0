package halligan;

import java.util.List;

/** A place in the code of a class that is watched, with the variables that are read there. */
public final class Site {
  public final String method;
  public final int line;
  /** Names of variables, in the order of their values. */
  public final List<String> names;

  /** `int` of a primitive type; null of all others, whose values know it better. */
  public final List<String> types;

  public Site(String method, int line, List<String> names, List<String> types) {
    this.method = method;
    this.line = line;
    this.names = names;
    this.types = types;
  }
}
