package io.fengda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.fengda.FengdaClient.Customer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.WebSocketHandshakeException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** WebSockets: resume, several devices, and clients that do what they should not. */
class SocketTest {
  private static FengdaClient client;

  @BeforeAll
  static void start() {
    client = TestEngine.get().client();
  }

  @Test
  void aClientThatComesBackMissesNothingAndSeesNothingTwice() {
    Customer customer = client.customer(TestEngine.SCRIPTED);
    try (TestSocket first = customer.socket(0)) {
      first.say("m-1", "hello");
      first.awaitReplyTo(1);
    }
    assertEquals(200, customer.say("m-2", "meanwhile").status());

    try (TestSocket second = customer.socket(2)) {
      second.say("m-3", "back");
      second.awaitReplyTo(5);

      assertEquals(List.of(3L, 4L, 5L, 6L), seqs(second));
    }
  }

  @Test
  void aClientThatComesBackInTheMiddleOfAnAnswerGetsWhatHasComeSoFar() {
    Customer customer = client.customer(TestEngine.SCRIPTED);
    try (TestSocket first = customer.socket(0)) {
      first.say("m-1", "stream one two three four five six seven eight nine ten");
      first.await("delta");
    }
    try (TestSocket second = customer.socket(1)) {
      JsonNode delta = second.await("delta");
      assertEquals(0, delta.get("offset").asInt());
      assertTrue(delta.get("text").asText().startsWith("one "), delta::toString);
      assertEquals(
          "one two three four five six seven eight nine ten",
          second.awaitReplyTo(1).get("text").asText());
      assertEquals("[1]", second.await("turn").get("seqs").toString());
      assertEquals(List.of(2L), seqs(second));
    }
  }

  @Test
  void aLongHistoryIsReplayedFromTheJournal() {
    Customer customer = client.customer(TestEngine.SCRIPTED);
    for (int i = 0; i < 130; i++) {
      assertEquals(200, customer.say("m-" + i, "number " + i).status());
    }
    try (TestSocket socket = customer.socket(0);
        TestEvents events = customer.events(3)) {
      socket.await(frame -> frame.path("message").path("seq").asLong() == 260);
      assertEquals(IntStream.rangeClosed(1, 260).mapToObj(i -> (long) i).toList(), seqs(socket));

      events.await(event -> event.id().equals("260"));
      assertEquals(
          IntStream.rangeClosed(4, 260).mapToObj(Integer::toString).toList(),
          events.events().stream().map(TestEvents.Event::id).toList());
    }
    JsonNode page = customer.get("/v1/conversations/main/messages?after=10&limit=3").json();
    assertEquals(13, page.get("nextAfter").asLong());
    assertTrue(page.get("hasMore").asBoolean());
    assertEquals("answer", page.get("messages").get(0).get("outcome").asText());
    assertEquals(
        1, customer.say("m-0", "number 0").json().get("message").get("seq").asLong(), "forgotten");
  }

