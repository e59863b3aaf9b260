/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.demo;

import com.sun.source.doctree.DocCommentTree;
import com.sun.source.doctree.DocTree;
import com.sun.source.doctree.EndElementTree;
import com.sun.source.doctree.EntityTree;
import com.sun.source.doctree.ErroneousTree;
import com.sun.source.doctree.LinkTree;
import com.sun.source.doctree.LiteralTree;
import com.sun.source.doctree.ReturnTree;
import com.sun.source.doctree.SnippetTree;
import com.sun.source.doctree.StartElementTree;
import com.sun.source.doctree.SummaryTree;
import com.sun.source.doctree.TextTree;
import com.sun.source.util.DocTreeScanner;
import com.sun.source.util.DocTrees;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.apache.lucene.util.SuppressForbidden;

/** Converts a javadoc comment to plain text for people and language models. */
@SuppressForbidden(reason = "com.sun.source is a documented API of every JDK")
final class JavadocText {

  private JavadocText() {}

  /**
   * Returns the description of a comment, or else its return value, without markup and code
   * samples; empty if nothing is left.
   */
  static String of(DocCommentTree comment, DocTrees trees) {
    String description = plain(comment.getFullBody(), trees);
    if (!description.isEmpty()) {
      return description;
    }
    return comment.getBlockTags().stream()
        .filter(ReturnTree.class::isInstance)
        .map(tag -> plain(List.of(tag), trees))
        .findFirst()
        .orElse("");
  }

  private static String plain(List<? extends DocTree> content, DocTrees trees) {
    Renderer renderer = new Renderer(trees);
    renderer.scan(content, null);
    return renderer.text.toString().replaceAll("\\s+", " ").strip();
  }

  /** Collects the words. Tags without a method here, such as inheritDoc, contribute none. */
  @SuppressForbidden(reason = "com.sun.source is a documented API of every JDK")
  private static final class Renderer extends DocTreeScanner<Void, Void> {

    /** Elements whose content is not prose. */
    private static final Set<String> SKIPPED = Set.of("pre", "table", "script", "style", "svg");

    /** Elements that do not end a word. */
    private static final Set<String> INLINE =
        Set.of("a", "b", "code", "em", "i", "q", "span", "strong", "sub", "sup", "tt", "u", "var");

    private final StringBuilder text = new StringBuilder();
    private final DocTrees trees;
    private int skippedDepth;

    Renderer(DocTrees trees) {
      this.trees = trees;
    }

    @Override
    public Void visitText(TextTree tree, Void unused) {
      append(tree.getBody());
      return null;
    }

    @Override
    public Void visitLiteral(LiteralTree tree, Void unused) {
      append(tree.getBody().getBody());
      return null;
    }

    @Override
    public Void visitEntity(EntityTree tree, Void unused) {
      String characters = trees.getCharacters(tree);
      append(characters == null ? tree.toString() : characters);
      return null;
    }

    @Override
    public Void visitErroneous(ErroneousTree tree, Void unused) {
      append(tree.getBody());
      return null;
    }

    @Override
    public Void visitLink(LinkTree tree, Void unused) {
      if (tree.getLabel().isEmpty()) {
        append(target(tree.getReference().getSignature()));
      } else {
        scan(tree.getLabel(), null);
      }
      return null;
    }

    @Override
    public Void visitReturn(ReturnTree tree, Void unused) {
      append("Returns ");
      scan(tree.getDescription(), null);
      if (tree.isInline()) {
        append(".");
      }
      return null;
    }

    @Override
    public Void visitSummary(SummaryTree tree, Void unused) {
      return scan(tree.getSummary(), null);
    }

    @Override
    public Void visitSnippet(SnippetTree tree, Void unused) {
      return null;
    }

    @Override
    public Void visitStartElement(StartElementTree tree, Void unused) {
      String name = nameOf(tree.getName());
      if (SKIPPED.contains(name)) {
        skippedDepth++;
      }
      separate(name);
      return null;
    }

    @Override
    public Void visitEndElement(EndElementTree tree, Void unused) {
      String name = nameOf(tree.getName());
      if (SKIPPED.contains(name) && skippedDepth > 0) {
        skippedDepth--;
      }
      separate(name);
      return null;
    }

    private static String nameOf(CharSequence element) {
      return element.toString().toLowerCase(Locale.ROOT);
    }

    private void separate(String element) {
      if (!INLINE.contains(element)) {
        append(" ");
      }
    }

    private void append(String words) {
      if (skippedDepth == 0) {
        text.append(words);
      }
    }

    /** {@code org.apache.lucene.store.Directory#sync} becomes {@code Directory.sync}. */
    private static String target(String reference) {
      return reference
          .replaceAll("\\b(?:[a-z0-9_]+\\.)+(?=[A-Z])", "")
          .replaceFirst("^#", "")
          .replace('#', '.');
    }
  }
}
