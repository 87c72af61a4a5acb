// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.policy.raft;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import net.bytebuddy.jar.asm.ClassReader;
import net.bytebuddy.jar.asm.ClassVisitor;
import net.bytebuddy.jar.asm.ClassWriter;
import net.bytebuddy.jar.asm.MethodVisitor;
import net.bytebuddy.jar.asm.Opcodes;
import org.jspecify.annotations.Nullable;

/**
 * Loads Atomix and what is built on it anew, with virtual time, threads, chance and disks: Atomix
 * takes none of these from outside. Only calls are replaced; what the code does with their results
 * stays as it is shipped.
 */
final class VirtualLoader extends ClassLoader {
  private static final String HERE = VirtualLoader.class.getPackageName().replace('.', '/') + "/";
  private static final String CALLS = HERE + "VirtualCalls";

  /** Who is made instead. */
  private static final Map<String, String> TYPES =
      Map.of(
          "java/util/Random", HERE + "VirtualRandom",
          "java/io/RandomAccessFile", HERE + "VirtualFile",
          "io/atomix/utils/concurrent/SingleThreadContext", HERE + "VirtualContext",
          "io/atomix/utils/concurrent/BlockingAwareThreadPoolContextFactory",
              HERE + "VirtualContexts");

  /** What is called instead, with the object as its first argument where there is one. */
  private static final Map<String, String> METHODS =
      Map.of(
          "java/util/Objects.hash([Ljava/lang/Object;)I",
          "([Ljava/lang/Object;)I",
          "java/lang/System.currentTimeMillis()J",
          "()J",
          "java/lang/System.nanoTime()J",
          "()J",
          "java/time/Instant.now()Ljava/time/Instant;",
          "()Ljava/time/Instant;",
          "java/util/concurrent/CompletableFuture.delayedExecutor"
              + "(JLjava/util/concurrent/TimeUnit;Ljava/util/concurrent/Executor;)"
              + "Ljava/util/concurrent/Executor;",
          "(JLjava/util/concurrent/TimeUnit;Ljava/util/concurrent/Executor;)"
              + "Ljava/util/concurrent/Executor;",
          "java/util/concurrent/CompletableFuture.get"
              + "(JLjava/util/concurrent/TimeUnit;)Ljava/lang/Object;",
          "(Ljava/util/concurrent/CompletableFuture;JLjava/util/concurrent/TimeUnit;)"
              + "Ljava/lang/Object;",
          "java/nio/channels/FileChannel.open"
              + "(Ljava/nio/file/Path;[Ljava/nio/file/OpenOption;)Ljava/nio/channels/FileChannel;",
          "(Ljava/nio/file/Path;[Ljava/nio/file/OpenOption;)Ljava/nio/channels/FileChannel;",
          "java/nio/channels/FileChannel.force(Z)V",
          "(Ljava/nio/channels/FileChannel;Z)V",
          "java/io/FileDescriptor.sync()V",
          "(Ljava/io/FileDescriptor;)V",
          "java/nio/file/Files.move(Ljava/nio/file/Path;Ljava/nio/file/Path;"
              + "[Ljava/nio/file/CopyOption;)Ljava/nio/file/Path;",
          "(Ljava/nio/file/Path;Ljava/nio/file/Path;[Ljava/nio/file/CopyOption;)"
              + "Ljava/nio/file/Path;");

  VirtualLoader() {
    super(VirtualLoader.class.getClassLoader());
  }

  @Override
  protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
    if (!name.startsWith("io.atomix.") && !name.startsWith("io.rhizome.node.policy.")) {
      return super.loadClass(name, resolve);
    }
    synchronized (getClassLoadingLock(name)) {
      Class<?> loaded = findLoadedClass(name);
      return loaded == null ? define(name) : loaded;
    }
  }

  private Class<?> define(String name) throws ClassNotFoundException {
    String file = name.replace('.', '/');
    try (InputStream in = getParent().getResourceAsStream(file + ".class")) {
      if (in == null) {
        throw new ClassNotFoundException(name);
      }
      byte[] bytes = file.startsWith(HERE + "Virtual") ? in.readAllBytes() : rewritten(in);
      return defineClass(name, bytes, 0, bytes.length);
    } catch (IOException e) {
      throw new ClassNotFoundException(name, e);
    }
  }

  private static byte[] rewritten(InputStream in) throws IOException {
    ClassReader reader = new ClassReader(in);
    ClassWriter writer = new ClassWriter(reader, 0);
    reader.accept(
        new ClassVisitor(Opcodes.ASM9, writer) {
          @Override
          public MethodVisitor visitMethod(
              int access,
              String name,
              String descriptor,
              @Nullable String signature,
              String @Nullable [] exceptions) {
            return new Replacing(
                super.visitMethod(access, name, descriptor, signature, exceptions));
          }
        },
        0);
    return writer.toByteArray();
  }

  /** Replaces calls in one method. */
  private static final class Replacing extends MethodVisitor {
    private final List<String> made = new ArrayList<>();

    Replacing(MethodVisitor next) {
      super(Opcodes.ASM9, next);
    }

    @Override
    public void visitTypeInsn(int opcode, String type) {
      String instead = opcode == Opcodes.NEW ? TYPES.get(type) : null;
      if (instead != null) {
        made.add(type);
      }
      super.visitTypeInsn(opcode, instead == null ? type : instead);
    }

    @Override
    public void visitMethodInsn(
        int opcode, String owner, String name, String descriptor, boolean ofInterface) {
      String replacement = METHODS.get(owner + "." + name + descriptor);
      if (replacement != null) {
        super.visitMethodInsn(Opcodes.INVOKESTATIC, CALLS, name, replacement, false);
      } else if (name.equals("<init>") && made.remove(owner)) {
        String instead = TYPES.getOrDefault(owner, owner);
        super.visitMethodInsn(opcode, instead, name, descriptor, ofInterface);
      } else {
        super.visitMethodInsn(opcode, owner, name, descriptor, ofInterface);
      }
    }
  }
}
