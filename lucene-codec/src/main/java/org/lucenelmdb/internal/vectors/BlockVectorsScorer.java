/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.vectors;

import java.io.IOException;
import org.apache.lucene.codecs.hnsw.DefaultFlatVectorScorer;
import org.apache.lucene.codecs.hnsw.FlatVectorScorerUtil;
import org.apache.lucene.codecs.hnsw.FlatVectorsScorer;
import org.apache.lucene.codecs.lucene95.HasIndexSlice;
import org.apache.lucene.index.FloatVectorValues;
import org.apache.lucene.index.KnnVectorValues;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.store.MemorySegmentAccessInput;
import org.apache.lucene.util.ArrayUtil;
import org.apache.lucene.util.hnsw.RandomVectorScorer;
import org.apache.lucene.util.hnsw.RandomVectorScorerSupplier;
import org.apache.lucene.util.hnsw.UpdateableRandomVectorScorer;
import org.lucenelmdb.internal.offheap.OffHeapBytes;

/**
 * Scores vectors in blocks with Lucene's own scorers. Ordinals are translated to {@linkplain
 * VectorBlocks slots}, so that these scorers can read mapped memory in place. No score is NaN, see
 * {@link DefinedScorer}.
 */
public final class BlockVectorsScorer implements FlatVectorsScorer {

  /** The only instance. */
  public static final FlatVectorsScorer INSTANCE = new BlockVectorsScorer();

  /** Lucene's scorers, which do the computation. */
  static final FlatVectorsScorer LUCENE = FlatVectorScorerUtil.getLucene99FlatVectorsScorer();

  private BlockVectorsScorer() {}

  @Override
  public RandomVectorScorer getRandomVectorScorer(
      VectorSimilarityFunction similarity, KnnVectorValues values, float[] target)
      throws IOException {
    KnnVectorValues slots = slots(values);
    RandomVectorScorer scorer =
        slots == null
            ? LUCENE.getRandomVectorScorer(similarity, values, target)
            : new SlotScorer(values, LUCENE.getRandomVectorScorer(similarity, slots, target));
    if (similarity == VectorSimilarityFunction.COSINE) {
      scorer =
          CosineScorer.of((FloatVectorValues) values, target, isInPlace(slots) ? scorer : null);
    }
    return DefinedScorer.of(similarity, values, scorer);
  }

  @Override
  public RandomVectorScorer getRandomVectorScorer(
      VectorSimilarityFunction similarity, KnnVectorValues values, byte[] target)
      throws IOException {
    KnnVectorValues slots = slots(values);
    RandomVectorScorer scorer =
        slots == null
            ? LUCENE.getRandomVectorScorer(similarity, values, target)
            : new SlotScorer(values, LUCENE.getRandomVectorScorer(similarity, slots, target));
    return DefinedScorer.of(similarity, values, scorer);
  }

  @Override
  public RandomVectorScorerSupplier getRandomVectorScorerSupplier(
      VectorSimilarityFunction similarity, KnnVectorValues values) throws IOException {
    if (values instanceof GrowingFloatVectorValues growing
        && similarity != VectorSimilarityFunction.COSINE) {
      return DefinedScorer.of(
          similarity, values, GrowingVectorsScorer.supplier(growing, similarity));
    }
    KnnVectorValues slots = slots(values);
    RandomVectorScorerSupplier scorers =
        slots == null
            ? LUCENE.getRandomVectorScorerSupplier(similarity, values)
            : new Supplier(values, LUCENE.getRandomVectorScorerSupplier(similarity, slots));
    if (similarity == VectorSimilarityFunction.COSINE
        && values instanceof FloatVectorValues floats) {
      scorers = CosineScorer.supplier(floats, isInPlace(slots) ? scorers : null);
    }
    return DefinedScorer.of(similarity, values, scorers);
  }

  /** Returns the slots of values; null if they have none. */
  private static KnnVectorValues slots(KnnVectorValues values) throws IOException {
    return values instanceof BlockValues blocks && blocks.blocks().hasSlots()
        ? blocks.slots()
        : null;
  }

  /** Whether Lucene's scorers read the slots in mapped memory, without copying vectors. */
  private static boolean isInPlace(KnnVectorValues slots) {
    return LUCENE instanceof DefaultFlatVectorScorer == false
        && slots instanceof HasIndexSlice inFile
        && inFile.getSlice() instanceof MemorySegmentAccessInput;
  }

  @Override
  public String toString() {
    return "BlockVectorsScorer(" + LUCENE + ")";
  }

  private record Supplier(KnnVectorValues values, RandomVectorScorerSupplier slots)
      implements RandomVectorScorerSupplier {

    @Override
    public UpdateableRandomVectorScorer scorer() throws IOException {
      return new UpdateableSlotScorer(values, slots.scorer());
    }

    @Override
    public RandomVectorScorerSupplier copy() throws IOException {
      return new Supplier(values.copy(), slots.copy());
    }
  }

  /** Translates ordinals to slots for a scorer of slots. */
  private static class SlotScorer extends RandomVectorScorer.AbstractRandomVectorScorer {
    final VectorBlocks blocks;
    private final RandomVectorScorer scorer;
    private int[] slots = new int[0];

    SlotScorer(KnnVectorValues values, RandomVectorScorer scorer) {
      super(values);
      this.blocks = ((BlockValues) values).blocks();
      this.scorer = scorer;
    }

    @Override
    public float score(int ord) throws IOException {
      try {
        return scorer.score(blocks.slot(ord));
      } catch (IllegalStateException e) {
        throw OffHeapBytes.failure(e); // thrown by the JVM if the mapping is closed
      }
    }

    @Override
    public float bulkScore(int[] ords, float[] scores, int count) throws IOException {
      slots = ArrayUtil.growNoCopy(slots, count);
      for (int i = 0; i < count; i++) {
        slots[i] = blocks.slot(ords[i]);
      }
      try {
        return scorer.bulkScore(slots, scores, count);
      } catch (IllegalStateException e) {
        throw OffHeapBytes.failure(e);
      }
    }
  }

  private static final class UpdateableSlotScorer extends SlotScorer
      implements UpdateableRandomVectorScorer {
    private final UpdateableRandomVectorScorer scorer;

    UpdateableSlotScorer(KnnVectorValues values, UpdateableRandomVectorScorer scorer) {
      super(values, scorer);
      this.scorer = scorer;
    }

    @Override
    public void setScoringOrdinal(int ord) throws IOException {
      scorer.setScoringOrdinal(blocks.slot(ord));
    }
  }
}
