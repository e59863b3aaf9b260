/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.opensearch.mapper;

import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.apache.lucene.document.FieldType;
import org.apache.lucene.document.KnnByteVectorField;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.index.VectorEncoding;
import org.lucenelmdb.LmdbHnswOptions;
import org.lucenelmdb.LmdbHnswVectorsFormat;
import org.opensearch.common.xcontent.support.XContentMapValues;
import org.opensearch.core.xcontent.XContentParser;
import org.opensearch.index.mapper.FieldMapper;
import org.opensearch.index.mapper.Mapper;
import org.opensearch.index.mapper.MapperParsingException;
import org.opensearch.index.mapper.ParametrizedFieldMapper;
import org.opensearch.index.mapper.ParseContext;

/** A field of vectors that the LMDB HNSW format stores and searches. */
public final class LmdbVectorFieldMapper extends ParametrizedFieldMapper {

  /** The name of the type in mappings. */
  public static final String CONTENT_TYPE = "lmdb_vector";

  /** Reads mappings. */
  public static final Mapper.TypeParser PARSER =
      new TypeParser(
          (name, context) -> {
            if (context.isWithinMultiField()) {
              throw new MapperParsingException(
                  "field ["
                      + name
                      + "] of type ["
                      + CONTENT_TYPE
                      + "] expects to be a field of its own; found it in [fields] of another");
            }
            return new Builder(name);
          });

  private static final String FLOAT = "float";
  private static final String BYTE = "byte";

  private final Builder parameters;
  private final FieldType luceneType;

  private LmdbVectorFieldMapper(
      String simpleName,
      LmdbVectorFieldType type,
      MultiFields multiFields,
      CopyTo copyTo,
      Builder parameters) {
    super(simpleName, type, multiFields, copyTo);
    this.parameters = parameters;
    this.luceneType = type.spaceType().fieldType(type.encoding(), type.dimension());
    this.luceneType.freeze();
  }

  /** Parameters of a mapping. */
  static final class Builder extends ParametrizedFieldMapper.Builder {

    private final Parameter<Integer> dimension =
        new Parameter<>(
            "dimension",
            false,
            () -> null,
            (name, context, value) -> integer(name, "dimension", value),
            mapper -> builder(mapper).dimension.get());

    private final Parameter<String> elementType =
        Parameter.restrictedStringParam(
            "element_type", false, mapper -> builder(mapper).elementType.get(), FLOAT, BYTE);

    private final Parameter<SpaceType> spaceType =
        new Parameter<SpaceType>(
                "space_type",
                false,
                () -> SpaceType.L2,
                (name, context, value) -> parseSpaceType(name, value),
                mapper -> builder(mapper).spaceType.get())
            .setSerializer(
                (builder, name, value) -> builder.field(name, value.mappingName()),
                SpaceType::mappingName);

    private final Parameter<Integer> m =
        intParam("m", LmdbHnswOptions.DEFAULT.maxConn(), builder -> builder.m);

    private final Parameter<Integer> efConstruction =
        intParam(
            "ef_construction",
            LmdbHnswOptions.DEFAULT.beamWidth(),
            builder -> builder.efConstruction);

    private final Parameter<Integer> codeBits =
        intParam("code_bits", null, builder -> builder.codeBits).acceptsNull();

    private final Parameter<Float> oversampling =
        new Parameter<Float>(
                "oversampling",
                true,
                () -> null,
                (name, context, value) -> value == null ? null : number(name, value),
                mapper -> builder(mapper).oversampling.get())
            .acceptsNull();

    private final Parameter<Map<String, String>> meta = Parameter.metaParam();

    Builder(String name) {
      super(name);
    }

    private static Builder builder(FieldMapper mapper) {
      return ((LmdbVectorFieldMapper) mapper).parameters;
    }

    private static Parameter<Integer> intParam(
        String parameter, Integer byDefault, Function<Builder, Parameter<Integer>> of) {
      return new Parameter<>(
          parameter,
          true,
          () -> byDefault,
          (name, context, value) -> value == null ? null : integer(name, parameter, value),
          mapper -> of.apply(builder(mapper)).get());
    }

    private static Integer integer(String field, String parameter, Object value) {
      try {
        return XContentMapValues.nodeIntegerValue(value);
      } catch (IllegalArgumentException e) {
        throw unexpected(field, "an integer for [" + parameter + "]", value, e);
      }
    }

    private static Float number(String field, Object value) {
      try {
        return XContentMapValues.nodeFloatValue(value);
      } catch (IllegalArgumentException e) {
        throw unexpected(field, "a number for [oversampling]", value, e);
      }
    }

    private static SpaceType parseSpaceType(String field, Object value) {
      try {
        return SpaceType.of(String.valueOf(value));
      } catch (IllegalArgumentException e) {
        throw new MapperParsingException(
            "field [" + field + "], parameter [space_type]: " + e.getMessage(), e);
      }
    }

    private static MapperParsingException unexpected(
        String field, String expected, Object found, Throwable cause) {
      return new MapperParsingException(
          "field [" + field + "] expects " + expected + "; found [" + found + "]", cause);
    }

