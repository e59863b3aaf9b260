/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.tools.transfer.source;

import org.apache.lucene.codecs.DocValuesProducer;
import org.apache.lucene.codecs.FieldsProducer;
import org.apache.lucene.codecs.NormsProducer;
import org.apache.lucene.codecs.PointsReader;
import org.apache.lucene.codecs.StoredFieldsReader;
import org.apache.lucene.codecs.TermVectorsReader;
import org.apache.lucene.index.FieldInfo;
import org.apache.lucene.index.FieldInfos;
import org.apache.lucene.index.FilterCodecReader;
import org.apache.lucene.index.LeafMetaData;
import org.apache.lucene.index.StoredFieldVisitor;
import org.apache.lucene.util.Version;
import org.lucenelmdb.tools.transfer.model.VectorFieldInfos;

/** A segment that has nothing but the vectors of one field. */
final class VectorFieldReader extends FilterCodecReader {

  private final FieldInfos infos;

  VectorFieldReader(FieldLeaf leaf) {
    super(leaf.reader());
    FieldInfo info = leaf.info();
    this.infos =
        new FieldInfos(
            new FieldInfo[] {
              VectorFieldInfos.create(
                  info.name, 0, info.getVectorDimension(), info.getVectorEncoding(), leaf.metric())
            });
  }

  @Override
  public FieldInfos getFieldInfos() {
    return infos;
  }

  /** That of a new segment: the one that is made of it needs neither its version nor its sort. */
  @Override
  public LeafMetaData getMetaData() {
    return new LeafMetaData(Version.LATEST.major, Version.LATEST, null, false);
  }

  @Override
  public StoredFieldsReader getFieldsReader() {
    return NoStoredFields.INSTANCE;
  }

  @Override
  public TermVectorsReader getTermVectorsReader() {
    return null;
  }

  @Override
  public NormsProducer getNormsReader() {
    return null;
  }

  @Override
  public DocValuesProducer getDocValuesReader() {
    return null;
  }

  @Override
  public FieldsProducer getPostingsReader() {
    return null;
  }

  @Override
  public PointsReader getPointsReader() {
    return null;
  }

  @Override
  public CacheHelper getCoreCacheHelper() {
    return null;
  }

  @Override
  public CacheHelper getReaderCacheHelper() {
    return null;
  }

  /** The stored fields of documents that have none. */
  private static final class NoStoredFields extends StoredFieldsReader {

    static final NoStoredFields INSTANCE = new NoStoredFields();

    @Override
    public void document(int doc, StoredFieldVisitor visitor) {}

    @Override
    public StoredFieldsReader clone() {
      return this;
    }

    @Override
    public void checkIntegrity() {}

    @Override
    public void close() {}
  }
}
