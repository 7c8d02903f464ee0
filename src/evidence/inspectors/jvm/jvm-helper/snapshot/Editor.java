package halligan;

/** Writes the call of the hook into a class file, by what the JDK has for that. */
public interface Editor {
  /** The changed class; null where nothing of what is wanted is in it. Adds sites and lines to `wanted`. */
  byte[] edit(byte[] bytes, ClassLoader loader, Wanted wanted);

  /** The name of the source file that a class file tells; null where it tells none. */
  String sourceOf(byte[] bytes);
}
