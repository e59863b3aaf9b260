/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb;

import java.io.IOException;
import org.apache.lucene.index.QueryTimeout;
import org.apache.lucene.search.KnnCollector;
import org.apache.lucene.search.TimeLimitingKnnCollectorManager;

/** Creates Lucene's collectors with a timeout, whose class is not public. */
final class TimeLimited {

  private TimeLimited() {}

  static KnnCollector of(KnnCollector collector, QueryTimeout timeout) throws IOException {
    return new TimeLimitingKnnCollectorManager((limit, strategy, context) -> collector, timeout)
        .newCollector(Integer.MAX_VALUE, null, null);
  }
}
