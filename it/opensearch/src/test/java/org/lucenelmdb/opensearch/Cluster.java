/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.opensearch;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Nodes that form a cluster, each in a JVM of its own. */
final class Cluster implements Closeable {

  private final List<NodeProcess> nodes = new ArrayList<>();
  private Http http;

  /**
   * Starts nodes that share a snapshot repository folder, {@code repo}.
   *
   * @param folder an empty folder
   * @param heap of each, in MB
   */
  Cluster(Path folder, int size, int heap) throws IOException, InterruptedException {
    List<Integer> ports = freePorts(size);
    String seeds = ports.stream().map(port -> "127.0.0.1:" + port).collect(Collectors.joining(","));
    String names =
        IntStream.range(0, size).mapToObj(i -> "node" + i).collect(Collectors.joining(","));
    Path repo = Files.createDirectories(folder.resolve("repo"));
    for (int i = 0; i < size; i++) {
      nodes.add(
          new NodeProcess(
              folder.resolve("node" + i),
              List.of("-Xmx" + heap + "m", "--add-modules=jdk.incubator.vector"),
              List.of(
                  "cluster.name=lmdb",
                  // replicas are wanted however full the disk of the machine is
                  "cluster.routing.allocation.disk.threshold_enabled=false",
                  "node.name=node" + i,
                  "http.port=0",
                  "transport.port=" + ports.get(i),
                  "discovery.seed_hosts=" + seeds,
                  "cluster.initial_cluster_manager_nodes=" + names,
                  "node.processors=1",
                  "path.repo=" + repo)));
    }
    startAll();
  }

  private static List<Integer> freePorts(int size) throws IOException {
    List<ServerSocket> sockets = new ArrayList<>();
    try {
      for (int i = 0; i < size; i++) {
        sockets.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
      }
      return sockets.stream().map(ServerSocket::getLocalPort).toList();
    } finally {
      for (ServerSocket socket : sockets) {
        socket.close();
      }
    }
  }

  /** Starts all nodes, which find each other meanwhile. */
  void startAll() throws IOException, InterruptedException {
    for (NodeProcess node : nodes) {
      node.launch();
    }
    for (NodeProcess node : nodes) {
      node.await();
    }
    connect();
  }

  /** Connects to all nodes that run. */
  void connect() throws IOException {
    if (http != null) {
      http.close();
    }
    http =
        new Http(nodes.stream().filter(NodeProcess::isAlive).mapToInt(NodeProcess::port).toArray());
  }

  Http http() {
    return http;
  }

  NodeProcess node(int i) {
    return nodes.get(i);
  }

  int size() {
    return nodes.size();
  }

  /** Waits until all copies of all shards are there. */
  void awaitGreen(int expectedNodes) throws IOException {
    http.ok(
        "GET",
        "/_cluster/health?wait_for_status=green&wait_for_no_relocating_shards=true&timeout=240s"
            + "&wait_for_nodes="
            + expectedNodes,
        null);
  }

  void stopAll() throws IOException {
    for (NodeProcess node : nodes) {
      node.close();
    }
  }

  @Override
  public void close() throws IOException {
    if (http != null) {
      http.close();
    }
    stopAll();
  }
}
