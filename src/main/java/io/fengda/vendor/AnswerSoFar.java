package io.fengda.vendor;

import io.fengda.conversation.model.Input;
import io.fengda.conversation.model.Query;
import io.fengda.vendor.VendorCalls.Event;

/** How long the answer of one call has grown, held to the contract. Mutable; used by one stream. */
final class AnswerSoFar {
  private final Query query;
  private final String vendor;
  private final VendorCodec codec;
  private int codePoints;
  private long bytes;

  AnswerSoFar(Query query, String vendor, VendorCodec codec) {
    this.query = query;
    this.vendor = vendor;
    this.codec = codec;
  }

  /** A delta, or the result that ends the call. */
  Input.FromWorker next(Event event) {
    return switch (event) {
      case Event.Failed(var kind) -> query.endedWithout(kind, vendor, "");
      case Event.FromVendor(var answer) ->
          switch (answer.getEventCase()) {
            case DELTA -> delta(answer.getDelta().getText());
            case FINAL -> codec.read(query, vendor, answer.getFinal());
            case EVENT_NOT_SET -> VendorCodec.invalid(query, vendor);
          };
    };
  }

  private Input.FromWorker delta(String piece) {
    int offset = codePoints;
    codePoints += piece.codePointCount(0, piece.length());
    bytes += VendorCodec.utf8Bytes(piece);
    return codec.isWithinLimit(bytes)
        ? new Input.Delta(query.attempt(), offset, piece)
        : VendorCodec.invalid(query, vendor);
  }
}
