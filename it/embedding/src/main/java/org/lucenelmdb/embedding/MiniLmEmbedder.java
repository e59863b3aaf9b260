/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.embedding;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.langchain4j.model.embedding.onnx.AbstractInProcessEmbeddingModel;
import dev.langchain4j.model.embedding.onnx.OnnxBertBiEncoder;
import dev.langchain4j.model.embedding.onnx.PoolingMode;
import java.io.ByteArrayInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;

/**
 * The sentence transformer all-MiniLM-L6-v2, quantized, which is loaded from a jar and runs in this
 * JVM.
 */
public final class MiniLmEmbedder implements Embedder, AutoCloseable {

  private static final String MODEL = "all-minilm-l6-v2-q.onnx";
  private static final String TOKENIZER = "all-minilm-l6-v2-q-tokenizer.json";
  private static final int DIMENSIONS = 384;

  private final String id;
  private final OrtSession session;
  private final AbstractInProcessEmbeddingModel model;

  /**
   * Loads the model.
   *
   * @param nativeLibraries the directory in which the tokenizer's library may unpack its native
   *     code
   * @throws IOException if loading fails
   */
  public MiniLmEmbedder(Path nativeLibraries) throws IOException {
    // otherwise the library uses a directory in the user's home, and sends usage reports to Amazon
    System.setProperty("DJL_CACHE_DIR", nativeLibraries.toString());
    System.setProperty("ENGINE_CACHE_DIR", nativeLibraries.toString());
    System.setProperty("OPT_OUT_TRACKING", "true");
    System.setProperty("ai.djl.offline", "true");
    byte[] network = resource(MODEL);
    byte[] tokenizer = resource(TOKENIZER);
    id = Sha256.of(network) + Sha256.of(tokenizer);
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
      // one thread per text, with many texts in parallel, is faster than many threads per text
      options.setIntraOpNumThreads(1);
      session = environment.createSession(network, options);
    } catch (OrtException e) {
      throw new IOException("cannot load the language model", e);
    }
    model =
        new SessionModel(
            new OnnxBertBiEncoder(
                environment, session, new ByteArrayInputStream(tokenizer), PoolingMode.MEAN));
  }

  private static byte[] resource(String name) throws IOException {
    try (InputStream stream = MiniLmEmbedder.class.getClassLoader().getResourceAsStream(name)) {
      if (stream == null) {
        throw new FileNotFoundException(name + " is not on the class path");
      }
      return stream.readAllBytes();
    }
  }

  @Override
  public String id() {
    return id;
  }

  @Override
  public int dimensions() {
    return DIMENSIONS;
  }

  @Override
  public float[] embed(String text) {
    return model.embed(text).content().vector();
  }

  @Override
  public void close() throws IOException {
    try {
      session.close();
    } catch (OrtException e) {
      throw new IOException("cannot close the language model", e);
    }
  }

  /** An embedding model that uses a session with our options. */
  private static final class SessionModel extends AbstractInProcessEmbeddingModel {

    private final OnnxBertBiEncoder encoder;

    SessionModel(OnnxBertBiEncoder encoder) {
      super(Runnable::run);
      this.encoder = encoder;
    }

    @Override
    protected OnnxBertBiEncoder model() {
      return encoder;
    }

    @Override
    protected Integer knownDimension() {
      return DIMENSIONS;
    }
  }
}
