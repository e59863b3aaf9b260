/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.kernels;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import org.apache.lucene.util.Constants;

/** Selects the kernels once per JVM. */
final class KernelSelection {

  /** The only class that needs {@link #MODULE}, and is therefore referenced by name. */
  static final String VECTOR_KERNELS = "org.lucenelmdb.internal.kernels.VectorKernels";

  /**
   * The module of the Vector API, which is present if the JVM was started with {@code
   * --add-modules}.
   */
  static final String MODULE = "jdk.incubator.vector";

  static final Kernels BEST = select();

  private KernelSelection() {}

  private static Kernels select() {
    // Without HotSpot's C2, the Vector API is slower than scalar code. Lucene's condition is the
    // same.
    if (ModuleLayer.boot().findModule(MODULE).isPresent()
        && Constants.IS_HOTSPOT_VM
        && Constants.IS_CLIENT_VM == false
        && Constants.IS_JVMCI_VM == false) {
      try {
        MethodHandles.Lookup lookup = MethodHandles.lookup();
        Class<?> kernels = lookup.findClass(VECTOR_KERNELS);
        return (Kernels)
            lookup.findConstructor(kernels, MethodType.methodType(void.class)).invoke();
      } catch (UnsupportedOperationException e) {
        return new ScalarKernels(); // the CPU's vectors are too short
      } catch (RuntimeException | Error e) {
        throw e;
      } catch (Throwable t) {
        throw new LinkageError(VECTOR_KERNELS + " should be in this jar", t);
      }
    }
    return new ScalarKernels();
  }
}