    @Override
    protected List<Parameter<?>> getParameters() {
      return List.of(
          dimension, elementType, spaceType, m, efConstruction, codeBits, oversampling, meta);
    }

    @Override
    public LmdbVectorFieldMapper build(BuilderContext context) {
      VectorEncoding encoding =
          elementType.get().equals(BYTE) ? VectorEncoding.BYTE : VectorEncoding.FLOAT32;
      check(encoding);
      LmdbVectorFieldType.IndexOptions options =
          new LmdbVectorFieldType.IndexOptions(
              m.get(), efConstruction.get(), codeBits.get(), oversampling.get());
      checkOptions();
      LmdbVectorFieldType type =
          new LmdbVectorFieldType(
              buildFullName(context),
              dimension.get(),
              encoding,
              spaceType.get(),
              options,
              meta.get());
      return new LmdbVectorFieldMapper(name, type, MultiFields.empty(), CopyTo.empty(), this);
    }

    private void check(VectorEncoding encoding) {
      int max = LmdbHnswVectorsFormat.MAX_DIMENSIONS;
      Integer found = dimension.get();
      if (found == null || found < 1 || found > max) {
        throw new MapperParsingException(
            "field ["
                + name
                + "] expects a [dimension] from 1 to "
                + max
                + "; found "
                + (found == null ? "none" : "[" + found + "]"));
      }
      if (spaceType.get().compares(encoding) == false) {
        throw new MapperParsingException(
            String.format(
                Locale.ROOT,
                "field [%s] expects [element_type] byte with space type [%s]; found [%s]",
                name,
                spaceType.get().mappingName(),
                elementType.get()));
      }
      if (multiFieldsBuilder.getMapperBuilders().isEmpty() == false) {
        throw new MapperParsingException(
            "field ["
                + name
                + "] of type ["
                + CONTENT_TYPE
                + "] expects no multi-fields; found "
                + multiFieldsBuilder.getMapperBuilders().keySet());
      }
      List<String> targets = copyTo.build().copyToFields();
      if (targets.isEmpty() == false) {
        throw new MapperParsingException(
            "field ["
                + name
                + "] of type ["
                + CONTENT_TYPE
                + "] expects no [copy_to]; found "
                + targets);
      }
    }

    private void checkOptions() {
      LmdbHnswOptions options = LmdbHnswOptions.DEFAULT;
      checkOption(
          m,
          "from " + LmdbHnswOptions.MIN_MAX_CONN + " to " + LmdbHnswOptions.MAX_MAX_CONN,
          options::withMaxConn);
      checkOption(
          efConstruction,
          "from " + LmdbHnswOptions.MIN_BEAM_WIDTH + " to " + LmdbHnswOptions.MAX_BEAM_WIDTH,
          options::withBeamWidth);
      checkOption(codeBits, "of 0, 1, 2, 4, or 8", options::withCodeBits);
      checkOption(oversampling, "from 1 to 1000", options::withOversampling);
    }

    /**
     * The codec's constant for its own choice is no value of a mapping: such a parameter is absent.
     */
    private <T extends Number> void checkOption(
        Parameter<T> parameter, String range, Function<T, LmdbHnswOptions> setter) {
      T value = parameter.get();
      if (value == null) {
        return;
      }
      IllegalArgumentException cause = null;
      try {
        setter.apply(value);
        if (value.floatValue() != LmdbHnswOptions.AUTO) {
          return;
        }
      } catch (IllegalArgumentException e) {
        cause = e;
      }
      throw unexpected(name, "[" + parameter.name + "] " + range, value, cause);
    }
  }

  @Override
  public ParametrizedFieldMapper.Builder getMergeBuilder() {
    return new Builder(simpleName()).init(this);
  }

  @Override
  public LmdbVectorFieldType fieldType() {
    return (LmdbVectorFieldType) super.fieldType();
  }

  @Override
  protected String contentType() {
    return CONTENT_TYPE;
  }

  @Override
  public boolean parsesArrayValue() {
    return true;
  }

  @Override
  public void parse(ParseContext context) throws IOException {
    try {
      parseCreateField(context);
    } catch (IllegalArgumentException e) {
      throw new MapperParsingException(
          "document [" + context.sourceToParse().id() + "]: " + e.getMessage(), e);
    }
  }

  @Override
  protected void parseCreateField(ParseContext context) throws IOException {
    if (context.isWithinCopyTo()) {
      throw new IllegalArgumentException(
          "field ["
              + name()
              + "] of type ["
              + CONTENT_TYPE
              + "] expects values of its own; found one copied by [copy_to]");
    }
    if (context.parser().currentToken() == XContentParser.Token.VALUE_NULL) {
      return;
    }
    float[] vector = VectorParser.parse(context.parser(), name());
    VectorParser.check(fieldType(), vector);
    if (context.doc().getByKey(name()) != null) {
      throw new IllegalArgumentException(
          "field [" + name() + "] expects one vector in a document; found more");
    }
    context
        .doc()
        .addWithKey(
            name(),
            fieldType().encoding() == VectorEncoding.BYTE
                ? new KnnByteVectorField(name(), VectorParser.toBytes(vector), luceneType)
                : new KnnFloatVectorField(name(), vector, luceneType));
  }
}
