package halligan;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/** What an editor looks for in class files, and what it found. */
public final class Wanted {
  /** At most so many places of one statement: the compiler repeats what stands in a `finally`. */
  public static final int MOST_SITES = 16;

  /** Name of the file without folders; null where only a function was asked for. */
  public final String file;
  /** 0 where a function was asked for. */
  public final int line;
  /** Name of the method; null where a line was asked for. */
  public final String method;

  public final List<Site> sites = new ArrayList<>();
  /** Lines of that file that have a statement. */
  public final SortedSet<Integer> lines = new TreeSet<>();
  /** A method was compiled without the names of its variables. */
  public boolean hasNoNames;
  public boolean isConstructor;

  public Wanted(String file, int line, String method) {
    this.file = file;
    this.line = line;
    this.method = method;
  }

  public boolean isFile(String source) {
    return file == null || file.equals(source);
  }
}
