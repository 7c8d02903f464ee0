package halligan;

import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Lines of JSON in a file, bounded: what does not fit is counted. Never waits for the program. */
final class Answer {
  private static final int MOST_BYTES = 4 * 1024 * 1024;
  /** What failed left a change in the JVM, which is still being taken back: the clean-up of the guard waits for the end of that. */
  static final byte[] HALF = "{\"half\":true}\n".getBytes(StandardCharsets.UTF_8);

  private final FileOutputStream out;
  private int written;

  Answer(Path file) throws IOException {
    out = new FileOutputStream(file.toFile(), true);
  }

  void line(String json) {
    bytes((json + "\n").getBytes(StandardCharsets.UTF_8));
  }

  /** A whole line, which needs no memory. */
  synchronized void bytes(byte[] line) {
    if (written + line.length > MOST_BYTES) return;
    try {
      out.write(line);
      written += line.length;
    } catch (IOException full) {
      // Who reads it sees that its end is missing.
    }
  }

  static String quoted(String text) {
    StringBuilder quoted = new StringBuilder("\"");
    for (int at = 0; at < text.length(); at++) {
      char sign = text.charAt(at);
      if (sign == '"' || sign == '\\') quoted.append('\\').append(sign);
      else if (sign < ' ' || Character.isSurrogate(sign)) quoted.append(String.format("\\u%04x", (int) sign));
      else quoted.append(sign);
    }
    return quoted.append('"').toString();
  }
}
