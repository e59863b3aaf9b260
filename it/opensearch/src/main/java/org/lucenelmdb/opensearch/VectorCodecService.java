/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.opensearch;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.lucene.codecs.Codec;
import org.apache.lucene.codecs.FilterCodec;
import org.apache.lucene.codecs.KnnVectorsFormat;
import org.apache.lucene.codecs.perfield.PerFieldKnnVectorsFormat;
import org.lucenelmdb.LmdbHnswOptions;
import org.lucenelmdb.LmdbHnswVectorsFormat;
import org.lucenelmdb.opensearch.mapper.LmdbVectorFieldType;
import org.opensearch.index.codec.CodecService;
import org.opensearch.index.codec.CodecServiceConfig;
import org.opensearch.index.mapper.MapperService;

/**
 * The codecs of an index, with the LMDB HNSW format for its {@code lmdb_vector} fields. A codec
 * keeps its name, so segments are read without this class: Lucene finds the format of a field by
 * the name that the segment records.
 */
final class VectorCodecService extends CodecService {

  private final MapperService mapperService;
  private final LmdbHnswOptions options;
  private final Map<String, Codec> codecs = new ConcurrentHashMap<>();

  VectorCodecService(CodecServiceConfig config, LmdbHnswOptions options) {
    super(
        config.getMapperService(),
        config.getIndexSettings(),
        config.getLogger(),
        config.getAdditionalCodecs());
    this.mapperService = config.getMapperService();
    this.options = options;
  }

  @Override
  public Codec codec(String name) {
    Codec codec = super.codec(name);
    return mapperService == null
        ? codec
        : codecs.computeIfAbsent(name, key -> new VectorCodec(codec));
  }

  private final class VectorCodec extends FilterCodec {
    private final KnnVectorsFormat format;

    VectorCodec(Codec delegate) {
      super(delegate.getName(), delegate);
      this.format = new FieldFormats(delegate.knnVectorsFormat());
    }

    @Override
    public KnnVectorsFormat knnVectorsFormat() {
      return format;
    }
  }

  private final class FieldFormats extends PerFieldKnnVectorsFormat {
    private final KnnVectorsFormat others;

    FieldFormats(KnnVectorsFormat others) {
      this.others = others;
    }

    @Override
    public KnnVectorsFormat getKnnVectorsFormatForField(String field) {
      if (mapperService.fieldType(field) instanceof LmdbVectorFieldType type) {
        return new LmdbHnswVectorsFormat(type.codecOptions(options));
      }
      return others instanceof PerFieldKnnVectorsFormat perField
          ? perField.getKnnVectorsFormatForField(field)
          : others;
    }
  }
}
