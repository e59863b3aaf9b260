/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.opensearch.mapper;

import java.util.Map;
import org.apache.lucene.index.VectorEncoding;
import org.apache.lucene.search.FieldExistsQuery;
import org.apache.lucene.search.Query;
import org.lucenelmdb.LmdbHnswOptions;
import org.opensearch.index.mapper.ArraySourceValueFetcher;
import org.opensearch.index.mapper.MappedFieldType;
import org.opensearch.index.mapper.TextSearchInfo;
import org.opensearch.index.mapper.ValueFetcher;
import org.opensearch.index.query.QueryShardContext;
import org.opensearch.index.query.QueryShardException;
import org.opensearch.search.lookup.SearchLookup;

/** What a query and the codec know of an {@code lmdb_vector} field. */
public final class LmdbVectorFieldType extends MappedFieldType {

  private final int dimension;
  private final VectorEncoding encoding;
  private final SpaceType spaceType;
  private final IndexOptions indexOptions;

  /**
   * The parameters of a mapping that apply to segments written from then on.
   *
   * @param codeBits bits of a code for each dimension; null for the codec's choice
   * @param oversampling reranked candidates for each result; null for as many as {@link
   *     #TARGET_RECALL} takes
   */
  record IndexOptions(int m, int efConstruction, Integer codeBits, Float oversampling) {

    /**
     * The target recall of queries that do not set one. It is higher than the codec's: users of
     * OpenSearch are used to searches that keep 100 candidates for 10 results.
     */
    static final float TARGET_RECALL = 0.98f;

    /** Sets them in options of the codec. */
    LmdbHnswOptions applyTo(LmdbHnswOptions options) {
      LmdbHnswOptions changed =
          options.withMaxConn(m).withBeamWidth(efConstruction).withTargetRecall(TARGET_RECALL);
      if (codeBits != null) {
        changed = changed.withCodeBits(codeBits);
      }
      return oversampling == null ? changed : changed.withOversampling(oversampling);
    }
  }

  LmdbVectorFieldType(
      String name,
      int dimension,
      VectorEncoding encoding,
      SpaceType spaceType,
      IndexOptions indexOptions,
      Map<String, String> meta) {
    super(name, true, false, false, TextSearchInfo.NONE, meta);
    this.dimension = dimension;
    this.encoding = encoding;
    this.spaceType = spaceType;
    this.indexOptions = indexOptions;
  }

  /** The number of components of a vector. */
  public int dimension() {
    return dimension;
  }

  /** The type of a component. */
  public VectorEncoding encoding() {
    return encoding;
  }

  /** The metric. */
  public SpaceType spaceType() {
    return spaceType;
  }

  /** Options of the codec for segments that are written from now on. */
  public LmdbHnswOptions codecOptions(LmdbHnswOptions base) {
    return indexOptions.applyTo(base);
  }

  @Override
  public String typeName() {
    return LmdbVectorFieldMapper.CONTENT_TYPE;
  }

  @Override
  public ValueFetcher valueFetcher(QueryShardContext context, SearchLookup lookup, String format) {
    if (format != null) {
      throw new IllegalArgumentException(
          "field [" + name() + "] of type [" + typeName() + "] does not support formats");
    }
    return new ArraySourceValueFetcher(name(), context) {
      @Override
      protected Object parseSourceValue(Object value) {
        return value;
      }
    };
  }

  @Override
  public Query existsQuery(QueryShardContext context) {
    return new FieldExistsQuery(name());
  }

  @Override
  public Query termQuery(Object value, QueryShardContext context) {
    throw new QueryShardException(
        context,
        "field ["
            + name()
            + "] of type ["
            + typeName()
            + "] expects a query of type [lmdb_knn] or [exists]; found one for terms");
  }
}
