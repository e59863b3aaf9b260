/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.opensearch.query;

import java.io.IOException;
import java.util.Arrays;
import java.util.Objects;
import org.apache.lucene.index.VectorEncoding;
import org.apache.lucene.search.ByteVectorSimilarityQuery;
import org.apache.lucene.search.FloatVectorSimilarityQuery;
import org.apache.lucene.search.KnnByteVectorQuery;
import org.apache.lucene.search.KnnFloatVectorQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.join.BitSetProducer;
import org.apache.lucene.search.join.DiversifyingChildrenByteKnnVectorQuery;
import org.apache.lucene.search.join.DiversifyingChildrenFloatKnnVectorQuery;
import org.apache.lucene.search.join.ToChildBlockJoinQuery;
import org.lucenelmdb.LmdbHnswFilterStrategy;
import org.lucenelmdb.LmdbHnswOptions;
import org.lucenelmdb.LmdbHnswSearchStrategy;
import org.lucenelmdb.opensearch.mapper.LmdbVectorFieldMapper;
import org.lucenelmdb.opensearch.mapper.LmdbVectorFieldType;
import org.lucenelmdb.opensearch.mapper.VectorParser;
import org.lucenelmdb.opensearch.stats.SearchStatistics;
import org.opensearch.core.common.ParsingException;
import org.opensearch.core.common.io.stream.StreamInput;
import org.opensearch.core.common.io.stream.StreamOutput;
import org.opensearch.core.xcontent.XContentBuilder;
import org.opensearch.core.xcontent.XContentParser;
import org.opensearch.index.mapper.MappedFieldType;
import org.opensearch.index.query.AbstractQueryBuilder;
import org.opensearch.index.query.QueryBuilder;
import org.opensearch.index.query.QueryRewriteContext;
import org.opensearch.index.query.QueryShardContext;
import org.opensearch.index.query.QueryShardException;
import org.opensearch.index.search.NestedHelper;

/**
 * The query {@code lmdb_knn}: the k nearest vectors of a field in each shard, or all whose score is
 * at least {@code min_score}.
 */
public final class LmdbKnnQueryBuilder extends AbstractQueryBuilder<LmdbKnnQueryBuilder> {

  /** The name of the query. */
  public static final String NAME = "lmdb_knn";

  /** The largest k, as in OpenSearch's k-NN. */
  static final int MAX_K = 10_000;

  /** The most that the codec accepts. */
  private static final float MAX_OVERSAMPLING = 1000;

  private static final String FIELD = "field";
  private static final String VECTOR = "vector";
  private static final String K = "k";
  private static final String MIN_SCORE = "min_score";
  private static final String FILTER = "filter";
  private static final String OVERSAMPLING = "oversampling";
  private static final String TARGET_RECALL = "target_recall";
  private static final String FILTER_STRATEGY = "filter_strategy";

  /** Parameters, each null if it is absent. */
  private record Parameters(
      String field,
      float[] vector,
      Integer k,
      Float minScore,
      QueryBuilder filter,
      Float oversampling,
      Float targetRecall,
      LmdbHnswFilterStrategy filterStrategy) {

    Parameters withFilter(QueryBuilder changed) {
      return new Parameters(
          field, vector, k, minScore, changed, oversampling, targetRecall, filterStrategy);
    }
  }

  private final Parameters parameters;
  private final SearchStatistics statistics;

  private LmdbKnnQueryBuilder(Parameters parameters, SearchStatistics statistics) {
    this.parameters = parameters;
    this.statistics = statistics;
  }

  /**
   * Reads a query from another node.
   *
   * @param statistics counts searches on this node
   */
  public static LmdbKnnQueryBuilder read(StreamInput in, SearchStatistics statistics)
      throws IOException {
    float boost = in.readFloat();
    String name = in.readOptionalString();
    Parameters parameters =
        new Parameters(
            in.readString(),
            in.readFloatArray(),
            in.readOptionalInt(),
            in.readOptionalFloat(),
            in.readOptionalNamedWriteable(QueryBuilder.class),
            in.readOptionalFloat(),
            in.readOptionalFloat(),
            in.readEnum(LmdbHnswFilterStrategy.class));
    return new LmdbKnnQueryBuilder(parameters, statistics).boost(boost).queryName(name);
  }

  @Override
  protected void doWriteTo(StreamOutput out) throws IOException {
    out.writeString(parameters.field);
    out.writeFloatArray(parameters.vector);
    out.writeOptionalInt(parameters.k);
    out.writeOptionalFloat(parameters.minScore);
    out.writeOptionalNamedWriteable(parameters.filter);
    out.writeOptionalFloat(parameters.oversampling);
    out.writeOptionalFloat(parameters.targetRecall);
    out.writeEnum(parameters.filterStrategy);
  }

  /** Reads a query from a request. */
  public static LmdbKnnQueryBuilder parse(XContentParser parser, SearchStatistics statistics)
      throws IOException {
    return new Parsing(parser, statistics).parse();
  }

