/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.elasticsearch;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.lucenelmdb.elasticsearch.agent.EntitlementAgent;
import org.lucenelmdb.elasticsearch.server.ServerMain;

/** A node in a JVM of its own, with a plugin installed from its zip. */
final class NodeProcess implements Closeable {

  /** A plugin. */
  enum Plugin {
    /** For {@code index.codec}. */
    CODEC("lmdb-hnsw"),

    /** For {@code index.lmdb_hnsw.enabled}. */
    PROVIDER("lmdb-hnsw-provider");

    private final String pluginName;

    Plugin(String pluginName) {
      this.pluginName = pluginName;
    }

    /** Its zip. */
    Path zip() throws IOException {
      String name = Pattern.quote(pluginName) + "-[0-9].*\\.zip";
      try (Stream<Path> files = Files.list(TARGET)) {
        return files
            .filter(file -> file.getFileName().toString().matches(name))
            .findFirst()
            .orElseThrow(() -> new IOException(name + " should be in " + TARGET));
      }
    }
  }

  /** The folder with the zips; set by the build. */
  private static final Path TARGET =
      Path.of(System.getProperty("elasticsearch.target", "it/elasticsearch/target"))
          .toAbsolutePath();

  private static final String SERVER_MODULE = "org.elasticsearch.server";
  private static final String TRANSPORT = "transport-netty4";
  private static final long START_SECONDS = 600;
  private static final long STOP_SECONDS = 60;
  private static final int SHOWN_LINES = 10;

  /** A line of the log with a level that tells of a failure, or a stack trace with our code. */
  private static final Predicate<String> PROBLEM =
      Pattern.compile(
              "^\\[[^]]*\\]\\[(WARN |ERROR|FATAL)\\]|NotEntitledException|at org\\.lucenelmdb\\."
                  + "|AssertionError")
          .asPredicate();

  /** What every node logs that is started in this way. */
  private static final List<String> USUAL =
      List.of(
          // its native libraries are not on Maven Central
          "[o.e.n.NativeAccess]",
          "at org.lucenelmdb.elasticsearch.server.ServerMain",
          // the bridge of entitlements
          "module-info.class ignored in patch",
          // a slow machine
          "above the warn threshold",
          "[o.e.m.j.JvmGcMonitorService]");

  private final Path home;
  private final Plugin plugin;
  private final List<String> settings;
  private final List<String> jvmOptions;
  private final Path log;
  private final List<Pattern> expected = new ArrayList<>();
  private Process process;
  private int port;

  /**
   * Installs the plugin; the node is not started yet.
   *
   * @param home an empty folder, or that of a node that was stopped
   * @param settings of the node: {@code key=value}
   */
  NodeProcess(Path home, Plugin plugin, List<String> jvmOptions, List<String> settings)
      throws IOException {
    this.home = Path.of(home.toString()); // the file systems of Lucene's tests add files
    this.plugin = plugin;
    this.jvmOptions = jvmOptions;
    this.settings = settings;
    this.log = home.resolve("node.log");
    if (Files.exists(home.resolve("plugins")) == false) {
      install();
    }
  }

  private void install() throws IOException {
    for (String folder : List.of("config", "logs", "tmp", "lib/entitlement-agent", "plugins")) {
      Files.createDirectories(home.resolve(folder));
    }
    unzip(plugin.zip(), home.resolve("plugins").resolve(plugin.pluginName));
    Files.copy(
        TARGET.resolve("test-classes/log4j2.properties"), home.resolve("config/log4j2.properties"));
    Path module = Files.createDirectories(home.resolve("modules").resolve(TRANSPORT));
    for (Path jar : serverJars(NodeProcess::isOfTransport)) {
      Files.copy(jar, module.resolve(jar.getFileName().toString()));
      if (jar.getFileName().toString().startsWith(TRANSPORT)) {
        unzip(jar, "META-INF/es-plugins/" + TRANSPORT + "/", module);
      }
    }
    copyClasses(ServerMain.class, home.resolve("server-patch"));
    writeAgent(home.resolve("lib/entitlement-agent/agent.jar"));
  }

  private static boolean isOfTransport(String jar) {
    return jar.startsWith(TRANSPORT) || jar.startsWith("netty-");
  }

  private static boolean isBridge(String jar) {
    return jar.startsWith("elasticsearch-entitlement-bridge");
  }

