/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.elasticsearch;

import java.io.IOException;
import java.time.Instant;
import java.util.List;
import org.elasticsearch.cluster.metadata.IndexMetadata;
import org.elasticsearch.cluster.metadata.ProjectMetadata;
import org.elasticsearch.common.UUIDs;
import org.elasticsearch.common.compress.CompressedXContent;
import org.elasticsearch.common.settings.Settings;
import org.elasticsearch.core.CheckedFunction;
import org.elasticsearch.index.IndexMode;
import org.elasticsearch.index.IndexSettingProvider;
import org.elasticsearch.index.IndexVersion;
import org.elasticsearch.index.mapper.DocumentMapper;
import org.elasticsearch.index.mapper.MapperService;

/**
 * Refuses to create an index, or to change its mapping, against the {@link MappingRules}. It is a
 * provider of settings because Elasticsearch passes mappings to these; it provides none.
 */
final class MappingCheck implements IndexSettingProvider {

  private final MappingRules rules;
  private final CheckedFunction<IndexMetadata, MapperService, IOException> mapperServices;

  /**
   * @param mapperServices parses the mapping of an index that does not exist yet
   */
  MappingCheck(
      MappingRules rules,
      CheckedFunction<IndexMetadata, MapperService, IOException> mapperServices) {
    this.rules = rules;
    this.mapperServices = mapperServices;
  }

  @Override
  public void provideAdditionalSettings(
      String index,
      String dataStream,
      IndexMode templateMode,
      ProjectMetadata project,
      Instant resolvedAt,
      Settings settings,
      List<CompressedXContent> mappings,
      IndexVersion version,
      Settings.Builder provided) {
    if (rules.apply(settings) == false || mappings == null) {
      return;
    }
    try (MapperService service = mapperServices.apply(metadata(index, settings, version))) {
      try {
        service.merge(
            MapperService.SINGLE_MAPPING_NAME, mappings, MapperService.MergeReason.INDEX_TEMPLATE);
      } catch (RuntimeException e) {
        return; // a wrong mapping, which Elasticsearch refuses itself
      }
      rules.check(settings, service.mappingLookup());
    } catch (IOException e) {
      throw new IllegalArgumentException("the mapping of [" + index + "] cannot be read", e);
    }
  }

  private static IndexMetadata metadata(String index, Settings settings, IndexVersion version) {
    return IndexMetadata.builder(index)
        .settings(
            Settings.builder()
                .put(settings)
                .put(IndexMetadata.SETTING_VERSION_CREATED, version)
                .put(IndexMetadata.SETTING_NUMBER_OF_SHARDS, 1)
                .put(IndexMetadata.SETTING_NUMBER_OF_REPLICAS, 0)
                .put(IndexMetadata.SETTING_INDEX_UUID, UUIDs.randomBase64UUID()))
        .build();
  }

  @Override
  public void onUpdateMappings(
      IndexMetadata index, DocumentMapper mapper, Settings.Builder provided) {
    if (mapper != null && rules.apply(index.getSettings())) {
      rules.check(index.getSettings(), mapper.mappers());
    }
  }
}
