/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.memory;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Finds a place for a {@link ControlGroup}: below the group of this process if possible, otherwise
 * below one that contains it. In version 2, a group with processes cannot have limited groups below
 * it, so that the group above is usually the first possible place.
 */
final class ControlGroups {

  private static final String MEMORY = "memory";
  private static final int OCTAL_RADIX = 8;
  private static final Pattern OCTAL = Pattern.compile("\\\\([0-7]{3})");

  private final Path processes;
  private final List<String> tried = new ArrayList<>();

  private ControlGroups(Path processes) {
    this.processes = processes;
  }

  /**
   * Creates a group with a memory limit.
   *
   * @param processes the directory that is usually {@code /proc}
   * @throws UnsupportedLimitException if there is no place for it
   */
  static ControlGroup create(Path processes, String name, long bytes) throws IOException {
    return new ControlGroups(processes).create(name, bytes);
  }

  private ControlGroup create(String name, long bytes) throws IOException {
    boolean swap = lines("swaps").size() > 1; // the first line has the headers
    for (String membership : lines("self/cgroup")) {
      String[] parts = membership.split(":", 3); // number, controllers, group
      if (parts.length < 3) {
        continue;
      }
      ControlGroup.Version version = version(parts[1]);
      if (version != null) {
        for (Path parent : parents(version, parts[2])) {
          ControlGroup group = tryToCreate(version, parent, name, bytes, swap);
          if (group != null) {
            return group;
          }
        }
      }
    }
    throw new UnsupportedLimitException(
        "--memory-limit needs a control group of Linux below which this user may create another"
            + " (try it as root, or with systemd-run --user --scope -p Delegate=yes); tried "
            + (tried.isEmpty() ? processes.resolve("self/cgroup") + ": none" : join(tried)));
  }

  private static String join(List<String> texts) {
    return String.join("; ", texts);
  }

  /** Null for a hierarchy without memory limits. */
  private static ControlGroup.Version version(String controllers) {
    if (controllers.isEmpty()) {
      return ControlGroup.Version.V2;
    }
    return hasMemory(controllers.split(",")) ? ControlGroup.Version.V1 : null;
  }

  private static boolean hasMemory(String[] controllers) {
    return Arrays.asList(controllers).contains(MEMORY);
  }

  private List<String> lines(String file) throws IOException {
    Path path = processes.resolve(file);
    return Files.isReadable(path) ? Files.readAllLines(path) : List.of();
  }

  /** The directories of a group and those that contain it, from the inside to the outside. */
  private List<Path> parents(ControlGroup.Version version, String group) throws IOException {
    List<Path> parents = new ArrayList<>();
    for (String mount : lines("self/mountinfo")) {
      // id, parent, device, root, mount point, options, optional fields; type, source, options
      String[] halves = mount.split(" - ", 2);
      String[] fields = halves[0].split(" ");
      String[] types = halves.length < 2 ? new String[0] : halves[1].split(" ");
      if (fields.length < 5 || types.length < 3 || isOf(version, types) == false) {
        continue;
      }
      Path top = processes.getFileSystem().getPath(unescape(fields[4]));
      Path own = top.resolve(below(unescape(fields[3]), group)).normalize();
      if (own.startsWith(top) == false) {
        own = top; // a group outside of this namespace
      }
      for (Path parent = own;
          parent != null && parent.startsWith(top);
          parent = parent.getParent()) {
        parents.add(parent);
      }
    }
    return parents;
  }

  private static boolean isOf(ControlGroup.Version version, String[] types) {
    return version == ControlGroup.Version.V2
        ? types[0].equals("cgroup2")
        : types[0].equals("cgroup") && hasMemory(types[2].split(","));
  }

  /** The path of a group relative to the mounted one; empty if it is not below that. */
  private static String below(String root, String group) {
    String prefix = root.equals("/") ? root : root + "/";
    return group.startsWith(prefix) ? group.substring(prefix.length()) : "";
  }

  /** In this file, blanks and backslashes of names are octal numbers. */
  private static String unescape(String text) {
    return OCTAL
        .matcher(text)
        .replaceAll(
            found ->
                Matcher.quoteReplacement(
                    Character.toString(Integer.parseInt(found.group(1), OCTAL_RADIX))));
  }

  /** Returns null, and notes the reason, if this is not possible. */
  private ControlGroup tryToCreate(
      ControlGroup.Version version, Path parent, String name, long bytes, boolean swap) {
    try {
      if (version == ControlGroup.Version.V2 && passesMemoryOn(parent) == false) {
        tried.add(parent + ": no memory controller in cgroup.subtree_control");
        return null;
      }
      return ControlGroup.create(version, parent, name, bytes, swap);
    } catch (IOException e) {
      tried.add(parent + ": " + reason(e));
      return null;
    }
  }

  /** In version 2, a group decides whether the groups below it have a memory limit. */
  private static boolean passesMemoryOn(Path parent) throws IOException {
    try (Stream<String> lines = Files.lines(parent.resolve("cgroup.subtree_control"))) {
      return lines.anyMatch(line -> hasMemory(line.split(" ")));
    }
  }

  /** The message of some exceptions is the path alone. */
  private static String reason(IOException e) {
    if (e instanceof AccessDeniedException) {
      return "permission denied";
    }
    if (e instanceof FileSystemException system) {
      return system.getReason() == null
          ? e.getClass().getSimpleName().replaceFirst("Exception$", "")
          : system.getReason();
    }
    return e.getMessage();
  }
}