  /** Copies the classes of a class's package. */
  private static void copyClasses(Class<?> type, Path to) throws IOException {
    String folder = type.getPackageName().replace('.', '/');
    Path target = Files.createDirectories(to.resolve(folder));
    try (Stream<Path> classes = Files.list(TARGET.resolve("test-classes").resolve(folder))) {
      for (Path file : classes.toList()) {
        Files.copy(file, target.resolve(file.getFileName().toString()));
      }
    }
  }

  private static void writeAgent(Path jar) throws IOException {
    Manifest manifest = new Manifest();
    manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
    manifest.getMainAttributes().putValue("Agent-Class", EntitlementAgent.class.getName());
    manifest.getMainAttributes().putValue("Can-Retransform-Classes", "true");
    String name = EntitlementAgent.class.getName().replace('.', '/') + ".class";
    try (OutputStream out = Files.newOutputStream(jar);
        JarOutputStream entries = new JarOutputStream(out, manifest)) {
      entries.putNextEntry(new ZipEntry(name));
      Files.copy(TARGET.resolve("test-classes").resolve(name), entries);
    }
  }

  private static void unzip(Path zip, Path folder) throws IOException {
    unzip(zip, "", folder);
  }

  /** Unzips the files below a folder of the zip. */
  private static void unzip(Path zip, String prefix, Path folder) throws IOException {
    try (InputStream in = Files.newInputStream(zip);
        ZipInputStream entries = new ZipInputStream(in)) {
      Files.createDirectories(folder);
      for (ZipEntry entry = entries.getNextEntry(); entry != null; entry = entries.getNextEntry()) {
        if (entry.isDirectory() || entry.getName().startsWith(prefix) == false) {
          continue;
        }
        Path file = folder.resolve(entry.getName().substring(prefix.length())).normalize();
        if (file.startsWith(folder) == false) {
          throw new IOException("the zip should have files of its own; found " + entry.getName());
        }
        Files.copy(entries, file);
      }
    }
  }

  /** Jars of the server. */
  private static List<Path> serverJars(Predicate<String> names) throws IOException {
    String separator = Pattern.quote(System.getProperty("path.separator"));
    return Stream.of(Files.readString(TARGET.resolve("server.classpath")).strip().split(separator))
        .map(Path::of)
        .filter(jar -> names.test(jar.getFileName().toString()))
        .toList();
  }

  private static String path(Stream<Path> files) {
    return files
        .map(Path::toString)
        .collect(Collectors.joining(System.getProperty("path.separator")));
  }

  static String java() {
    return Path.of(System.getProperty("java.home"), "bin", "java").toString();
  }

  /** A class path with the server, the plugin and the classes that run in the server. */
  String classPath() throws IOException {
    try (Stream<Path> jars = Files.list(home.resolve("plugins").resolve(plugin.pluginName))) {
      return path(
          Stream.of(
                  serverJars(name -> isBridge(name) == false).stream(),
                  jars.filter(file -> file.toString().endsWith(".jar")),
                  Stream.of(home.resolve("server-patch")))
              .flatMap(files -> files));
    }
  }

  /** Starts the node and waits until it answers. */
  NodeProcess start() throws IOException, InterruptedException {
    launch();
    await();
    return this;
  }

  /** Starts the process. */
  void launch() throws IOException {
    Files.deleteIfExists(home.resolve("logs").resolve(ServerMain.PORT_FILE));
    List<String> command = new ArrayList<>();
    command.add(java());
    command.addAll(jvmOptions);
    command.addAll(serverOptions());
    command.add("-m");
    command.add(SERVER_MODULE + "/" + ServerMain.class.getName());
    command.add(home.toString());
    command.addAll(settings);
    process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
            .start();
  }

