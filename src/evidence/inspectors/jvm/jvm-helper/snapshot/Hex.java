package halligan;

import java.nio.charset.StandardCharsets;

/** Texts as hexadecimal UTF-8, which no shell and no line of a file changes. */
final class Hex {
  private Hex() {}

  static String text(String digits) {
    byte[] bytes = new byte[digits.length() / 2];
    for (int at = 0; at < bytes.length; at++) bytes[at] = (byte) Integer.parseInt(digits.substring(2 * at, 2 * at + 2), 16);
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
