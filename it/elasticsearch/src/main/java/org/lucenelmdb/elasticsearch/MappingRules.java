/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.elasticsearch;

import java.util.function.Predicate;
import org.elasticsearch.common.settings.Settings;
import org.elasticsearch.index.IndexMode;
import org.elasticsearch.index.IndexSettings;
import org.elasticsearch.index.engine.EngineConfig;
import org.elasticsearch.index.mapper.CompletionFieldMapper;
import org.elasticsearch.index.mapper.Mapper;
import org.elasticsearch.index.mapper.MappingLookup;
import org.elasticsearch.index.mapper.vectors.DenseVectorFieldMapper;
import org.elasticsearch.index.mapper.vectors.DenseVectorFieldMapper.DenseVectorFieldType;
import org.elasticsearch.index.mapper.vectors.DenseVectorFieldMapper.ElementType;

/** Which mappings the format can honor, by the settings of the index. */
final class MappingRules {

  /** The name of the codec. */
  private static final String CODEC = "LmdbHnsw";

  private final Predicate<Settings> hasProvider;

  /**
   * @param hasProvider whether an index has the format for its fields without the codec
   */
  MappingRules(Predicate<Settings> hasProvider) {
    this.hasProvider = hasProvider;
  }

  private static boolean hasCodec(Settings settings) {
    return CODEC.equals(settings.get(EngineConfig.INDEX_CODEC_SETTING.getKey()));
  }

  /** Whether there are rules for an index with these settings. */
  boolean apply(Settings settings) {
    return hasCodec(settings) || hasProvider.test(settings);
  }

  /**
   * Checks a mapping.
   *
   * @throws IllegalArgumentException if the format cannot honor it
   */
  void check(Settings settings, MappingLookup mapping) {
    if (hasCodec(settings)) {
      checkCodec(settings, mapping);
    } else if (hasProvider.test(settings)) {
      for (Mapper mapper : mapping.fieldMappers()) {
        if (mapper instanceof DenseVectorFieldMapper vector) {
          checkPossible(vector);
        }
      }
    }
  }

  private static void checkCodec(Settings settings, MappingLookup mapping) {
    IndexMode mode = IndexSettings.MODE.get(settings);
    if (mode.isTsdb()) {
      throw new IllegalArgumentException(
          "index.mode should not be [" + mode + "] with index.codec [" + CODEC + "]");
    }
    for (Mapper mapper : mapping.fieldMappers()) {
      if (mapper instanceof CompletionFieldMapper) {
        throw refused(mapper, "a type other than [completion]", "it");
      }
      if (mapper instanceof DenseVectorFieldMapper vector && isIndexed(vector)) {
        checkCodec(vector);
      }
    }
  }

  private static void checkCodec(DenseVectorFieldMapper field) {
    DenseVectorFieldType type = field.fieldType();
    if (type.getElementType() == ElementType.BIT) {
      throw refused(field, "element_type [float], [bfloat16] or [byte]", "[bit]");
    }
    GraphParameters graph = GraphParameters.of(type.getIndexOptions());
    if (graph == null) {
      throw refused(field, "index_options of type [hnsw]", "[" + typeName(type) + "]");
    }
    if (graph.equals(GraphParameters.DEFAULT) == false) {
      throw refused(field, GraphParameters.DEFAULT.toString(), graph.toString());
    }
  }

  private static void checkPossible(DenseVectorFieldMapper field) {
    GraphParameters graph =
        isIndexed(field) ? GraphParameters.of(field.fieldType().getIndexOptions()) : null;
    if (graph != null && graph.isPossible() == false) {
      throw new IllegalArgumentException(
          "field ["
              + field.fullPath()
              + "] should have "
              + GraphParameters.RANGES
              + "; found "
              + graph);
    }
  }

  private static boolean isIndexed(DenseVectorFieldMapper field) {
    return field.fieldType().indexType().hasVectors();
  }

  private static String typeName(DenseVectorFieldType type) {
    return type.getIndexOptions().getType().toString();
  }

  private static IllegalArgumentException refused(Mapper field, String expected, String found) {
    return new IllegalArgumentException(
        "field ["
            + field.fullPath()
            + "] should have "
            + expected
            + " with index.codec ["
            + CODEC
            + "]; found "
            + found);
  }
}