  /** The options of the JVM that the start script of the distribution sets. */
  private List<String> serverOptions() throws IOException {
    List<Path> bridge = serverJars(NodeProcess::isBridge);
    List<Path> modules =
        serverJars(name -> isBridge(name) == false && isOfTransport(name) == false);
    List<String> options = new ArrayList<>();
    if (Runtime.version().feature() >= 24) {
      options.add("--illegal-native-access=deny");
    }
    options.addAll(
        List.of(
            "-Des.path.home=" + home,
            "-Des.distribution.type=tar",
            "-Djava.io.tmpdir=" + home.resolve("tmp"),
            "-Dlog4j.shutdownHookEnabled=false",
            "-Dlog4j2.disable.jmx=true",
            "-Dio.netty.noUnsafe=true",
            "-Dio.netty.noKeySetOptimization=true",
            "-XX:+EnableDynamicAgentLoading",
            "-Djdk.attach.allowAttachSelf=true",
            "-Des.entitlements.enabled=true",
            "--patch-module=java.base=" + path(bridge.stream()),
            "--add-exports=java.base/org.elasticsearch.entitlement.bridge="
                + "org.elasticsearch.entitlement,java.logging,java.net.http,java.naming,jdk.net",
            "--enable-native-access=org.elasticsearch.nativeaccess,org.apache.lucene.core,ALL-UNNAMED",
            "--add-modules=jdk.incubator.vector,jdk.net,ALL-MODULE-PATH",
            "--patch-module=" + SERVER_MODULE + "=" + home.resolve("server-patch"),
            "--module-path=" + path(modules.stream())));
    return options;
  }

  /** Waits until the node answers. */
  void await() throws IOException, InterruptedException {
    Path portFile = home.resolve("logs").resolve(ServerMain.PORT_FILE);
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS);
    while (Files.exists(portFile) == false) {
      if (process.waitFor(50, TimeUnit.MILLISECONDS) || System.nanoTime() > end) {
        process.destroyForcibly();
        throw new IOException("the node should have started; found in its log:\n" + log());
      }
    }
    port = Integer.parseInt(Files.readString(portFile));
  }

  /** Waits for the end of the process. */
  void waitFor() throws InterruptedException {
    process.waitFor();
  }

  boolean isAlive() {
    return process != null && process.isAlive();
  }

  /** The port of its HTTP interface. */
  int port() {
    return port;
  }

  /** The folder of the plugin. */
  Path pluginFolder() {
    return home.resolve("plugins").resolve(plugin.pluginName);
  }

  /** All that it logged. */
  String log() throws IOException {
    return Files.readString(log);
  }

  /** The folders of the Lucene indices of an index on this node, one for each shard. */
  List<Path> shards(String uuid) throws IOException {
    Path index = home.resolve("data/indices").resolve(uuid);
    if (Files.exists(index) == false) {
      return List.of();
    }
    try (Stream<Path> shards = Files.list(index)) {
      return shards.map(shard -> shard.resolve("index")).filter(Files::exists).toList();
    }
  }

  /** Waits until the node has deleted the files of deleted indices, which it does later. */
  void awaitNoDataFiles() throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS);
    while (hasDataFiles() && System.nanoTime() < end) {
      process.waitFor(50, TimeUnit.MILLISECONDS);
    }
  }

  private boolean hasDataFiles() {
    try {
      return dataFiles().isEmpty() == false;
    } catch (IOException | UncheckedIOException e) {
      return true; // a file was deleted while its folder was listed
    }
  }

  /** Files of Lucene indices that the node has. */
  List<String> dataFiles() throws IOException {
    Path indices = home.resolve("data/indices");
    if (Files.exists(indices) == false) {
      return List.of();
    }
    try (Stream<Path> files = Files.walk(indices)) {
      return files.filter(file -> file.getParent().endsWith("index")).map(Path::toString).toList();
    }
  }

  /**
   * Makes lines of the log no problem.
   *
   * @param regex found in such lines
   */
  void expect(String regex) {
    expected.add(Pattern.compile(regex));
  }

  /** Lines of its log that tell of a failure that no test expects, with what follows them. */
  List<String> problems() throws IOException {
    List<String> problems = new ArrayList<>();
    List<String> lines = Files.readAllLines(log);
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i);
      if (PROBLEM.test(line)
          && USUAL.stream().noneMatch(line::contains)
          && expected.stream().noneMatch(regex -> regex.matcher(line).find())) {
        problems.addAll(lines.subList(i, Math.min(lines.size(), i + SHOWN_LINES)));
      }
    }
    return problems;
  }

  /** Ends the process at once, as a crash would. */
  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  /** Closes the node and waits for its end. */
  @Override
  public void close() throws IOException {
    if (process == null || process.isAlive() == false) {
      return;
    }
    process.getOutputStream().close();
    try {
      if (process.waitFor(STOP_SECONDS, TimeUnit.SECONDS) == false) {
        process.destroyForcibly();
        throw new IOException("the node should have ended; found in its log:\n" + log());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      process.destroyForcibly();
    }
  }
}
