/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.elasticsearch;

import java.util.List;
import org.elasticsearch.common.settings.Setting;
import org.elasticsearch.index.mapper.vectors.VectorsFormatProvider;
import org.elasticsearch.plugins.internal.InternalVectorFormatProviderPlugin;

/**
 * The plugin for servers that are started with {@code
 * --add-exports=org.elasticsearch.server/org.elasticsearch.plugins.internal=ALL-UNNAMED}. With
 * {@code index.lmdb_hnsw.enabled: true}, {@code dense_vector} fields that have a graph have the
 * format with the parameters of their mapping, and the index keeps Elasticsearch's codec.
 */
public final class LmdbHnswProviderPlugin extends LmdbHnswPlugin
    implements InternalVectorFormatProviderPlugin {

  /** Whether the {@code dense_vector} fields of an index have the format. */
  static final Setting<Boolean> ENABLED =
      Setting.boolSetting("index.lmdb_hnsw.enabled", false, Setting.Property.IndexScope);

  private final VectorsFormatProvider provider = new LmdbVectorsFormatProvider();

  /** Called by the server. */
  public LmdbHnswProviderPlugin() {}

  @Override
  MappingRules rules() {
    return new MappingRules(ENABLED::get);
  }

  @Override
  public List<Setting<?>> getSettings() {
    return List.of(ENABLED);
  }

  @Override
  public VectorsFormatProvider getVectorsFormatProvider() {
    return provider;
  }
}
