/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.tools.search;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.lucenelmdb.tools.Tools;

/** The output of a command that was run in this JVM. */
public record ToolRun(int exit, String out, String err) {

  public static ToolRun of(String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int exit =
        Tools.commandLine()
            .setOut(new PrintWriter(out))
            .setErr(new PrintWriter(err))
            .execute(arguments);
    return new ToolRun(exit, out.toString(), err.toString());
  }

  public JsonNode json() throws IOException {
    return new JsonMapper().readTree(out);
  }
}
