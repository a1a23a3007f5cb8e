package io.fengda.answerer;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.FieldType;
import org.apache.lucene.document.NumericDocValuesField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexOptions;
import org.apache.lucene.index.IndexReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.MultiDocValues;
import org.apache.lucene.index.NumericDocValues;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.BooleanClause.Occur;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.store.ByteBuffersDirectory;

/**
 * The few entries that are worth a closer look, found by BM25 in memory.
 *
 * <p>Every wording is a document, every answer another; each points to its entry by number. They
 * share one field: two would double the cost of a search and found nothing more. The terms are
 * indexed as they are, so no query syntax exists. Immutable and safe for use by many threads.
 */
final class CandidateSearch {
  private static final String TERM = "term";
  private static final String ENTRY = "entry";
  private static final FieldType TERMS = termsType();

  private final IndexSearcher searcher;
  private final int[] entriesOfDocuments;

  private CandidateSearch(IndexSearcher searcher, int[] entriesOfDocuments) {
    this.searcher = searcher;
    this.entriesOfDocuments = entriesOfDocuments;
  }

  static CandidateSearch of(List<IndexedEntry.Terms> entries) {
    try {
      IndexReader reader = DirectoryReader.open(directory(entries));
      IndexSearcher searcher = new IndexSearcher(reader);
      // Questions seldom repeat to the letter, and those that do are found before a search.
      searcher.setQueryCache(null);
      return new CandidateSearch(searcher, entriesOfDocuments(reader));
    } catch (IOException e) {
      throw new UncheckedIOException("memory could not be read", e);
    }
  }

  private static ByteBuffersDirectory directory(List<IndexedEntry.Terms> entries)
      throws IOException {
    ByteBuffersDirectory directory = new ByteBuffersDirectory();
    try (IndexWriter writer = new IndexWriter(directory, new IndexWriterConfig())) {
      for (int entry = 0; entry < entries.size(); entry++) {
        for (Map<String, Integer> wording : entries.get(entry).wordings()) {
          writer.addDocument(document(entry, wording));
        }
        writer.addDocument(document(entry, entries.get(entry).answer()));
      }
      writer.forceMerge(1);
    }
    return directory;
  }

  private static Document document(int entry, Map<String, Integer> counts) {
    Document document = new Document();
    document.add(new NumericDocValuesField(ENTRY, entry));
    counts.keySet().forEach(term -> document.add(new Field(TERM, term, TERMS)));
    return document;
  }

  private static FieldType termsType() {
    FieldType type = new FieldType();
    type.setTokenized(false);
    type.setIndexOptions(IndexOptions.DOCS_AND_FREQS);
    type.freeze();
    return type;
  }

  private static int[] entriesOfDocuments(IndexReader reader) throws IOException {
    int[] entries = new int[reader.maxDoc()];
    NumericDocValues values = MultiDocValues.getNumericValues(reader, ENTRY);
    for (int document = 0; document < entries.length && values.advanceExact(document); document++) {
      entries[document] = Math.toIntExact(values.longValue());
    }
    return entries;
  }

  /** The entries behind the best {@code hitsMax} documents for the terms, in ascending order. */
  IntStream find(Collection<String> terms, int hitsMax) {
    BooleanQuery.Builder query = new BooleanQuery.Builder();
    for (String term : terms) {
      query.add(new TermQuery(new Term(TERM, term)), Occur.SHOULD);
    }
    try {
      List<Integer> found = new ArrayList<>();
      for (var hit : searcher.search(query.build(), hitsMax).scoreDocs) {
        found.add(entriesOfDocuments[hit.doc]);
      }
      return found.stream().mapToInt(Integer::intValue).distinct().sorted();
    } catch (IOException e) {
      throw new UncheckedIOException("memory could not be read", e);
    }
  }
}
