package halligan;

import java.lang.classfile.Attributes;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassModel;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.CodeModel;
import java.lang.classfile.CodeTransform;
import java.lang.classfile.Label;
import java.lang.classfile.MethodModel;
import java.lang.classfile.TypeKind;
import java.lang.classfile.instruction.LabelTarget;
import java.lang.classfile.instruction.LineNumber;
import java.lang.classfile.instruction.LocalVariable;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.lang.reflect.AccessFlag;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** By java.lang.classfile, which JDKs from 24 on have (JEP 484). */
public final class ClassFileEditor implements Editor {
  private static final ClassDesc HOOK = ClassDesc.of("java.lang.HalliganHook");
  private static final MethodTypeDesc REACHED = MethodTypeDesc.of(ConstantDescs.CD_void, ConstantDescs.CD_Object.arrayType());

  @Override
  public byte[] edit(byte[] bytes, ClassLoader loader, Wanted wanted) {
    // Class files are read, and no class of the program is loaded for it.
    ClassHierarchyResolver hierarchy = loader == null
        ? ClassHierarchyResolver.defaultResolver()
        : ClassHierarchyResolver.ofResourceParsing(loader).orElse(ClassHierarchyResolver.defaultResolver());
    ClassFile file = ClassFile.of(ClassFile.ClassHierarchyResolverOption.of(hierarchy));
    ClassModel type = file.parse(bytes);
    if (!wanted.isFile(sourceOf(type))) return null;
    int before = wanted.sites.size();
    Map<MethodModel, Map<Integer, Call>> calls = new HashMap<>();
    for (MethodModel method : type.methods()) {
      Map<Integer, Call> here = callsIn(method, wanted);
      if (!here.isEmpty()) calls.put(method, here);
    }
    if (wanted.sites.size() == before) return null;
    return file.transformClass(type, (builder, element) -> {
      Map<Integer, Call> here = element instanceof MethodModel method ? calls.get(method) : null;
      if (here == null) {
        builder.with(element);
        return;
      }
      MethodModel method = (MethodModel) element;
      builder.transformMethod(method, (methodBuilder, part) -> {
        if (!(part instanceof CodeModel code)) {
          methodBuilder.with(part);
          return;
        }
        methodBuilder.transformCode(code, new CodeTransform() {
          private int at;

          @Override
          public void accept(CodeBuilder codeBuilder, CodeElement each) {
            codeBuilder.with(each);
            Call call = here.get(at++);
            if (call != null) call.write(codeBuilder);
          }
        });
      });
    });
  }

  @Override
  public String sourceOf(byte[] bytes) {
    return sourceOf(ClassFile.of().parse(bytes));
  }

  private static String sourceOf(ClassModel type) {
    return type.findAttribute(Attributes.sourceFile()).map(source -> source.sourceFile().stringValue()).orElse(null);
  }

  /** By the place of the line among the elements of the code: what is called after it. */
  private static Map<Integer, Call> callsIn(MethodModel method, Wanted wanted) {
    Map<Integer, Call> calls = new HashMap<>();
    CodeModel code = method.code().orElse(null);
    if (code == null) return calls;
    List<LocalVariable> variables = new ArrayList<>();
    for (CodeElement each : code) if (each instanceof LocalVariable variable) variables.add(variable);
    String name = method.methodName().stringValue();
    Set<Label> passed = new HashSet<>();
    int at = 0;
    int last = 0;
    boolean isFirst = true;
    List<CodeElement> elements = code.elementList();
    for (CodeElement each : elements) {
      if (each instanceof LabelTarget target) passed.add(target.label());
      if (each instanceof LineNumber number) {
        int line = number.line();
        wanted.lines.add(line);
        boolean isWanted = wanted.method == null ? line == wanted.line && line != last : isFirst && name.equals(wanted.method);
        last = line;
        isFirst = false;
        if (isWanted && wanted.sites.size() < Wanted.MOST_SITES) {
          Set<Label> here = new HashSet<>(passed);
          // Labels of the same place may stand behind the line.
          for (int next = at + 1; next < elements.size() && elements.get(next) instanceof LabelTarget target; next++) here.add(target.label());
          calls.put(at, callAt(method, variables, here, line, wanted));
        }
      }
      at++;
    }
    return calls;
  }

  private static Call callAt(MethodModel method, List<LocalVariable> all, Set<Label> passed, int line, Wanted wanted) {
    boolean isStatic = method.flags().has(AccessFlag.STATIC);
    boolean isConstructor = method.methodName().equalsString("<init>");
    if (isConstructor) wanted.isConstructor = true;
    List<Read> reads = new ArrayList<>();
    if (!all.isEmpty()) {
      for (LocalVariable each : all) {
        boolean isThere = passed.contains(each.startScope()) && !passed.contains(each.endScope());
        if (isThere && !(isConstructor && each.slot() == 0)) reads.add(new Read(each.name().stringValue(), each.typeSymbol(), each.slot()));
      }
      reads.sort((a, b) -> Integer.compare(a.slot, b.slot));
    } else {
      if (!isStatic && !isConstructor) reads.add(new Read("this", ConstantDescs.CD_Object, 0));
      int slot = isStatic ? 0 : 1;
      int number = 0;
      for (ClassDesc type : method.methodTypeSymbol().parameterList()) {
        reads.add(new Read("arg" + number++, type, slot));
        slot += TypeKind.from(type).slotSize();
        wanted.hasNoNames = true;
      }
    }
    List<String> names = new ArrayList<>();
    List<String> types = new ArrayList<>();
    for (Read each : reads) {
      names.add(each.name);
      types.add(Boxes.type(each.type.descriptorString()));
    }
    Call call = new Call(wanted.sites.size(), reads);
    wanted.sites.add(new Site(method.methodName().stringValue(), line, names, types));
    return call;
  }

  private record Read(String name, ClassDesc type, int slot) {}

  private record Call(int number, List<Read> reads) {
    void write(CodeBuilder code) {
      code.loadConstant(reads.size() + 1).anewarray(ConstantDescs.CD_Object).dup().loadConstant(0).loadConstant(number);
      box(code, ConstantDescs.CD_int);
      code.aastore();
      int at = 1;
      for (Read each : reads) {
        code.dup().loadConstant(at++).loadLocal(TypeKind.from(each.type), each.slot);
        box(code, each.type);
        code.aastore();
      }
      code.invokestatic(HOOK, "reached", REACHED);
    }

    private static void box(CodeBuilder code, ClassDesc type) {
      String boxed = Boxes.of(type.descriptorString());
      if (boxed == null) return;
      ClassDesc in = ClassDesc.ofDescriptor("L" + boxed + ";");
      code.invokestatic(in, "valueOf", MethodTypeDesc.of(in, type));
    }
  }
}
