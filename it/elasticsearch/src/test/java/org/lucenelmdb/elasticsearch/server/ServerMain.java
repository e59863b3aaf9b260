/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.elasticsearch.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.elasticsearch.Build;
import org.elasticsearch.bootstrap.BootstrapInfo;
import org.elasticsearch.bootstrap.ScopeResolver;
import org.elasticsearch.common.logging.LogConfigurator;
import org.elasticsearch.common.settings.Settings;
import org.elasticsearch.entitlement.bootstrap.EntitlementBootstrap;
import org.elasticsearch.entitlement.runtime.policy.Policy;
import org.elasticsearch.entitlement.runtime.policy.PolicyUtils;
import org.elasticsearch.entitlement.runtime.policy.Scope;
import org.elasticsearch.entitlement.runtime.policy.entitlements.LoadNativeLibrariesEntitlement;
import org.elasticsearch.env.Environment;
import org.elasticsearch.http.HttpServerTransport;
import org.elasticsearch.node.InternalSettingsPreparer;
import org.elasticsearch.node.Node;
import org.elasticsearch.plugins.PluginBundle;
import org.elasticsearch.plugins.PluginsLoader;

/**
 * A real node. It runs in a JVM of its own, in the server's module, and loads the plugin from the
 * node's plugins folder and enforces its entitlements, as on any server. The distribution archive
 * is not on Maven Central, so this class stands in for its start script, which also refuses to run
 * as root.
 *
 * <p>The node is closed when its standard input ends, so it does not outlive its parent.
 */
public final class ServerMain {

  /** The file in the folder {@code logs} that has the HTTP port once the node is ready. */
  public static final String PORT_FILE = "http.port";

  private static final String APM_AGENT = "co.elastic.apm.agent";

  private ServerMain() {}

  /**
   * Starts a node.
   *
   * @param args the home folder, then settings: {@code key=value}
   */
  public static void main(String[] args) throws Exception {
    Path home = Path.of(args[0]);
    Settings.Builder settings =
        Settings.builder().put("path.home", home.toString()).put("network.host", "127.0.0.1");
    for (String setting : List.of(args).subList(1, args.length)) {
      int equals = setting.indexOf('=');
      settings.put(setting.substring(0, equals), setting.substring(equals + 1));
    }
    LogConfigurator.configureESLogging();
    LogConfigurator.registerErrorListener();
    BootstrapInfo.init();
    Environment environment =
        InternalSettingsPreparer.prepareEnvironment(
            settings.build(), Map.of(), home.resolve("config"), () -> "node");
    LogConfigurator.setNodeName("node");
    LogConfigurator.setClusterName("cluster");
    LogConfigurator.configure(environment, true);
    PluginsLoader plugins = loadAndEnforce(environment);
    try (Node node = new Node(environment, plugins)) {
      node.start();
      writePort(environment.logsDir(), node.injector().getInstance(HttpServerTransport.class));
      while (System.in.read() >= 0) {
        // until the parent closes the pipe, or ends
      }
    }
    System.exit(0);
  }

  /** Loads the plugins, and begins to enforce their entitlements. */
  private static PluginsLoader loadAndEnforce(Environment environment) throws IOException {
    Set<PluginBundle> modules = PluginsLoader.loadModulesBundles(environment.modulesDir(), false);
    Set<PluginBundle> plugins = PluginsLoader.loadPluginsBundles(environment.pluginsDir(), false);
    Map<String, PluginBundle> all =
        Stream.concat(modules.stream(), plugins.stream())
            .collect(
                Collectors.toMap(
                    bundle -> bundle.pluginDescriptor().getName(), Function.identity()));
    List<PolicyUtils.PluginData> data =
        all.values().stream().map(bundle -> pluginData(bundle, plugins.contains(bundle))).toList();
    Map<String, Policy> policies =
        PolicyUtils.createPluginPolicies(data, Map.of(), Build.current().version());
    PluginsLoader loader =
        PluginsLoader.createPluginsLoader(modules, plugins, nativeAccess(policies));
    Map<String, Collection<Path>> sources = new HashMap<>();
    all.forEach((name, bundle) -> sources.put(name, List.of(bundle.getDir())));
    EntitlementBootstrap.bootstrap(
        null,
        policies,
        ScopeResolver.create(loader.pluginLayers(), APM_AGENT)::resolveClassToScope,
        environment.settings()::getValues,
        environment.dataDirs(),
        environment.sharedDataDir(),
        environment.repoDirs(),
        environment.configDir(),
        environment.libDir(),
        environment.modulesDir(),
        environment.pluginsDir(),
        sources,
        environment.logsDir(),
        environment.tmpDir(),
        null,
        Set.of());
    return loader;
  }

  private static PolicyUtils.PluginData pluginData(PluginBundle bundle, boolean isExternal) {
    return new PolicyUtils.PluginData(
        bundle.getDir(),
        bundle.pluginDescriptor().getName(),
        bundle.pluginDescriptor().isModular(),
        isExternal);
  }

  /** The modules of each plugin that may load native libraries. */
  private static Map<String, Set<String>> nativeAccess(Map<String, Policy> policies) {
    Map<String, Set<String>> modules = new HashMap<>();
    policies.forEach(
        (plugin, policy) -> {
          for (Scope scope : policy.scopes()) {
            if (scope.entitlements().stream()
                .anyMatch(LoadNativeLibrariesEntitlement.class::isInstance)) {
              modules.computeIfAbsent(plugin, key -> new HashSet<>()).add(scope.moduleName());
            }
          }
        });
    return modules;
  }

  private static void writePort(Path logs, HttpServerTransport http) throws IOException {
    int port = http.boundAddress().publishAddress().getPort();
    Path written = Files.writeString(logs.resolve("port.tmp"), Integer.toString(port));
    Files.move(written, logs.resolve(PORT_FILE), StandardCopyOption.ATOMIC_MOVE);
  }
}
