/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.demo;

import java.io.IOException;
import java.util.List;
import org.apache.lucene.tests.util.LuceneTestCase;

public class TestJavadocCorpus extends LuceneTestCase {

  private static List<ApiDoc> extract(String... sources) throws IOException {
    return JavadocCorpus.ofSources(List.of(sources));
  }

  /** The text of a class with this comment, the only declaration. */
  private static String textOf(String comment) throws IOException {
    List<ApiDoc> docs = extract("package p; /** " + comment + " */ public class C {}");
    assertEquals(1, docs.size());
    return docs.get(0).text();
  }

  public void testDeclarations() throws IOException {
    List<ApiDoc> docs =
        extract(
            """
            /* The license. */
            package org.example.zoo;

            import java.util.Map;

            /** A place for animals. */
            public abstract class Zoo {
              /** Counts all the animals. */
              public static int count;
              /** Makes an empty zoo. */
              protected Zoo() {}
              /** Feeds many animals at once. */
              public void feed(Map<String, int[]> food, Object... animals) {}
              /** Nobody may see this. */
              private void hide() {}
              /** Nobody outside sees this. */
              void hideToo() {}
              public void undocumented() {}
              /** One that has fur. */
              public interface Mammal {
                /** Says what it says. */
                String say();
              }
              /** What it's made of. */
              public enum Wall {
                /** One of cold steel. */
                STEEL
              }
              /** Where it stands exactly. */
              public record Place(int x, int y) {}
              /** Marks what is dangerous. */
              public @interface Dangerous {
                /** How much so exactly. */
                int value();
              }
            }
            """,
            """
            /** All about keeping animals. */
            package org.example.zoo;
            """);
    String zoo = "org.example.zoo";
    List<ApiDoc> expected =
        List.of(
            new ApiDoc(zoo, Kind.PACKAGE, zoo, "All about keeping animals."),
            new ApiDoc(zoo + ".Zoo", Kind.CLASS, zoo, "A place for animals."),
            new ApiDoc(zoo + ".Zoo.Dangerous", Kind.ANNOTATION, zoo, "Marks what is dangerous."),
            new ApiDoc(zoo + ".Zoo.Dangerous.value()", Kind.METHOD, zoo, "How much so exactly."),
            new ApiDoc(zoo + ".Zoo.Mammal", Kind.INTERFACE, zoo, "One that has fur."),
            new ApiDoc(zoo + ".Zoo.Mammal.say()", Kind.METHOD, zoo, "Says what it says."),
            new ApiDoc(zoo + ".Zoo.Place", Kind.RECORD, zoo, "Where it stands exactly."),
            new ApiDoc(zoo + ".Zoo.Wall", Kind.ENUM, zoo, "What it's made of."),
            new ApiDoc(zoo + ".Zoo.Wall.STEEL", Kind.FIELD, zoo, "One of cold steel."),
            new ApiDoc(zoo + ".Zoo.Zoo()", Kind.CONSTRUCTOR, zoo, "Makes an empty zoo."),
            new ApiDoc(zoo + ".Zoo.count", Kind.FIELD, zoo, "Counts all the animals."),
            new ApiDoc(
                zoo + ".Zoo.feed(Map, Object...)",
                Kind.METHOD,
                zoo,
                "Feeds many animals at once."));
    assertEquals(expected, docs);
  }

  public void testMarkupBecomesText() throws IOException {
    assertEquals(
        "See Writer.commit() and the reader, or String: it's Map<K,V> & 1 < 2.",
        textOf(
            "See {@link a.b.Writer#commit() } and {@linkplain c.Reader the <em>reader</em>}, or"
                + " {@code String}: <b>it's</b> {@literal Map<K,V>} &amp; 1 &lt; 2."));
    assertEquals("close(String, int) closes it", textOf("{@link #close(String, int)} closes it"));
  }

  public void testBlocksAreSeparatedAndCodeSamplesLeftOut() throws IOException {
    assertEquals(
        "First point one point two the end",
        textOf(
            "First<ul><li>point one<li>point two</ul><pre>code(&lt;1&gt;);</pre>"
                + "{@snippet :\n more.code(); }<p>the\n   * end"));
  }

  public void testReturnStandsInForTheDescription() throws IOException {
    assertEquals("Returns the one true name", textOf("@return the one true name\n@since 1"));
    assertEquals("Returns the one true name.", textOf("{@return the one true name}"));
    assertEquals("What a name is", textOf("What a name is\n@return the one true name"));
  }

  public void testWhatSaysNothingIsLeftOut() throws IOException {
    assertEquals(List.of(), extract("package p; /** {@inheritDoc} */ public class C {}"));
    assertEquals(List.of(), extract("package p; /** Sole constructor. */ public class C {}"));
    assertEquals(List.of(), extract("package p; /** @see <a href='x'>y</a> */ public class C {}"));
  }

  public void testOverloadsThatSayTheSameCountOnce() throws IOException {
    List<ApiDoc> docs =
        extract(
            """
            package p;
            public interface I {
              /** Grows the given array. */
              void grow(long[] a);
              /** Grows the given array. */
              void grow(int[] a);
              /** Grows the given list. */
              void grow(java.util.List<?> a);
              /** Grows the given array. */
              void enlarge(int[] a);
            }
            """);
    assertEquals(
        List.of("p.I.enlarge(int[])", "p.I.grow(int[])", "p.I.grow(java.util.List)"),
        docs.stream().map(ApiDoc::name).toList());
  }

  public void testBrokenSourcesDoNoHarm() throws IOException {
    List<ApiDoc> docs =
        extract(
            "package p; ((( what?", "package p; /** Still found by us. */ public class Good {}");
    assertEquals(List.of("p.Good"), docs.stream().map(ApiDoc::name).toList());
  }

  public void testEmbeddedTextHasTheNameAsWords() {
    ApiDoc method =
        new ApiDoc(
            "p.q.IndexWriter.setRAMBufferSizeMB(double)", Kind.METHOD, "p.q", "Sets the size.");
    assertEquals("Index Writer set RAM Buffer Size MB: Sets the size.", method.embeddedText());
    ApiDoc all = new ApiDoc("p.q", Kind.PACKAGE, "p.q", "x".repeat(1000));
    assertTrue(all.embeddedText().startsWith("p q: xxx"));
    assertEquals(256, all.embeddedText().length());
  }
}