  /** Reads one query. */
  private static final class Parsing {
    private final XContentParser parser;
    private final SearchStatistics statistics;
    private String field;
    private float[] vector;
    private Integer k;
    private Float minScore;
    private QueryBuilder filter;
    private Float oversampling;
    private Float targetRecall;
    private LmdbHnswFilterStrategy filterStrategy = LmdbHnswFilterStrategy.AUTO;
    private float boost = DEFAULT_BOOST;
    private String queryName;

    Parsing(XContentParser parser, SearchStatistics statistics) {
      this.parser = parser;
      this.statistics = statistics;
    }

    LmdbKnnQueryBuilder parse() throws IOException {
      while (parser.nextToken() != XContentParser.Token.END_OBJECT) {
        String name = parser.currentName();
        parser.nextToken();
        try {
          parse(name);
        } catch (IllegalArgumentException e) {
          throw failure(e.getMessage());
        }
      }
      check();
      Parameters parameters =
          new Parameters(
              field, vector, k, minScore, filter, oversampling, targetRecall, filterStrategy);
      return new LmdbKnnQueryBuilder(parameters, statistics).boost(boost).queryName(queryName);
    }

    private void parse(String name) throws IOException {
      switch (name) {
        case FIELD -> field = parser.text();
        case VECTOR -> vector = VectorParser.parse(parser, field == null ? VECTOR : field);
        case K -> k = parser.intValue();
        case MIN_SCORE -> minScore = parser.floatValue();
        case FILTER -> filter = parseInnerQueryBuilder(parser);
        case OVERSAMPLING -> oversampling = parser.floatValue();
        case TARGET_RECALL -> targetRecall = parser.floatValue();
        case FILTER_STRATEGY -> filterStrategy = StrategyNames.strategyOf(parser.text());
        default -> {
          if (BOOST_FIELD.match(name, parser.getDeprecationHandler())) {
            boost = parser.floatValue();
          } else if (NAME_FIELD.match(name, parser.getDeprecationHandler())) {
            queryName = parser.text();
          } else {
            throw failure("expects no parameter [" + name + "]");
          }
        }
      }
    }

    private void check() {
      if (field == null) {
        throw failure("expects a [field]; found none");
      }
      if (vector == null) {
        throw failure("expects a [vector]; found none");
      }
      if ((k == null) == (minScore == null)) {
        throw failure(
            "expects either [k] or [min_score]; found " + (k == null ? "neither" : "both"));
      }
      if (k != null && (k < 1 || k > MAX_K)) {
        throw failure("expects a [k] from 1 to " + MAX_K + "; found [" + k + "]");
      }
      if (minScore != null && (minScore > 0) == false) {
        throw failure("expects a [min_score] above 0; found [" + minScore + "]");
      }
      if (oversampling != null && targetRecall != null) {
        throw failure("expects either [oversampling] or [target_recall]; found both");
      }
      if (minScore != null && (oversampling != null || targetRecall != null)) {
        throw failure("expects no [oversampling] or [target_recall] with [min_score]");
      }
      checkRange(OVERSAMPLING, oversampling, 1, MAX_OVERSAMPLING);
      checkRange(
          TARGET_RECALL,
          targetRecall,
          LmdbHnswOptions.MIN_TARGET_RECALL,
          LmdbHnswOptions.MAX_TARGET_RECALL);
    }

    private void checkRange(String name, Float value, float min, float max) {
      if (value != null && (value >= min && value <= max) == false) {
        throw failure(
            "expects a [" + name + "] from " + min + " to " + max + "; found [" + value + "]");
      }
    }

    private ParsingException failure(String message) {
      return new ParsingException(
          parser.getTokenLocation(),
          "[" + NAME + "]" + (field == null ? "" : " of field [" + field + "]") + " " + message);
    }
  }

  private static LmdbHnswSearchStrategy strategy(
      Float oversampling, Float targetRecall, LmdbHnswFilterStrategy filterStrategy) {
    LmdbHnswSearchStrategy strategy =
        oversampling == null
            ? LmdbHnswSearchStrategy.DEFAULT
            : LmdbHnswSearchStrategy.DEFAULT.withOversampling(oversampling);
    if (targetRecall != null) {
      strategy = strategy.withTargetRecall(targetRecall);
    }
    return strategy.withFilterStrategy(filterStrategy);
  }

  @Override
  protected void doXContent(XContentBuilder builder, Params params) throws IOException {
    builder.startObject(NAME);
    builder.field(FIELD, parameters.field);
    builder.field(VECTOR, parameters.vector);
    field(builder, K, parameters.k);
    field(builder, MIN_SCORE, parameters.minScore);
    field(builder, OVERSAMPLING, parameters.oversampling);
    field(builder, TARGET_RECALL, parameters.targetRecall);
    if (parameters.filter != null) {
      builder.field(FILTER, parameters.filter);
    }
    if (parameters.filterStrategy != LmdbHnswFilterStrategy.AUTO) {
      builder.field(FILTER_STRATEGY, StrategyNames.nameOf(parameters.filterStrategy));
    }
    printBoostAndQueryName(builder);
    builder.endObject();
  }

  private static void field(XContentBuilder builder, String name, Number value) throws IOException {
    if (value != null) {
      builder.field(name, value);
    }
  }

