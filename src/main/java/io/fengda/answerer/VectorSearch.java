package io.fengda.answerer;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.document.NumericDocValuesField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.MultiDocValues;
import org.apache.lucene.index.NumericDocValues;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.KnnFloatVectorQuery;
import org.apache.lucene.store.ByteBuffersDirectory;

/**
 * The wordings that are nearest in meaning, found in Lucene's vector index in memory. Immutable and
 * safe for use by many threads.
 */
final class VectorSearch {
  private static final String VECTOR = "vector";
  private static final String ENTRY = "entry";

  /** Near wordings that count; 10 to 50 of them find the same in BANKING77. */
  private static final int NEAREST = 20;

  /** How much the nearest of an entry's wordings outweighs its others. */
  private static final double SHARPNESS = 40;

  private final IndexSearcher searcher;
  private final int[] entriesOfDocuments;

  private VectorSearch(IndexSearcher searcher, int[] entriesOfDocuments) {
    this.searcher = searcher;
    this.entriesOfDocuments = entriesOfDocuments;
  }

  static VectorSearch of(List<EncodedWording> wordings) {
    try {
      IndexReader reader = DirectoryReader.open(directory(wordings));
      IndexSearcher searcher = new IndexSearcher(reader);
      searcher.setQueryCache(null);
      return new VectorSearch(searcher, entries(reader));
    } catch (IOException e) {
      throw new UncheckedIOException("memory could not be read", e);
    }
  }

  private static ByteBuffersDirectory directory(List<EncodedWording> wordings) throws IOException {
    ByteBuffersDirectory directory = new ByteBuffersDirectory();
    try (IndexWriter writer = new IndexWriter(directory, new IndexWriterConfig())) {
      for (EncodedWording wording : wordings) {
        Document document = new Document();
        document.add(new NumericDocValuesField(ENTRY, wording.entry()));
        document.add(
            new KnnFloatVectorField(
                VECTOR, wording.vector(), VectorSimilarityFunction.DOT_PRODUCT));
        writer.addDocument(document);
      }
      writer.forceMerge(1);
    }
    return directory;
  }

  private static int[] entries(IndexReader reader) throws IOException {
    int[] entries = new int[reader.maxDoc()];
    NumericDocValues values = MultiDocValues.getNumericValues(reader, ENTRY);
    for (int document = 0; document < entries.length && values.advanceExact(document); document++) {
      entries[document] = Math.toIntExact(values.longValue());
    }
    return entries;
  }

  /**
   * How near the entries of the nearest wordings are: about the cosine of the nearest, and somewhat
   * more where others of the entry are near too. A soft maximum, {@code ln Σ exp(s c) / s}.
   */
  Map<Integer, Double> near(float[] vector) {
    try {
      Map<Integer, Double> sums = new HashMap<>();
      var hits = searcher.search(new KnnFloatVectorQuery(VECTOR, vector, NEAREST), NEAREST);
      for (var hit : hits.scoreDocs) {
        double cosine = 2 * hit.score - 1;
        sums.merge(entriesOfDocuments[hit.doc], Math.exp(SHARPNESS * (cosine - 1)), Double::sum);
      }
      sums.replaceAll((entry, sum) -> Math.log(sum) / SHARPNESS + 1);
      return sums;
    } catch (IOException e) {
      throw new UncheckedIOException("memory could not be read", e);
    }
  }
}
