/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.opensearch;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.lucene.search.Query;
import org.lucenelmdb.LmdbHnswBuildMemory;
import org.lucenelmdb.LmdbHnswOptions;
import org.lucenelmdb.opensearch.mapper.LmdbVectorFieldMapper;
import org.lucenelmdb.opensearch.query.LmdbKnnQuery;
import org.lucenelmdb.opensearch.query.LmdbKnnQueryBuilder;
import org.lucenelmdb.opensearch.stats.NodeFigures;
import org.lucenelmdb.opensearch.stats.RestStatsAction;
import org.lucenelmdb.opensearch.stats.SearchStatistics;
import org.lucenelmdb.opensearch.stats.StatsAction;
import org.lucenelmdb.opensearch.stats.TransportStatsAction;
import org.opensearch.cluster.metadata.IndexNameExpressionResolver;
import org.opensearch.cluster.node.DiscoveryNodes;
import org.opensearch.cluster.service.ClusterService;
import org.opensearch.common.settings.ClusterSettings;
import org.opensearch.common.settings.IndexScopedSettings;
import org.opensearch.common.settings.Setting;
import org.opensearch.common.settings.Settings;
import org.opensearch.common.settings.SettingsFilter;
import org.opensearch.core.action.ActionResponse;
import org.opensearch.core.common.io.stream.NamedWriteableRegistry;
import org.opensearch.core.index.Index;
import org.opensearch.core.xcontent.NamedXContentRegistry;
import org.opensearch.env.Environment;
import org.opensearch.env.NodeEnvironment;
import org.opensearch.index.IndexModule;
import org.opensearch.index.IndexSettings;
import org.opensearch.index.codec.CodecServiceFactory;
import org.opensearch.index.mapper.Mapper;
import org.opensearch.index.shard.IndexEventListener;
import org.opensearch.indices.cluster.IndicesClusterStateService.AllocatedIndices.IndexRemovalReason;
import org.opensearch.plugins.ActionPlugin;
import org.opensearch.plugins.EnginePlugin;
import org.opensearch.plugins.MapperPlugin;
import org.opensearch.plugins.Plugin;
import org.opensearch.plugins.SearchPlugin;
import org.opensearch.repositories.RepositoriesService;
import org.opensearch.rest.RestController;
import org.opensearch.rest.RestHandler;
import org.opensearch.script.ScriptService;
import org.opensearch.search.profile.ProfileMetric;
import org.opensearch.threadpool.ExecutorBuilder;
import org.opensearch.threadpool.FixedExecutorBuilder;
import org.opensearch.threadpool.ThreadPool;
import org.opensearch.transport.client.Client;
import org.opensearch.watcher.ResourceWatcherService;

/** Fields of type {@code lmdb_vector} and queries {@code lmdb_knn} for OpenSearch. */
public final class LmdbHnswPlugin extends Plugin
    implements MapperPlugin, SearchPlugin, EnginePlugin, ActionPlugin {

  /**
   * OpenSearch takes one codec service for an index, and that of its k-NN plugin if this is set.
   */
  private static final String KNN_SETTING = "index.knn";

  private final Settings settings;
  private final SearchStatistics searches = new SearchStatistics();
  private final LmdbHnswBuildMemory memory;
  private volatile LmdbHnswOptions options;

  /** Called by the server. */
  public LmdbHnswPlugin(Settings settings) {
    this.settings = settings;
    this.memory = LmdbHnswBuildMemory.of(BuildSettings.MEMORY.get(settings).getBytes());
    this.options = LmdbHnswOptions.DEFAULT.withBuildMemory(memory);
  }

  @Override
  public List<Setting<?>> getSettings() {
    return BuildSettings.all();
  }

  @Override
  public List<ExecutorBuilder<?>> getExecutorBuilders(Settings settings) {
    int helpers = BuildSettings.helpers(settings);
    return helpers == 0
        ? List.of()
        : List.of(
            new FixedExecutorBuilder(
                settings,
                BuildSettings.THREAD_POOL,
                helpers,
                -1, // an unbounded queue: a build goes on in its own thread meanwhile
                "thread_pool." + BuildSettings.THREAD_POOL));
  }

  @Override
  public Collection<Object> createComponents(
      Client client,
      ClusterService clusterService,
      ThreadPool threadPool,
      ResourceWatcherService resourceWatcher,
      ScriptService scripts,
      NamedXContentRegistry xContents,
      Environment environment,
      NodeEnvironment nodeEnvironment,
      NamedWriteableRegistry writeables,
      IndexNameExpressionResolver indexNames,
      Supplier<RepositoriesService> repositories) {
    int helpers = BuildSettings.helpers(settings);
    if (helpers > 0) {
      options =
          options.withBuildThreads(helpers + 1, threadPool.executor(BuildSettings.THREAD_POOL));
    }
    return List.of(new NodeFigures(searches, memory));
  }

  @Override
  public Map<String, Mapper.TypeParser> getMappers() {
    return Map.of(LmdbVectorFieldMapper.CONTENT_TYPE, LmdbVectorFieldMapper.PARSER);
  }

  @Override
  public List<QuerySpec<?>> getQueries() {
    return List.of(
        new QuerySpec<>(
            LmdbKnnQueryBuilder.NAME,
            in -> LmdbKnnQueryBuilder.read(in, searches),
            parser -> LmdbKnnQueryBuilder.parse(parser, searches)));
  }

  @Override
  public Optional<ProfileMetricsProvider> getQueryProfileMetricsProvider() {
    return Optional.of((context, query) -> metrics(query));
  }

  private static Collection<Supplier<ProfileMetric>> metrics(Query query) {
    return query instanceof LmdbKnnQuery knn ? knn.reports().metrics() : List.of();
  }

  @Override
  public Optional<CodecServiceFactory> getCustomCodecServiceFactory(IndexSettings index) {
    return index.getSettings().getAsBoolean(KNN_SETTING, false)
        ? Optional.empty()
        : Optional.of(config -> new VectorCodecService(config, options));
  }

  @Override
  public void onIndexModule(IndexModule module) {
    module.addIndexEventListener(
        new IndexEventListener() {
          @Override
          public void afterIndexRemoved(
              Index index, IndexSettings indexSettings, IndexRemovalReason reason) {
            searches.remove(index);
          }
        });
  }

  @Override
  public List<ActionHandler<?, ? extends ActionResponse>> getActions() {
    return List.of(new ActionHandler<>(StatsAction.INSTANCE, TransportStatsAction.class));
  }

  @Override
  public List<RestHandler> getRestHandlers(
      Settings settings,
      RestController controller,
      ClusterSettings clusterSettings,
      IndexScopedSettings indexSettings,
      SettingsFilter filter,
      IndexNameExpressionResolver indexNames,
      Supplier<DiscoveryNodes> nodes) {
    return List.of(new RestStatsAction());
  }
}
