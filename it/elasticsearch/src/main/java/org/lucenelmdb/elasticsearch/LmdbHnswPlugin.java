/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.elasticsearch;

import java.util.Collection;
import java.util.List;
import org.elasticsearch.index.IndexModule;
import org.elasticsearch.index.IndexSettingProvider;
import org.elasticsearch.plugins.Plugin;
import org.lucenelmdb.elasticsearch.jnr.ProxyProvider;

/**
 * Brings the codec {@code LmdbHnsw} to Elasticsearch: with {@code index.codec: LmdbHnsw}, {@code
 * dense_vector} fields have its format. Elasticsearch finds the codec in the plugin's jars by
 * Lucene's service files. This class only refuses mappings that the codec cannot honor.
 */
public class LmdbHnswPlugin extends Plugin {

  /** Called by the server. */
  public LmdbHnswPlugin() {
    ProxyProvider.install();
  }

  /** The rules for the fields of an index. */
  MappingRules rules() {
    return new MappingRules(settings -> false);
  }

  @Override
  public final Collection<IndexSettingProvider> getAdditionalIndexSettingProviders(
      IndexSettingProvider.Parameters parameters) {
    return List.of(new MappingCheck(rules(), parameters.mapperServiceFactory()));
  }

  @Override
  public final void onIndexModule(IndexModule index) {
    index.addIndexEventListener(new ShardCheck(rules()));
  }
}
