/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.memory;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.apache.lucene.util.Constants;

/** Finds a place for a group in fake directories of both versions. */
public class TestControlGroups extends LuceneTestCase {

  private static final long BYTES = 300L << 20;
  private static final String NAME = "some-name";
  private static final String OPTIONS = "rw,memory";

  private FakeControlGroups fake;

  @Override
  public void setUp() throws Exception {
    super.setUp();
    assumeFalse("needs a shell", Constants.WINDOWS);
    // a blank, which is escaped in the list of mounts
    fake = new FakeControlGroups(Files.createDirectory(createTempDir().resolve("a directory")));
  }

  private void assertCreated(String parent, String limit, String swap, String swapBytes)
      throws IOException {
    Path directory = fake.group(parent).resolve(NAME);
    try (ControlGroup group = ControlGroups.create(fake.proc(), NAME, BYTES)) {
      assertEquals(directory.toString(), group.directory().toString());
      assertEquals(Long.toString(BYTES), Files.readString(directory.resolve(limit)));
      if (swap != null) {
        assertEquals(swapBytes, Files.readString(directory.resolve(swap)));
      }
      long process = Long.parseLong(Files.readString(directory.resolve("cgroup.procs")).strip());
      assertTrue("the shell entered itself", process > 1);
      assertNotEquals(ProcessHandle.current().pid(), process);
      assertEquals(OptionalLong.of(0), group.kills());
    }
    assertFalse(Files.exists(directory));
  }

  private void assertCreatedV1(String parent) throws IOException {
    String bytes = Long.toString(BYTES);
    assertCreated(parent, "memory.limit_in_bytes", "memory.memsw.limit_in_bytes", bytes);
  }

  private void assertCreatedV2(String parent) throws IOException {
    assertCreated(parent, "memory.max", "memory.swap.max", "0");
  }

  private void assertUnsupported(String... parts) {
    UnsupportedLimitException e =
        expectThrows(
            UnsupportedLimitException.class,
            () -> ControlGroups.create(fake.proc(), NAME, BYTES).close());
    assertEquals(e.getMessage(), 1, e.getMessage().lines().count());
    for (String part : parts) {
      assertTrue(part + " in " + e.getMessage(), e.getMessage().contains(part));
    }
  }

  public void testVersion1() throws IOException {
    fake.v1("memory/a/b", "cpu/a").v2("unified", "");
    fake.proc("self/cgroup", "8:pids:/c", "5:cpu,cpuacct:/a", "4:memory,x:/a/b", "0::/");
    fake.proc(
        "self/mountinfo",
        "22 1 0:20 / /proc rw - proc proc rw",
        fake.mount("/", "cpu", "cgroup", "rw,cpu,cpuacct"),
        fake.mount("/", "memory", "cgroup", OPTIONS),
        fake.mount("/", "unified", "cgroup2", "rw"));
    assertCreatedV1("memory/a/b");
    fake.forbid("memory/a/b");
    assertCreatedV1("memory/a");
    fake.forbid("memory/a").forbid("memory");
    assertUnsupported(
        "tried " + fake.group("memory/a/b") + ": permission denied; ",
        fake.group("memory/a") + ": permission denied",
        fake.group("memory") + ": permission denied",
        fake.group("unified") + ": no memory controller in cgroup.subtree_control");
  }

  /** In a container, the mounted group is not the outermost one. */
  public void testVersion1InAContainer() throws IOException {
    fake.v1("memory/own");
    fake.proc("self/cgroup", "4:memory:/docker/1/own");
    fake.proc("self/mountinfo", fake.mount("/docker/1", "memory", "cgroup", OPTIONS));
    assertCreatedV1("memory/own");
    fake.proc("self/cgroup", "4:memory:/docker/1");
    assertCreatedV1("memory");
    fake.proc("self/cgroup", "4:memory:/../other");
    assertCreatedV1("memory");
  }

  public void testVersion2() throws IOException {
    fake.v2("", "cpu memory").v2("user", "memory pids").v2("user/session", "");
    fake.proc("self/cgroup", "0::/user/session");
    fake.proc("self/mountinfo", fake.mount("/", "", "cgroup2", "rw"));
    assertCreatedV2("user");
    fake.v2("user/session", "memory"); // delegated
    assertCreatedV2("user/session");
    fake.v2("user/session", "").forbid("user");
    assertCreatedV2("");
    fake.forbid("");
    assertUnsupported("user/session: no memory controller in cgroup.subtree_control; ");
  }

  public void testNoGroups() throws IOException {
    assertUnsupported("cgroup: none");
    fake.proc("self/cgroup", "nonsense", "0::/").proc("self/mountinfo", "nonsense", "");
    assertUnsupported("cgroup: none");
  }

  public void testProcessesCannotBeMoved() throws IOException {
    fake.v2("", "memory").doNotMoveProcesses();
    fake.proc("self/cgroup", "0::/");
    fake.proc("self/mountinfo", fake.mount("/", "", "cgroup2", "rw"));
    assertUnsupported("cgroup.procs");
    assertFalse("nothing is left", Files.exists(fake.group(NAME)));
  }

  public void testSwap() throws IOException {
    fake.v2("", "memory").doNotCountSwap();
    fake.proc("self/cgroup", "0::/");
    fake.proc("self/mountinfo", fake.mount("/", "", "cgroup2", "rw"));
    fake.proc("swaps", "Filename Type Size Used Priority");
    assertCreated("", "memory.max", null, null);
    fake.proc("swaps", "Filename Type Size Used Priority", "/dev/sda2 partition 100 0 -2");
    assertUnsupported("NoSuchFile");
    assertFalse("nothing is left", Files.exists(fake.group(NAME)));
  }

  public void testReplacesAGroupThatWasLeft() throws IOException {
    fake.v1("memory/" + NAME).proc("self/cgroup", "4:memory:/");
    fake.proc("self/mountinfo", fake.mount("/", "memory", "cgroup", OPTIONS));
    assertCreatedV1("memory");
  }

  public void testKills() throws IOException {
    fake.v2("", "memory").proc("self/cgroup", "0::/");
    fake.proc("self/mountinfo", fake.mount("/", "", "cgroup2", "rw"));
    try (ControlGroup group = ControlGroups.create(fake.proc(), NAME, BYTES)) {
      Path events = fake.group(NAME).resolve("memory.events");
      Files.writeString(events, "oom 7\noom_kill 3\noom_group_kill 1\n");
      assertEquals(OptionalLong.of(3), group.kills());
      Files.writeString(events, "oom 7\n");
      assertEquals(OptionalLong.empty(), group.kills());
    }
  }
}
