/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.elasticsearch.jnr;

import com.kenai.jffi.Library;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import jnr.ffi.LibraryLoader;
import jnr.ffi.LibraryOption;
import jnr.ffi.Platform;
import jnr.ffi.Runtime;
import jnr.ffi.provider.LoadedLibrary;

/** Implements an interface of native functions by a {@link Proxy}. */
final class ProxyLibraryLoader<T> extends LibraryLoader<T> {

  ProxyLibraryLoader(Class<T> functions) {
    super(functions);
  }

  @Override
  protected T loadLibrary(
      Class<T> functions,
      Collection<String> names,
      Collection<String> paths,
      Map<LibraryOption, Object> options,
      boolean failImmediately) {
    Runtime runtime = Runtime.getSystemRuntime();
    List<Library> libraries = names.stream().map(name -> open(name, paths, options)).toList();
    Map<Method, NativeFunction> found = new HashMap<>();
    for (Method method : functions.getMethods()) {
      found.put(method, new NativeFunction(runtime, address(libraries, method), method));
    }
    InvocationHandler handler =
        (proxy, method, arguments) -> {
          NativeFunction function = found.get(method);
          if (function != null) {
            return function.call(arguments);
          }
          return switch (method.getName()) {
            case "getRuntime" -> runtime;
            case "hashCode" -> System.identityHashCode(proxy);
            case "equals" -> proxy == arguments[0];
            default -> functions.getName() + names;
          };
        };
    return functions.cast(
        Proxy.newProxyInstance(
            functions.getClassLoader(), new Class<?>[] {functions, LoadedLibrary.class}, handler));
  }

  private static Library open(
      String name, Collection<String> paths, Map<LibraryOption, Object> options) {
    Library library = Library.getCachedInstance(name, Library.LAZY | Library.GLOBAL);
    if (library == null) {
      String located =
          Platform.getNativePlatform().locateLibrary(name, List.copyOf(paths), options);
      library = Library.getCachedInstance(located, Library.LAZY | Library.GLOBAL);
    }
    if (library == null) {
      throw new UnsatisfiedLinkError(Library.getLastError());
    }
    return library;
  }

  private static long address(List<Library> libraries, Method method) {
    for (Library library : libraries) {
      long address = library.getSymbolAddress(method.getName());
      if (address != 0) {
        return address;
      }
    }
    throw new UnsatisfiedLinkError("the library should have the function " + method.getName());
  }
}
