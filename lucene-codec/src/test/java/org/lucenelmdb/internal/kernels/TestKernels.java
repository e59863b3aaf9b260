/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.kernels;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.apache.lucene.util.Constants;

/** All kernels against the definitions of what they compute. */
public class TestKernels extends LuceneTestCase {

  private static final int[] WIDTHS = {64, 128, 256, 512};

  /** Loads another copy of {@link VectorKernels}, with a vector width of its own. */
  private static final class Widths extends ClassLoader {
    Widths() {
      super(Kernels.class.getClassLoader());
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
      if (name.equals(KernelSelection.VECTOR_KERNELS) == false) {
        return super.loadClass(name, resolve);
      }
      try (InputStream in = getResourceAsStream(name.replace('.', '/') + ".class")) {
        byte[] bytes = in.readAllBytes();
        return defineClass(name, bytes, 0, bytes.length);
      } catch (IOException e) {
        throw new ClassNotFoundException(name, e);
      }
    }

    static Kernels load(int bits) throws ReflectiveOperationException {
      System.setProperty("org.lucenelmdb.internal.kernels.bits", Integer.toString(bits));
      try {
        Class<?> kernels = new Widths().loadClass(KernelSelection.VECTOR_KERNELS, true);
        return (Kernels) kernels.getConstructor().newInstance();
      } finally {
        System.clearProperty("org.lucenelmdb.internal.kernels.bits");
      }
    }
  }

  private static boolean hasVectorApi() {
    return ModuleLayer.boot().findModule(KernelSelection.MODULE).isPresent();
  }

  /** The Vector API's kernels, one for each width. */
  static List<Kernels> vectorKernels() throws ReflectiveOperationException {
    assumeTrue("needs --add-modules " + KernelSelection.MODULE, hasVectorApi());
    List<Kernels> kernels = new ArrayList<>();
    for (int bits : WIDTHS) {
      Kernels loaded = Widths.load(bits);
      assertEquals("VectorKernels(" + bits + " bits)", loaded.toString());
      kernels.add(loaded);
    }
    return kernels;
  }

  /** All small dimensions, for all lengths of the tail, and several large ones. */
  private static int[] dimensions() {
    int[] dimensions = new int[150];
    for (int i = 0; i < dimensions.length; i++) {
      dimensions[i] = i + 1;
    }
    dimensions = Arrays.copyOf(dimensions, dimensions.length + 6);
    for (int i = 150; i < 155; i++) {
      dimensions[i] = 151 + random().nextInt(5000);
    }
    dimensions[155] = 16_384;
    return dimensions;
  }

  private static float[] floats(int dimension) {
    float[] vector = new float[dimension];
    float scale = (float) Math.pow(10, random().nextInt(9) - 4);
    for (int i = 0; i < dimension; i++) {
      vector[i] = scale * (float) random().nextGaussian();
    }
    return vector;
  }

  private static byte[] bytes(int dimension) {
    byte[] vector = new byte[dimension];
    random().nextBytes(vector);
    return vector;
  }

