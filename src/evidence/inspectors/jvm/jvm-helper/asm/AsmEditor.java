package halligan;

import java.util.ArrayList;
import java.util.List;
import jdk.internal.org.objectweb.asm.ClassReader;
import jdk.internal.org.objectweb.asm.ClassWriter;
import jdk.internal.org.objectweb.asm.Opcodes;
import jdk.internal.org.objectweb.asm.Type;
import jdk.internal.org.objectweb.asm.tree.AbstractInsnNode;
import jdk.internal.org.objectweb.asm.tree.ClassNode;
import jdk.internal.org.objectweb.asm.tree.FrameNode;
import jdk.internal.org.objectweb.asm.tree.InsnList;
import jdk.internal.org.objectweb.asm.tree.InsnNode;
import jdk.internal.org.objectweb.asm.tree.IntInsnNode;
import jdk.internal.org.objectweb.asm.tree.LabelNode;
import jdk.internal.org.objectweb.asm.tree.LineNumberNode;
import jdk.internal.org.objectweb.asm.tree.LocalVariableNode;
import jdk.internal.org.objectweb.asm.tree.MethodInsnNode;
import jdk.internal.org.objectweb.asm.tree.MethodNode;
import jdk.internal.org.objectweb.asm.tree.TypeInsnNode;
import jdk.internal.org.objectweb.asm.tree.VarInsnNode;

/** By the copy of ASM that JDKs up to 23 have within them. What is inserted has no branch, so that the frames of the verifier stay right. */
public final class AsmEditor implements Editor {
  @Override
  public byte[] edit(byte[] bytes, ClassLoader loader, Wanted wanted) {
    ClassNode type = new ClassNode();
    new ClassReader(bytes).accept(type, 0);
    if (!wanted.isFile(type.sourceFile)) return null;
    int before = wanted.sites.size();
    for (MethodNode method : type.methods) edit(method, wanted);
    if (wanted.sites.size() == before) return null;
    ClassWriter writer = new ClassWriter(ClassWriter.COMPUTE_MAXS);
    type.accept(writer);
    return writer.toByteArray();
  }

  @Override
  public String sourceOf(byte[] bytes) {
    ClassNode type = new ClassNode();
    new ClassReader(bytes).accept(type, ClassReader.SKIP_CODE | ClassReader.SKIP_FRAMES);
    return type.sourceFile;
  }

  private static void edit(MethodNode method, Wanted wanted) {
    int last = 0;
    boolean isFirst = true;
    for (AbstractInsnNode node : method.instructions.toArray()) {
      if (!(node instanceof LineNumberNode)) continue;
      int line = ((LineNumberNode) node).line;
      wanted.lines.add(line);
      boolean isWanted = wanted.method == null ? line == wanted.line && line != last : isFirst && method.name.equals(wanted.method);
      last = line;
      isFirst = false;
      if (isWanted && wanted.sites.size() < Wanted.MOST_SITES) insert(method, node, line, wanted);
    }
  }

  private static void insert(MethodNode method, AbstractInsnNode lineNode, int line, Wanted wanted) {
    List<Variable> variables = variables(method, method.instructions.indexOf(lineNode), wanted);
    List<String> names = new ArrayList<>();
    List<String> types = new ArrayList<>();
    InsnList call = new InsnList();
    call.add(new IntInsnNode(Opcodes.SIPUSH, variables.size() + 1));
    call.add(new TypeInsnNode(Opcodes.ANEWARRAY, "java/lang/Object"));
    call.add(new InsnNode(Opcodes.DUP));
    call.add(new InsnNode(Opcodes.ICONST_0));
    call.add(new IntInsnNode(Opcodes.SIPUSH, wanted.sites.size()));
    box(call, Type.INT_TYPE);
    call.add(new InsnNode(Opcodes.AASTORE));
    for (Variable each : variables) {
      names.add(each.name);
      types.add(Boxes.type(each.type.getDescriptor()));
      call.add(new InsnNode(Opcodes.DUP));
      call.add(new IntInsnNode(Opcodes.SIPUSH, names.size()));
      call.add(new VarInsnNode(each.type.getOpcode(Opcodes.ILOAD), each.slot));
      box(call, each.type);
      call.add(new InsnNode(Opcodes.AASTORE));
    }
    call.add(new MethodInsnNode(Opcodes.INVOKESTATIC, "java/lang/HalliganHook", "reached", "([Ljava/lang/Object;)V", false));
    method.instructions.insert(afterFrame(lineNode), call);
    wanted.sites.add(new Site(method.name, line, names, types));
  }

  /** A frame of the verifier stands between the line and its first instruction; what a branch comes to must have it in front. */
  private static AbstractInsnNode afterFrame(AbstractInsnNode lineNode) {
    AbstractInsnNode after = lineNode;
    for (AbstractInsnNode next = lineNode.getNext(); next != null; next = next.getNext()) {
      if (next instanceof FrameNode) after = next;
      else if (!(next instanceof LabelNode || next instanceof LineNumberNode)) break;
    }
    return after;
  }

  private static void box(InsnList call, Type type) {
    String boxed = Boxes.of(type.getDescriptor());
    if (boxed == null) return;
    String described = "(" + type.getDescriptor() + ")L" + boxed + ";";
    call.add(new MethodInsnNode(Opcodes.INVOKESTATIC, boxed, "valueOf", described, false));
  }

  private static final class Variable {
    final String name;
    final Type type;
    final int slot;

    Variable(String name, Type type, int slot) {
      this.name = name;
      this.type = type;
      this.slot = slot;
    }
  }

  private static List<Variable> variables(MethodNode method, int at, Wanted wanted) {
    List<Variable> variables = new ArrayList<>();
    boolean isConstructor = method.name.equals("<init>");
    if (isConstructor) wanted.isConstructor = true;
    if (method.localVariables != null && !method.localVariables.isEmpty()) {
      for (LocalVariableNode each : method.localVariables) {
        boolean isThere = method.instructions.indexOf(each.start) <= at && at < method.instructions.indexOf(each.end);
        if (isThere && !(isConstructor && each.index == 0)) variables.add(new Variable(each.name, Type.getType(each.desc), each.index));
      }
      variables.sort((a, b) -> Integer.compare(a.slot, b.slot));
      return variables;
    }
    boolean isStatic = (method.access & Opcodes.ACC_STATIC) != 0;
    int slot = isStatic ? 0 : 1;
    if (!isStatic && !isConstructor) variables.add(new Variable("this", Type.getObjectType("java/lang/Object"), 0));
    Type[] types = Type.getArgumentTypes(method.desc);
    if (types.length > 0) wanted.hasNoNames = true;
    for (Type type : types) {
      variables.add(new Variable("arg" + (variables.size() - (isStatic || isConstructor ? 0 : 1)), type, slot));
      slot += type.getSize();
    }
    return variables;
  }
}
