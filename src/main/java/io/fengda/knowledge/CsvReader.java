package io.fengda.knowledge;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.csv.CsvMapper;
import com.fasterxml.jackson.dataformat.csv.CsvSchema;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Entries of a table. */
final class CsvReader implements KnowledgeReader {
  private static final CsvSchema SCHEMA = CsvSchema.emptySchema().withHeader();

  private final InputStream in;
  private @Nullable MappingIterator<Map<String, String>> rows;
  private int number = 1;

  CsvReader(InputStream in) {
    this.in = in;
  }

  @Override
  public @Nullable Line next() throws IOException {
    if (rows == null) {
      rows = new CsvMapper().readerForMapOf(String.class).with(SCHEMA).readValues(in);
    }
    number++;
    try {
      return rows.hasNextValue() ? line(rows.nextValue()) : null;
    } catch (JsonProcessingException e) {
      return new Line.Bad(number, "no row of the table: are there too many columns?");
    }
  }

  private Line line(Map<String, String> row) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("source", "");
    row.forEach(json::put);
    ArrayNode alternatives = json.putArray("alternatives");
    for (String one : row.getOrDefault("alternatives", "").split("\\|", -1)) {
      if (!one.isBlank()) {
        alternatives.add(one.strip());
      }
    }
    try {
      return KnowledgeLine.parse(json.toString().getBytes(StandardCharsets.UTF_8))
          .<Line>map(entry -> new Line.Good(number, entry))
          .orElseGet(() -> new Line.Bad(number, "an empty row"));
    } catch (KnowledgeLine.Fault fault) {
      return new Line.Bad(number, fault.getMessage());
    }
  }
}