  private static double manhattan(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += Math.abs((double) a[i] - b[i]);
    }
    return sum;
  }

  private static int manhattan(byte[] a, byte[] b) {
    int sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] > b[i] ? a[i] - b[i] : b[i] - a[i];
    }
    return sum;
  }

  private static void check(Kernels kernels) {
    for (int dimension : dimensions()) {
      String message = String.format(Locale.ROOT, "%s, dimension %d", kernels, dimension);
      float[] a = floats(dimension);
      float[] b = floats(dimension);
      double distance = manhattan(a, b);
      assertEquals(message, distance, kernels.manhattan(a, b), 1e-5 * distance);
      assertEquals(message, kernels.manhattan(a, b), kernels.manhattan(b, a), 0f);
      assertEquals(message, 0f, kernels.manhattan(a, a.clone()), 0f);
      assertEquals(message, 0f, kernels.manhattan(new float[dimension], new float[dimension]), 0f);

      byte[] x = bytes(dimension);
      byte[] y = bytes(dimension);
      assertEquals(message, manhattan(x, y), kernels.manhattan(x, y));
      assertEquals(message, manhattan(x, y), kernels.manhattan(y, x));
      assertEquals(message, 0, kernels.manhattan(x, x.clone()));

      // the largest differences
      Arrays.fill(x, Byte.MIN_VALUE);
      Arrays.fill(y, Byte.MAX_VALUE);
      assertEquals(message, 255 * dimension, kernels.manhattan(x, y));
      assertEquals(message, 255 * dimension, kernels.manhattan(y, x));
    }
    checkEveryPairOfBytes(kernels);
    checkSeveralVectors(kernels);
    float[] far = {Float.MAX_VALUE, Float.MAX_VALUE};
    float[] away = {-Float.MAX_VALUE, 0};
    assertEquals(Float.POSITIVE_INFINITY, kernels.manhattan(far, away), 0f);
    expectThrows(
        IllegalArgumentException.class, () -> kernels.manhattan(new float[3], new float[4]));
    expectThrows(
        IllegalArgumentException.class, () -> kernels.manhattan(new byte[40], new byte[39]));
  }

  private static void checkSeveralVectors(Kernels kernels) {
    for (int dimension : dimensions()) {
      float[][] others = new float[1 + random().nextInt(20)][];
      for (int i = 0; i < others.length; i++) {
        others[i] = floats(dimension);
      }
      float[] vector = random().nextBoolean() ? floats(dimension) : others[0];
      int[] indices = random().ints(random().nextInt(12), 0, others.length).toArray();
      int count = random().nextInt(indices.length + 1);
      float[] products = new float[indices.length];
      float[] squares = new float[indices.length];
      kernels.dotProducts(vector, others, indices, count, products);
      kernels.squareDistances(vector, others, indices, count, squares);
      for (int i = 0; i < indices.length; i++) {
        String message = String.format(Locale.ROOT, "%s, %d, %d", kernels, dimension, i);
        float[] other = others[indices[i]];
        double product = 0;
        double sizes = 0;
        double square = 0;
        for (int j = 0; i < count && j < dimension; j++) {
          product += (double) vector[j] * other[j];
          sizes += Math.abs((double) vector[j] * other[j]);
          square += ((double) vector[j] - other[j]) * ((double) vector[j] - other[j]);
        }
        assertEquals(message, product, products[i], 1e-5 * sizes);
        assertEquals(message, square, squares[i], 1e-5 * square);
      }
    }
    float[][] lengths = new float[4][40];
    lengths[random().nextInt(4)] = new float[39];
    int[] indices = {0, 1, 2, 3};
    expectThrows(
        IllegalArgumentException.class,
        () -> kernels.dotProducts(new float[40], lengths, indices, 4, new float[4]));
    expectThrows(
        IllegalArgumentException.class,
        () -> kernels.squareDistances(new float[40], lengths, indices, 4, new float[4]));
  }

  private static void checkEveryPairOfBytes(Kernels kernels) {
    byte[] all = new byte[256];
    for (int i = 0; i < all.length; i++) {
      all[i] = (byte) i;
    }
    byte[] one = new byte[256];
    for (int i = 0; i < 256; i++) {
      Arrays.fill(one, (byte) i);
      assertEquals(manhattan(one, all), kernels.manhattan(one, all));
      for (int j = 0; j < 256; j++) { // in the lanes and in the tail
        byte[] x = new byte[65];
        byte[] y = new byte[65];
        int at = (i + j) % 65;
        x[at] = (byte) i;
        y[at] = (byte) j;
        assertEquals(Math.abs((byte) i - (byte) j), kernels.manhattan(x, y));
      }
    }
  }

  public void testScalar() {
    check(new ScalarKernels());
  }

  public void testBest() {
    check(Kernels.best());
  }

  public void testEveryWidth() throws ReflectiveOperationException {
    for (Kernels kernels : vectorKernels()) {
      check(kernels);
    }
  }

  public void testSelection() {
    String best = Kernels.best().toString();
    if (hasVectorApi() && Constants.IS_HOTSPOT_VM && Constants.IS_CLIENT_VM == false) {
      assumeFalse("not with this compiler", Constants.IS_JVMCI_VM);
      assertTrue(best, best.startsWith("Vector") || best.equals("ScalarKernels"));
    } else {
      assertEquals("ScalarKernels", best);
    }
    assertSame(Kernels.best(), Kernels.best());
  }
}
