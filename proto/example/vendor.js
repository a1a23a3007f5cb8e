'use strict';
/**
 * A whole vendor for Fengda: answers over gRPC, in pieces, in time, and stops when nobody waits.
 *
 *   npm ci && PORT=3600 npm start
 */
const path = require('node:path');
const grpc = require('@grpc/grpc-js');
const loader = require('@grpc/proto-loader');

const PORT = process.env.PORT ?? '3600';
const PROTO = process.env.FENGDA_PROTO ?? path.join(__dirname, '..');
const PIECE_MILLIS = 20;

const definition = loader.loadSync('fengda/nlp/v1/nlp.proto', {
  includeDirs: [PROTO],
  longs: Number,
  enums: String,
  defaults: true,
});
const { NlpService } = grpc.loadPackageDefinition(definition).fengda.nlp.v1;

// Where your model goes: what is said, how sure you are of it, and where it comes from.
const KNOWLEDGE = [
  {
    asked: /营业时间|opening hours/i,
    zh: '我们每天九点到二十一点营业。',
    en: 'We are open every day from 9 am to 9 pm.',
    source: 'https://example.com/hours',
  },
  {
    asked: /第一个问题|first question/i,
    zh: (request) => `您先问的是：${asked(request)}`,
    en: (request) => `First you asked: ${asked(request)}`,
    source: 'the conversation',
  },
];

const asked = (request) =>
  request.context.find((said) => said.role === 'ROLE_CUSTOMER')?.text ?? '-';

/** Answer(AnswerRequest) returns (stream AnswerEvent) */
async function answer(call) {
  const request = call.request;
  // A turn may cover several messages: one answer for all of them.
  const question = request.questions.join('\n');
  if (request.deadlineEpochMillis > 0 && Date.now() >= request.deadlineEpochMillis) {
    call.emit('error', { code: grpc.status.DEADLINE_EXCEEDED, details: 'too late to begin' });
    return;
  }
  const known = KNOWLEDGE.find((entry) => entry.asked.test(question));
  if (!known) {
    // Without a text the customer reads the tenant's own fallback.
    call.write({ final: { noAnswer: { text: '' } } });
    call.end();
    return;
  }
  const said = known[request.language] ?? known.en;
  const text = typeof said === 'function' ? said(request) : said;
  for (const piece of text.match(/.{1,8}/gsu)) {
    // Cancelled: the customer stopped, or the deadline passed. Whatever costs money ends here.
    if (call.cancelled) return;
    call.write({ delta: { text: piece } });
    await new Promise((resolve) => setTimeout(resolve, PIECE_MILLIS));
  }
  if (call.cancelled) return;
  call.write({
    final: {
      answer: { text, confidence: 0.9, citations: [{ title: question, source: known.source }] },
    },
  });
  call.end();
}

const server = new grpc.Server();
server.addService(NlpService.service, { answer });
server.bindAsync(`127.0.0.1:${PORT}`, grpc.ServerCredentials.createInsecure(), (error, port) => {
  if (error) {
    console.error(`port ${PORT} can not be used: ${error.message}`);
    process.exit(1);
  }
  console.log(`vendor ready: 127.0.0.1:${port}`);
});
// Answers that have begun end; then the process does.
process.on('SIGTERM', () => server.tryShutdown(() => process.exit(0)));
