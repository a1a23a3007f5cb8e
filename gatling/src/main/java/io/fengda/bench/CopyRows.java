package io.fengda.bench;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;

/**
 * Rows in the binary format of PostgreSQL's {@code COPY}: of each row its fields, of each field the
 * bytes as the server has them, or null.
 */
final class CopyRows {
  private static final byte[] SIGNATURE = {
    'P', 'G', 'C', 'O', 'P', 'Y', '\n', (byte) 0xff, '\r', '\n', 0
  };

  private static final int END = -1;
  private static final int NULL = -1;

  private CopyRows() {}

  /** Reads what {@code COPY … TO} wrote. */
  static List<byte[][]> read(DataInputStream in) throws IOException {
    in.readNBytes(SIGNATURE.length);
    in.readInt();
    in.readNBytes(in.readInt());
    List<byte[][]> rows = new ArrayList<>();
    for (int fields = in.readShort(); fields != END; fields = in.readShort()) {
      byte[][] row = new byte[fields][];
      for (int i = 0; i < fields; i++) {
        int length = in.readInt();
        row[i] = length == NULL ? null : in.readNBytes(length);
      }
      rows.add(row);
    }
    return rows;
  }

  /** Writes rows for {@code COPY … FROM}; to be closed at the end. */
  static final class Writer implements AutoCloseable {
    private final DataOutputStream out;

    Writer(OutputStream copy) throws IOException {
      this.out = new DataOutputStream(copy);
      out.write(SIGNATURE);
      out.writeInt(0);
      out.writeInt(0);
    }

    void write(byte[][] row) throws IOException {
      out.writeShort(row.length);
      for (byte[] field : row) {
        if (field == null) {
          out.writeInt(NULL);
        } else {
          out.writeInt(field.length);
          out.write(field);
        }
      }
    }

    @Override
    public void close() throws IOException {
      out.writeShort(END);
      out.close();
    }
  }
}
