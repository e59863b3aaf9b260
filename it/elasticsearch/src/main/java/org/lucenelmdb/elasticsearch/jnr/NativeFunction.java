/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.elasticsearch.jnr;

import com.kenai.jffi.ArrayFlags;
import com.kenai.jffi.Function;
import com.kenai.jffi.HeapInvocationBuffer;
import com.kenai.jffi.Invoker;
import com.kenai.jffi.Type;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import jnr.ffi.Memory;
import jnr.ffi.Pointer;
import jnr.ffi.Runtime;
import jnr.ffi.Struct;
import jnr.ffi.byref.ByReference;

/**
 * A native function with the types of parameters and results that the functions of LMDB and of the
 * codec have. Thread-safe.
 */
final class NativeFunction {

  private final Runtime runtime;
  private final Function function; // null if its types are not supported
  private final Method method;

  /**
   * @param address of the function in memory
   */
  NativeFunction(Runtime runtime, long address, Method method) {
    this.runtime = runtime;
    this.method = method;
    Type result = type(method.getReturnType());
    Type[] parameters =
        Stream.of(method.getParameterTypes()).map(NativeFunction::type).toArray(Type[]::new);
    boolean isSupported = result != null && Stream.of(parameters).allMatch(type -> type != null);
    this.function = isSupported ? new Function(address, result, parameters) : null;
  }

  private static Type type(Class<?> type) {
    if (type == void.class) {
      return Type.VOID;
    }
    if (type == int.class) {
      return Type.SINT32;
    }
    if (type == long.class) { // size_t, or an address
      return Type.SINT64;
    }
    boolean isPointer =
        type == Pointer.class
            || type == String.class
            || type == byte[].class
            || Struct.class.isAssignableFrom(type)
            || ByReference.class.isAssignableFrom(type);
    return isPointer ? Type.POINTER : null;
  }

  /**
   * Calls the function.
   *
   * @param arguments null for none
   */
  Object call(Object[] arguments) {
    if (function == null) {
      throw new UnsupportedOperationException("the types of " + method);
    }
    HeapInvocationBuffer buffer = new HeapInvocationBuffer(function);
    int count = method.getParameterCount();
    Pointer[] references = new Pointer[count];
    for (int i = 0; i < count; i++) {
      references[i] = put(buffer, arguments[i]);
    }
    Object result = invoke(buffer);
    for (int i = 0; i < count; i++) {
      if (references[i] != null) {
        ((ByReference<?>) arguments[i]).fromNative(runtime, references[i], 0);
      }
    }
    return result;
  }

  /** Adds an argument; returns the memory of a reference, which the function writes. */
  private Pointer put(HeapInvocationBuffer buffer, Object argument) {
    if (argument instanceof ByReference<?> reference) {
      Pointer memory = Memory.allocateDirect(runtime, reference.nativeSize(runtime), true);
      reference.toNative(runtime, memory, 0);
      buffer.putAddress(memory.address());
      return memory;
    }
    if (argument == null) {
      buffer.putAddress(0);
    } else if (argument instanceof Integer value) {
      buffer.putInt(value);
    } else if (argument instanceof Long value) {
      buffer.putLong(value);
    } else if (argument instanceof Pointer pointer) {
      buffer.putAddress(pointer.address());
    } else if (argument instanceof byte[] bytes) {
      put(buffer, bytes);
    } else if (argument instanceof String string) {
      put(buffer, string.getBytes(StandardCharsets.UTF_8));
    } else if (argument instanceof Struct struct) {
      Pointer memory = Memory.allocateDirect(runtime, Struct.size(struct), true);
      struct.useMemory(memory); // the caller reads what the function wrote
      buffer.putAddress(memory.address());
    } else {
      throw new IllegalArgumentException("the type of " + argument);
    }
    return null;
  }

  private static void put(HeapInvocationBuffer buffer, byte[] bytes) {
    buffer.putArray(bytes, 0, bytes.length, ArrayFlags.IN | ArrayFlags.NULTERMINATE);
  }

  private Object invoke(HeapInvocationBuffer buffer) {
    Class<?> type = method.getReturnType();
    Invoker invoker = Invoker.getInstance();
    if (type == int.class) {
      return invoker.invokeInt(function, buffer);
    }
    if (type == long.class) {
      return invoker.invokeLong(function, buffer);
    }
    if (type == void.class) {
      invoker.invokeInt(function, buffer);
      return null;
    }
    long address = invoker.invokeAddress(function, buffer);
    if (address == 0) {
      return null;
    }
    Pointer pointer = runtime.getMemoryManager().newPointer(address);
    return type == String.class ? pointer.getString(0) : pointer;
  }
}
