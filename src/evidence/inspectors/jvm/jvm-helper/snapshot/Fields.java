package halligan;

import java.lang.instrument.Instrumentation;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Reads fields of any object: no method of the program is called. A module that keeps its packages to itself is opened to this loader alone. */
public final class Fields {
  /** A class of the program has fewer. */
  private static final int MOST = 200;

  private final Instrumentation instrumentation;
  private final Map<Class<?>, List<Field>> known = new ConcurrentHashMap<>();

  public Fields(Instrumentation instrumentation) {
    this.instrumentation = instrumentation;
  }

  /** Those of its class first, then those of its superclasses; static ones too. */
  public List<Field> of(Class<?> type) {
    return known.computeIfAbsent(type, this::read);
  }

  public Field named(Class<?> type, String name) {
    for (Field each : of(type)) if (each.getName().equals(name)) return each;
    return null;
  }

  private List<Field> read(Class<?> type) {
    List<Field> fields = new ArrayList<>();
    for (Class<?> each = type; each != null && each != Object.class && fields.size() < MOST; each = each.getSuperclass()) {
      try {
        open(each);
        for (Field field : each.getDeclaredFields()) {
          field.setAccessible(true);
          fields.add(field);
        }
      } catch (Throwable unreadable) {
        // Those of the other classes are shown.
      }
    }
    return fields;
  }

  private void open(Class<?> type) {
    Module ours = Fields.class.getModule();
    Module module = type.getModule();
    String inPackage = type.getPackageName();
    if (!module.isNamed() || module.isOpen(inPackage, ours)) return;
    Set<Module> us = Collections.singleton(ours);
    instrumentation.redefineModule(module, Set.of(), Map.of(), Map.of(inPackage, us), Set.of(), Map.of());
  }

  public static Object get(Field field, Object of) throws IllegalAccessException {
    return field.get(Modifier.isStatic(field.getModifiers()) ? null : of);
  }
}