  @Override
  protected QueryBuilder doRewrite(QueryRewriteContext context) throws IOException {
    if (parameters.filter != null) {
      checkFilter(context.convertToShardContext());
      QueryBuilder rewritten = parameters.filter.rewrite(context);
      if (rewritten != parameters.filter) {
        return new LmdbKnnQueryBuilder(parameters.withFilter(rewritten), statistics)
            .boost(boost())
            .queryName(queryName());
      }
    }
    return super.doRewrite(context);
  }

  /**
   * Checks the fields of the filter before it is rewritten: a query on a field that is not mapped
   * may become one that matches nothing.
   *
   * @param context null on the node that distributes the search
   */
  private void checkFilter(QueryShardContext context) throws IOException {
    if (context != null) {
      try {
        mappedFilter(context);
      } catch (UnsupportedOperationException e) {
        return; // some queries can only be rewritten: what they become is checked then
      }
    }
  }

  @Override
  protected Query doToQuery(QueryShardContext context) throws IOException {
    MappedFieldType found = context.fieldMapper(parameters.field);
    if (found instanceof LmdbVectorFieldType == false) {
      throw new QueryShardException(
          context,
          "["
              + NAME
              + "] expects a field of type ["
              + LmdbVectorFieldMapper.CONTENT_TYPE
              + "]; found "
              + (found == null
                  ? "none named [" + parameters.field + "]"
                  : "field [" + found.name() + "] of type [" + found.typeName() + "]"));
    }
    LmdbVectorFieldType type = (LmdbVectorFieldType) found;
    try {
      VectorParser.check(type, parameters.vector);
    } catch (IllegalArgumentException e) {
      throw new QueryShardException(context, "[" + NAME + "]: " + e.getMessage(), e);
    }
    if (context.isInnerHitQuery()) {
      return new ExactVectorQuery(type.name(), parameters.vector, type.encoding());
    }
    SearchReports reports = new SearchReports(statistics.listener(context.index(), type.name()));
    Query query = query(type, filter(context), context.getParentFilter(), reports);
    return new LmdbKnnQuery(query, type.name(), reports);
  }

  /** The filter by documents that have vectors: by children, where these are nested. */
  private Query filter(QueryShardContext context) throws IOException {
    if (parameters.filter == null) {
      return null;
    }
    Query filter = mappedFilter(context);
    BitSetProducer parents = context.getParentFilter();
    return parents == null
            || new NestedHelper(context.getMapperService()).mightMatchNestedDocs(filter)
        ? filter
        : new ToChildBlockJoinQuery(filter, parents);
  }

  /** The filter; a field that is not mapped is an error, not a filter that rejects all. */
  private Query mappedFilter(QueryShardContext context) throws IOException {
    context.setAllowUnmappedFields(false);
    try {
      return parameters.filter.toQuery(context);
    } catch (QueryShardException e) {
      throw new QueryShardException(
          context,
          "["
              + NAME
              + "] of field ["
              + parameters.field
              + "] expects a [filter] on mapped fields: "
              + e.getMessage(),
          e);
    } finally {
      context.setAllowUnmappedFields(context.getIndexSettings().isDefaultAllowUnmappedFields());
    }
  }

  private Query query(
      LmdbVectorFieldType type, Query filter, BitSetProducer parents, SearchReports reports) {
    String field = type.name(); // the parameter may name an alias
    boolean isFloat = type.encoding() == VectorEncoding.FLOAT32;
    float[] floats = parameters.vector;
    byte[] bytes = isFloat ? null : VectorParser.toBytes(floats);
    LmdbHnswSearchStrategy strategy =
        strategy(parameters.oversampling, parameters.targetRecall, parameters.filterStrategy)
            .withListener(reports);
    if (parameters.minScore != null) {
      float least = parameters.minScore;
      return isFloat
          ? new FloatVectorSimilarityQuery(field, floats, least, least, filter, strategy)
          : new ByteVectorSimilarityQuery(field, bytes, least, least, filter, strategy);
    }
    int k = parameters.k;
    if (parents != null) {
      return isFloat
          ? new DiversifyingChildrenFloatKnnVectorQuery(field, floats, filter, k, parents, strategy)
          : new DiversifyingChildrenByteKnnVectorQuery(field, bytes, filter, k, parents, strategy);
    }
    return isFloat
        ? new KnnFloatVectorQuery(field, floats, k, filter, strategy)
        : new KnnByteVectorQuery(field, bytes, k, filter, strategy);
  }

  @Override
  public String getWriteableName() {
    return NAME;
  }

  @Override
  protected boolean doEquals(LmdbKnnQueryBuilder other) {
    return Arrays.equals(parameters.vector, other.parameters.vector)
        && withoutVector().equals(other.withoutVector());
  }

  @Override
  protected int doHashCode() {
    return Objects.hash(Arrays.hashCode(parameters.vector), withoutVector());
  }

  private Parameters withoutVector() {
    return new Parameters(
        parameters.field,
        null,
        parameters.k,
        parameters.minScore,
        parameters.filter,
        parameters.oversampling,
        parameters.targetRecall,
        parameters.filterStrategy);
  }
}
