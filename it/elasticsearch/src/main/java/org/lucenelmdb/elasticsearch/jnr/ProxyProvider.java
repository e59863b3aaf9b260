/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.elasticsearch.jnr;

import jnr.ffi.LibraryLoader;
import jnr.ffi.Runtime;
import jnr.ffi.provider.FFIProvider;
import jnr.ffi.provider.jffi.Provider;

/**
 * Lets JNR call native functions without a class loader. JNR's own provider generates a class for
 * each library, in a class loader of its own. Elasticsearch denies that to plugins: the entitlement
 * {@code create_class_loader} is for its modules only.
 */
public final class ProxyProvider extends FFIProvider {

  /** The system property with the name of the provider's class, which JNR reads once. */
  private static final String PROPERTY = "jnr.ffi.provider";

  /** Called by JNR. */
  public ProxyProvider() {}

  /**
   * Makes JNR use this provider, if it is called before JNR is used. The property is removed again
   * because it applies to all copies of JNR in the process.
   *
   * @throws IllegalStateException if the property may not be set, or JNR has been used before
   */
  public static void install() {
    System.setProperty(PROPERTY, ProxyProvider.class.getName());
    try {
      FFIProvider chosen = getSystemProvider();
      if (chosen instanceof ProxyProvider == false) {
        throw new IllegalStateException(
            "JNR should use "
                + ProxyProvider.class.getName()
                + "; found "
                + chosen.getClass().getName()
                + ". The entitlement write_system_properties should include "
                + PROPERTY);
      }
    } finally {
      System.clearProperty(PROPERTY);
    }
  }

  @Override
  public Runtime getRuntime() {
    return Shared.RUNTIME;
  }

  @Override
  public <T> LibraryLoader<T> createLibraryLoader(Class<T> functions) {
    return new ProxyLibraryLoader<>(functions);
  }

  /** Loads jffi's library at the first use: the codec checks before whether this can succeed. */
  private static final class Shared {
    static final Runtime RUNTIME = new HeapManagedRuntime(new Provider().getRuntime());
  }
}