  @Test
  void aDuplicateIsSaidToBeOneAndBringsNothingAgain() {
    Customer customer = client.customer(TestEngine.SCRIPTED);
    try (TestSocket socket = customer.socket(0)) {
      socket.say("m-1", "hello");
      socket.awaitReplyTo(1);
      socket.say("m-1", "hello");
      JsonNode again = socket.await(frame -> frame.path("duplicate").asBoolean());
      assertEquals(1, again.get("seq").asLong());

      socket.say("m-1", "other");
      assertEquals(
          "message-id-reused", socket.await("rejected").get("problem").get("code").asText());

      socket.say("m-2", "bye");
      socket.awaitReplyTo(3);
      assertEquals(List.of(1L, 2L, 3L, 4L), seqs(socket));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{                                                  | malformed-json",
        "[]                                                 | invalid-field",
        "{\"type\":\"dance\"}                               | invalid-field",
        "{\"type\":\"send\",\"messageId\":\"m\"}            | invalid-field",
        "{\"type\":\"send\",\"messageId\":\"m\",\"text\":\"\"} | invalid-field",
        "{\"type\":\"send\",\"messageId\":\"a b\",\"text\":\"x\"} | invalid-field",
        "{\"type\":\"send\",\"text\":\"x\",\"seq\":1}         | invalid-field",
        "{\"type\":\"send\",\"text\":\"x\",\"kind\":\"voice\"} | kind-not-answered",
      })
  void aFrameThatCanNotBeUnderstoodIsRejectedAndTheSocketGoesOn(String frame, String code) {
    try (TestSocket socket = client.customer(TestEngine.SCRIPTED).socket(0)) {
      socket.send(frame);

      assertEquals(code, socket.await("rejected").get("problem").get("code").asText());
      socket.send("{\"type\":\"ping\"}");
      socket.await("pong");
      socket.say("m-1", "hello");
      assertEquals("echo: hello", socket.awaitReplyTo(1).get("text").asText());
    }
  }

  @Test
  void aTextOfNineKibibytesIsRejectedByItsId() {
    try (TestSocket socket = client.customer(TestEngine.SCRIPTED).socket(0)) {
      socket.say("m-1", "x".repeat(9 * 1024));

      JsonNode rejected = socket.await("rejected");

      assertEquals("m-1", rejected.get("messageId").asText());
      assertEquals("text-too-long", rejected.get("problem").get("code").asText());
    }
  }

  @Test
  void aFrameThatIsTooLargeOrNotTextClosesTheSocketWithTheReason() {
    try (TestSocket large = client.customer(TestEngine.SCRIPTED).socket(0);
        TestSocket binary = client.customer(TestEngine.SCRIPTED).socket(0)) {
      large.send("x".repeat(70_000));
      var unused = binary.raw().sendBinary(ByteBuffer.wrap(new byte[] {1, 2, 3}), true);

      assertEquals("too-large", large.await("closing").get("reason").asText());
      assertEquals("forbidden", binary.await("closing").get("reason").asText());
      for (TestSocket socket : List.of(large, binary)) {
        JsonNode closing = socket.await("closing");
        assertEquals(false, closing.get("reconnect").asBoolean());
        socket.awaitClosed();
      }
    }
  }

  @Test
  void theCallersTraceReachesTheVendorAndIsInEveryProblem() {
    String trace = "0af7651916cd43dd8448eb211c80319c";
    String traceparent = "00-" + trace + "-b7ad6b7169203331-01";
    Customer customer = client.customer(TestEngine.SCRIPTED);

    for (String body : List.of("{\"text\":\"hello\"}", "{")) {
      var reply =
          client.send(
              customer
                  .request("/v1/conversations/main/messages")
                  .header("Content-Type", "application/json")
                  .header("traceparent", traceparent)
                  .POST(BodyPublishers.ofString(body))
                  .build());
      assertTrue(reply.status() == 200 || reply.json().get("traceId").asText().equals(trace));
    }

    assertTrue(TestEngine.get().vendor().traces().stream().anyMatch(told -> told.contains(trace)));
  }

  @Test
  void aHandshakeWithoutAValidTokenIsRefused() {
    CompletionException refused =
        assertThrows(CompletionException.class, () -> client.withToken("a.b.c").socket(0));

    WebSocketHandshakeException cause =
        assertInstanceOf(WebSocketHandshakeException.class, refused.getCause());
    assertEquals(401, cause.getResponse().statusCode());
  }

  @Test
  void aSocketThatFloodsIsSlowedAndOthersAreServed() {
    Customer flooder = client.customer(TestEngine.SCRIPTED);
    try (TestSocket flood = flooder.socket(0)) {
      for (int i = 0; i < 300; i++) {
        flood.say("m-" + i, "hello " + i);
      }

      assertEquals(200, client.customer(TestEngine.SCRIPTED).say("hello").status());

      flood.await(
          frame -> flood.frames("accepted").size() + flood.frames("rejected").size() == 300);
      int accepted = flood.frames("accepted").size();
      flood.await(frame -> flood.frames("turn").size() == accepted);
      assertEquals(
          IntStream.rangeClosed(1, 2 * accepted).mapToObj(i -> (long) i).toList(), seqs(flood));
    }
  }

  @Test
  void aClientThatStopsReadingIsCutOff() throws Exception {
    Customer customer = client.customer(TestEngine.SCRIPTED);
    try (Socket socket =
        new Socket(InetAddress.getLoopbackAddress(), TestEngine.get().httpPort())) {
      socket.setReceiveBufferSize(4_096);
      socket.setSoTimeout(30_000);
      OutputStream out = socket.getOutputStream();
      out.write(
          ("GET /v1/conversations/main/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer "
                  + customer.token()
                  + "\r\n\r\n")
              .getBytes(StandardCharsets.UTF_8));
      out.flush();
      InputStream in = socket.getInputStream();
      assertEquals("HTTP/1.1 200", new String(in.readNBytes(12), StandardCharsets.UTF_8));
      String text = "x".repeat(8_000);
      for (int i = 0; i < 700; i++) {
        assertEquals(200, customer.say("m-" + i, text).status());
      }

      assertTrue(readToEnd(in) < 700L * 2 * 8_000, "all was kept for a reader that did not read");
    }
  }

  /** How many bytes come before the server ends the connection, or resets it. */
  private static long readToEnd(InputStream in) throws SocketTimeoutException {
    long read = 0;
    byte[] buffer = new byte[65_536];
    try {
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        read += n;
      }
    } catch (SocketTimeoutException e) {
      throw e;
    } catch (IOException e) {
      return read;
    }
    return read;
  }

  private static List<Long> seqs(TestSocket socket) {
    return socket.frames("message").stream()
        .map(frame -> frame.get("message").get("seq").asLong())
        .toList();
  }
}
