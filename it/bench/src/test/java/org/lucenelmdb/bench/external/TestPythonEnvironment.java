/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.external;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.apache.lucene.util.Constants;

/** Installation of packages, with a fake Python. */
public class TestPythonEnvironment extends LuceneTestCase {

  private final List<String> steps = new ArrayList<>();
  private Path binaries;
  private Path environment;
  private Path requirements;

  @Override
  public void setUp() throws Exception {
    super.setUp();
    assumeFalse("scripts of a shell", Constants.WINDOWS);
    binaries = createTempDir();
    environment = createTempDir().resolve("python");
    requirements = createTempFile();
    Files.writeString(requirements, "a==1\nb==1\n");
    // "python3 -m venv DIRECTORY" copies itself; "DIRECTORY/bin/python -m pip ..." fails on demand
    script(
        """
        #!/bin/sh
        if [ "$2" = venv ]; then
          /bin/mkdir -p "$3/bin" && /bin/cp "$0" "$3/bin/python"
        else
          test ! -e "${0%/*}/../../broken"
        fi
        """);
  }

  private void script(String text) throws IOException {
    Path python = binaries.resolve("python3");
    Files.writeString(python, text);
    Files.setPosixFilePermissions(python, PosixFilePermissions.fromString("rwx------"));
  }

  private List<String> install(String... packages) throws IOException {
    steps.clear();
    Installer installer =
        new Installer(environment.getParent(), new Executables(binaries.toString()), steps::add);
    Path python =
        new PythonEnvironment(environment, installer).install(requirements, List.of(packages));
    assertTrue(Files.isExecutable(python));
    return steps;
  }

  public void testInstallsWhatIsMissing() throws IOException {
    assertEquals(List.of("python3 -m venv", "pip install a"), install("a"));
    assertEquals(List.of(), install("a"));
    assertEquals(List.of("pip install b"), install("a", "b"));
    assertEquals(List.of(), install("b"));
    Files.writeString(requirements, "a==2\nb==1\n");
    assertEquals(List.of("python3 -m venv", "pip install b"), install("b"));
    assertEquals(List.of("pip install a"), install("b", "a"));
  }

  public void testStartsAgainAfterAFailure() throws IOException {
    Path broken = Files.createFile(environment.resolveSibling("broken"));
    ExternalException e = expectThrows(ExternalException.class, () -> install("a"));
    assertTrue(e.getMessage(), e.getMessage().startsWith("pip install a failed; "));
    Files.delete(broken);
    assertEquals(List.of("pip install a"), install("a"));
  }

  public void testPythonIsGone() throws IOException {
    install("a");
    Files.delete(environment.resolve("bin").resolve("python"));
    assertEquals(List.of("python3 -m venv", "pip install a"), install("a"));
  }
}
