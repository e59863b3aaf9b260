/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.elasticsearch;

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
import org.apache.lucene.util.IOUtils;

/** Nodes that form a cluster, each in a JVM of its own. */
final class Cluster implements Closeable {

  private final List<NodeProcess> nodes = new ArrayList<>();
  private final SegmentFormats formats;
  private Http http;

  /**
   * Starts nodes that share a snapshot repository folder, {@code repo}.
   *
   * @param folder an empty folder
   * @param masters how many of the nodes may become masters
   * @param heap of each, in MB
   */
  Cluster(Path folder, int size, int masters, int heap) throws IOException, InterruptedException {
    List<Integer> ports = freePorts(size);
    String seeds = ports.stream().map(port -> "127.0.0.1:" + port).collect(Collectors.joining(","));
    String names =
        IntStream.range(0, masters).mapToObj(i -> "node" + i).collect(Collectors.joining(","));
    Path repo = Files.createDirectories(Path.of(folder.toString()).resolve("repo"));
    for (int i = 0; i < size; i++) {
      nodes.add(
          new NodeProcess(
              folder.resolve("node" + i),
              NodeProcess.Plugin.CODEC,
              List.of("-Xmx" + heap + "m"),
              List.of(
                  "cluster.name=lmdb",
                  // replicas are wanted however full the disk of the machine is
                  "cluster.routing.allocation.disk.threshold_enabled=false",
                  "node.name=node" + i,
                  "node.roles=" + (i < masters ? "master,data" : "data"),
                  "http.port=0",
                  "transport.port=" + ports.get(i),
                  "discovery.seed_hosts=" + seeds,
                  "cluster.initial_master_nodes=" + names,
                  "node.processors=1",
                  "path.repo=" + repo)));
    }
    formats = new SegmentFormats(nodes.get(0).classPath());
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
      IOUtils.close(sockets);
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
  void connect() {
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

  /** Waits until all copies of all shards are there. */
  void awaitGreen() throws IOException {
    http.ok(
        "GET",
        "/_cluster/health?wait_for_status=green&wait_for_no_relocating_shards=true&timeout=240s"
            + "&wait_for_nodes="
            + nodes.size(),
        null);
  }

  /**
   * The segments of all copies of the shards of an index on disk: each field with its format. An
   * index that was shrunk or restored has its own folders.
   */
  List<SegmentFormats.Segment> segments(String index) throws IOException {
    http.ok("POST", "/" + index + "/_flush?force=true&wait_if_ongoing=true", null);
    String uuid =
        http.ok("GET", "/" + index + "/_settings", null)
            .at("/" + index + "/settings/index/uuid")
            .textValue();
    List<SegmentFormats.Segment> segments = new ArrayList<>();
    for (NodeProcess node : nodes) {
      for (Path shard : node.shards(uuid)) {
        segments.addAll(formats.of(shard));
      }
    }
    return segments;
  }

  void stopAll() throws IOException {
    IOUtils.close(nodes);
  }

  @Override
  public void close() throws IOException {
    IOUtils.close(http, formats);
    stopAll();
  }
}
