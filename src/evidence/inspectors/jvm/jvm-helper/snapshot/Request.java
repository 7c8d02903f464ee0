package halligan;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedList;
import java.util.List;
import java.util.regex.Pattern;

/** What is asked, a word and its value a line: texts in hexadecimal. */
final class Request {
  /** A watch for the end of the program, and no snapshot. */
  boolean isOfEnd;
  /** With folders, as it was typed; null where only a function was named. */
  String file;
  int line;
  /** Class of the function, whole or its end; null where none was named. */
  String owner;
  String method;
  int hits;
  long forMs;
  int frames;
  Pattern secret;
  Tree when;
  final List<String> printed = new ArrayList<>();
  final List<Tree> print = new ArrayList<>();

  static Request read(Path file, Fields fields) throws Exception {
    Request request = new Request();
    for (String each : Files.readAllLines(file)) {
      List<String> words = new LinkedList<>(Arrays.asList(each.trim().split(" ")));
      String key = words.remove(0);
      if (words.isEmpty()) continue;
      if (key.equals("file")) request.file = Hex.text(words.get(0));
      else if (key.equals("end")) request.isOfEnd = true;
      else if (key.equals("owner")) request.owner = Hex.text(words.get(0));
      else if (key.equals("method")) request.method = Hex.text(words.get(0));
      else if (key.equals("secret")) request.secret = Pattern.compile(Hex.text(words.get(0)), Pattern.CASE_INSENSITIVE);
      else if (key.equals("line")) request.line = Integer.parseInt(words.get(0));
      else if (key.equals("hits")) request.hits = Integer.parseInt(words.get(0));
      else if (key.equals("frames")) request.frames = Integer.parseInt(words.get(0));
      else if (key.equals("for")) request.forMs = Long.parseLong(words.get(0));
      else if (key.equals("when")) request.when = Tree.read(words, fields);
      else if (key.equals("print")) {
        request.printed.add(Hex.text(words.remove(0)));
        request.print.add(Tree.read(words, fields));
      }
    }
    return request;
  }
}
