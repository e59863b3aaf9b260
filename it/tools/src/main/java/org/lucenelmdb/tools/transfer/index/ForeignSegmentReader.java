/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.tools.transfer.index;

import java.util.ArrayList;
import java.util.List;
import org.apache.lucene.codecs.KnnVectorsReader;
import org.apache.lucene.index.CodecReader;
import org.apache.lucene.index.FieldInfo;
import org.apache.lucene.index.FieldInfos;
import org.apache.lucene.index.FilterCodecReader;
import org.apache.lucene.util.Bits;
import org.lucenelmdb.tools.transfer.model.ForeignIndex;
import org.lucenelmdb.tools.transfer.model.VectorFieldInfos;

/** A segment of documents without vectors, to which the vectors of a foreign index are added. */
final class ForeignSegmentReader extends FilterCodecReader {

  private final ForeignIndex index;
  private final FieldInfos infos;

  /**
   * @param documents has the document of each vector, in the order of ordinals
   * @param field the name of the field with the vectors
   */
  ForeignSegmentReader(CodecReader documents, ForeignIndex index, String field) {
    super(documents);
    this.index = index;
    List<FieldInfo> all = new ArrayList<>();
    documents.getFieldInfos().forEach(all::add);
    int number = all.stream().mapToInt(FieldInfo::getFieldNumber).max().orElse(-1) + 1;
    all.add(
        VectorFieldInfos.create(
            field,
            number,
            index.vectors().dimension(),
            index.vectors().encoding(),
            index.metric()));
    this.infos = new FieldInfos(all.toArray(FieldInfo[]::new));
  }

  @Override
  public FieldInfos getFieldInfos() {
    return infos;
  }

  @Override
  public KnnVectorsReader getVectorReader() {
    return new ForeignVectorsReader(index);
  }

  @Override
  public Bits getLiveDocs() {
    return index.live();
  }

  @Override
  public int numDocs() {
    if (index.live() == null) {
      return maxDoc();
    }
    int live = 0;
    for (int doc = 0; doc < maxDoc(); doc++) {
      live += index.live().get(doc) ? 1 : 0;
    }
    return live;
  }

  @Override
  public CacheHelper getCoreCacheHelper() {
    return null;
  }

  @Override
  public CacheHelper getReaderCacheHelper() {
    return null;
  }
}
