/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.elasticsearch;

import org.elasticsearch.common.settings.Settings;
import org.elasticsearch.index.shard.IndexEventListener;
import org.elasticsearch.index.shard.IndexShard;

/**
 * Refuses to start a shard against the {@link MappingRules}: the codec of a closed index can be
 * changed to one that cannot honor its mapping.
 */
final class ShardCheck implements IndexEventListener {

  private final MappingRules rules;

  ShardCheck(MappingRules rules) {
    this.rules = rules;
  }

  @Override
  public void afterIndexShardCreated(IndexShard shard) {
    Settings settings = shard.indexSettings().getSettings();
    if (shard.mapperService() != null && rules.apply(settings)) {
      rules.check(settings, shard.mapperService().mappingLookup());
    }
  }
}
