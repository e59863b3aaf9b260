/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.opensearch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.opensearch.Version;
import org.opensearch.common.network.NetworkModule;
import org.opensearch.common.settings.Settings;
import org.opensearch.http.HttpServerTransport;
import org.opensearch.index.reindex.ReindexModulePlugin;
import org.opensearch.node.InternalSettingsPreparer;
import org.opensearch.node.Node;
import org.opensearch.plugins.Plugin;
import org.opensearch.plugins.PluginInfo;
import org.opensearch.transport.Netty4ModulePlugin;

/**
 * A real node. It runs in a JVM of its own, which has the server's jars on its class path and
 * nothing of the plugin: that is loaded from the node's plugins folder, as on any server. The
 * distribution archive is not on Maven Central, so this class stands in for its start script.
 *
 * <p>The node is closed when its standard input ends, so it does not outlive its parent.
 */
public final class ServerMain {

  /** The file in the home folder that has the HTTP port once the node is ready. */
  static final String PORT_FILE = "http.port";

  private ServerMain() {}

  /**
   * Starts a node.
   *
   * @param args the home folder, then settings: {@code key=value}
   */
  public static void main(String[] args) throws Exception {
    Path home = Path.of(args[0]);
    Settings.Builder settings =
        Settings.builder()
            .put("path.home", home.toString())
            .put(NetworkModule.TRANSPORT_TYPE_KEY, Netty4ModulePlugin.NETTY_TRANSPORT_NAME)
            .put(NetworkModule.HTTP_TYPE_KEY, Netty4ModulePlugin.NETTY_HTTP_TRANSPORT_NAME)
            .put("network.host", "127.0.0.1");
    for (String setting : List.of(args).subList(1, args.length)) {
      int equals = setting.indexOf('=');
      settings.put(setting.substring(0, equals), setting.substring(equals + 1));
    }
    List<PluginInfo> modules =
        List.of(module(Netty4ModulePlugin.class), module(ReindexModulePlugin.class));
    try (ServerNode node = new ServerNode(settings.build(), home, modules)) {
      node.start();
      writePort(home, node.injector().getInstance(HttpServerTransport.class));
      while (System.in.read() >= 0) {
        // until the parent closes the pipe, or ends
      }
    }
    for (Map.Entry<Thread, StackTraceElement[]> left : Thread.getAllStackTraces().entrySet()) {
      if (isOfPlugin(left.getKey(), left.getValue())) {
        System.out.println(NodeLog.THREAD_LEFT + left.getKey() + Arrays.toString(left.getValue()));
      }
    }
    System.exit(0);
  }

  private static boolean isOfPlugin(Thread thread, StackTraceElement[] stack) {
    return thread.getName().contains("lmdb")
        || Arrays.stream(stack)
            .map(StackTraceElement::getClassName)
            .anyMatch(
                name ->
                    name.startsWith("org.lucenelmdb.")
                        && name.startsWith(ServerMain.class.getName()) == false);
  }

  /** A module of the distribution, from the class path. */
  private static PluginInfo module(Class<? extends Plugin> plugin) {
    return new PluginInfo(
        plugin.getSimpleName(),
        "a module",
        "1",
        Version.CURRENT,
        "21",
        plugin.getName(),
        List.of(),
        false);
  }

  private static void writePort(Path home, HttpServerTransport http) throws IOException {
    int port = http.boundAddress().publishAddress().getPort();
    Path written = Files.writeString(home.resolve("port.tmp"), Integer.toString(port));
    Files.move(written, home.resolve(PORT_FILE), StandardCopyOption.ATOMIC_MOVE);
  }

  private static final class ServerNode extends Node {
    ServerNode(Settings settings, Path home, List<PluginInfo> modules) {
      super(
          InternalSettingsPreparer.prepareEnvironment(
              settings, Map.of(), home.resolve("config"), () -> "node"),
          modules,
          true);
    }
  }
}
