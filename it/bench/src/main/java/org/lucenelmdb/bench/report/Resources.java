/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.report;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Properties;

/** The resources of the page. */
final class Resources {

  private static final String ECHARTS_VERSION =
      "/META-INF/maven/org.webjars/echarts/pom.properties";
  private static final String ECHARTS = "/META-INF/resources/webjars/echarts/%s/echarts.min.js";

  private Resources() {}

  /** Reads a file beside this class. */
  static String text(String name) throws IOException {
    try (InputStream in = Resources.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new FileNotFoundException(name + " is not on the class path");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  /** Reads ECharts; its path contains the version, which the jar's metadata gives. */
  static String echarts() throws IOException {
    Properties properties = new Properties();
    try (InputStream in = Resources.class.getResourceAsStream(ECHARTS_VERSION)) {
      if (in == null) {
        throw new FileNotFoundException(ECHARTS_VERSION + " is not on the class path");
      }
      properties.load(in);
    }
    return text(Format.text(ECHARTS, properties.getProperty("version")));
  }
}
