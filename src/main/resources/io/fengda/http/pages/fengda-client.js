/**
 * A customer's conversation with a Fengda tenant, over the WebSocket of the wire contract. It keeps
 * the session, sends every message once, resumes without a gap, and knows nothing of any page.
 * Integrator's manual: /integrate.html.
 */

const OPEN_MILLIS_MAX = 10_000;
const SESSION_MILLIS_MAX = 30_000;
const SILENCE_MILLIS_MAX = 20_000;
const PONG_MILLIS_MAX = 10_000;
const ACCEPTED_MILLIS_MAX = 10_000;
const STABLE_MILLIS = 5_000;
const BACKOFF_MILLIS_MIN = 500;
const BACKOFF_MILLIS_MAX = 30_000;
const SEND_TRIES_MAX = 4;

/** By contract; the engine refuses longer texts. */
export const TEXT_BYTES_MAX = 8 * 1024;

/** What an HTTP answer says is wrong (RFC 9457). */
export class ProblemError extends Error {
  constructor(problem) {
    super(problem.detail ?? problem.title ?? problem.code);
    this.problem = problem;
  }
}

/** Events and their details: see the manual. */
export class FengdaClient extends EventTarget {
  #base;
  #key;
  #token;
  #tokenOf;
  #conversation;
  #storage;
  #owner;
  #firstSeq = 1;
  #lastSeq = 0;
  #open = new Set();
  #outbox = new Map();
  #stream;
  #socket;
  #state = 'closed';
  #wanted = false;
  #renew = false;
  #doubt = false;
  #tries = 0;
  #timer;
  #hold;
  #heartbeat;
  #heardAt = 0;
  #pingedAt = 0;
  #openedAt = 0;
  #listeners = [];

  /** Options: key (a guest chats) or token (an async function); url, conversation, storage. */
  constructor({url = import.meta.url, key, token, conversation = 'main', storage} = {}) {
    super();
    if (!key === !token) throw new TypeError('give a key or a token function');
    if (!/^[\w.-]{1,64}$/.test(conversation)) throw new TypeError('no name of a conversation');
    this.#base = new URL('/', new URL(url, globalThis.location?.href));
    this.#key = key;
    this.#tokenOf = token;
    this.#conversation = conversation;
    this.#storage = storage ?? browserStorage();
  }

  /** closed, connecting, open or waiting. */
  get state() {
    return this.#state;
  }

  /** The last message received; where a resume goes on. */
  get lastSeq() {
    return this.#lastSeq;
  }

  /** Messages that are not accepted yet, in their order. */
  get pending() {
    return [...this.#outbox.values()].map(shown);
  }

  /** Connects, and stays connected until close(). */
  open() {
    if (this.#wanted) return;
    this.#wanted = true;
    if (this.#key) this.#own(`GUEST/${encodeURIComponent(this.#key)}`);
    this.#listen(globalThis, 'online', () => this.#hurry());
    this.#listen(globalThis, 'storage', (event) => this.#storageChanged(event));
    this.#listen(globalThis.document, 'visibilitychange', () => {
      if (globalThis.document.visibilityState === 'visible') this.#hurry();
    });
    this.#connect();
  }

  /** Tries at once to connect, where it would wait. */
  reconnect() {
    if (this.#state === 'waiting') this.#connect();
  }

  /** Disconnects. What was not accepted yet stays for the next open(). */
  close() {
    this.#end();
  }

  /** Sends a text now, or as soon as there is a connection; returns its message's id. */
  send(text) {
    if (!text.trim()) throw new RangeError('the text is empty');
    if (bytes(text) > TEXT_BYTES_MAX) throw new RangeError(`the text is over ${TEXT_BYTES_MAX} bytes`);
    const entry = {messageId: newId(), text, createdAt: Date.now(), tries: 0};
    this.#outbox.set(entry.messageId, entry);
    this.#keep(entry);
    this.#tell('pending', shown(entry));
    this.#post(entry);
    return entry.messageId;
  }

  /** Sends what failed once more, under the same id. */
  retry(messageId) {
    const entry = this.#outbox.get(messageId);
    if (!entry) return;
    delete entry.problem;
    entry.tries = 0;
    this.#keep(entry);
    this.#tell('pending', shown(entry));
    this.#post(entry);
  }

  /** Forgets what was not accepted yet. */
  discard(messageId) {
    if (this.#settled(messageId)) this.#tell('discarded', {messageId});
  }

  /** Cancels the turn that is open; false while there is no connection. */
  stop() {
    return this.#frame({type: 'stop'});
  }

  /** Deletes the conversation for good, here and in the engine. */
  async erase() {
    const unsent = [...this.#outbox.keys()];
    const customer = claims(this.#token).sub;
    const call = async (token) => {
      if (customer && customer !== claims(token).sub) {
        if (this.#wanted) this.#connect();
        throw new ProblemError({code: 'another-customer', title: 'This is another customer now.'});
      }
      await this.#call('', token, 'DELETE');
    };
    try {
      await call(await this.#session());
    } catch (error) {
      if (error.problem?.status !== 401) throw error;
      await call(await this.#session(true));
    }
    unsent.forEach((messageId) => this.discard(messageId));
  }

  // The connection.

  async #connect() {
    this.#drop();
    const attempt = {};
    this.#socket = attempt;
    this.#timer = setTimeout(() => this.#wait(), SESSION_MILLIS_MAX);
    this.#become('connecting');
    try {
      let token = await this.#session(this.#renew);
      if (this.#doubt) token = await this.#checked(token);
      this.#renew = this.#doubt = false;
      if (this.#socket === attempt) this.#dial(token);
    } catch (error) {
      if (this.#socket !== attempt) return;
      if (error.problem?.retryable === false) this.#end(error.problem);
      else this.#wait(error.retryAfterMillis);
    }
  }

  /** A browser does not tell why a handshake was refused; a call does. */
  async #checked(token, isNew = false) {
    try {
      await this.#call('/messages?limit=1', token);
    } catch (error) {
      const {status} = error.problem ?? {};
      if (status === 401 && !isNew) return this.#checked(await this.#session(true), true);
      if (status !== 404) throw error;
    }
    return token;
  }

  #dial(token) {
    clearTimeout(this.#timer);
    const url = new URL(`v1/conversations/${this.#conversation}/ws`, this.#base);
    url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
    // From before what was open: how that ended may have been missed.
    url.searchParams.set('after', Math.min(this.#lastSeq, ...[...this.#open].map((seq) => seq - 1)));
    const socket = new WebSocket(url, ['fengda.v1', `bearer.${token}`]);
    this.#socket = socket;
    let closing;
    const current = (handle) => (event) => {
      if (this.#socket === socket) handle(event);
    };
    this.#timer = setTimeout(() => this.#wait(), OPEN_MILLIS_MAX);
    socket.onopen = current(() => this.#opened());
    socket.onmessage = current(({data}) => {
      this.#heardAt = Date.now();
      const frame = JSON.parse(data);
      if (frame.type === 'closing') closing = frame;
      else this.#receive(frame);
    });
    socket.onclose = current(() => this.#closed(closing));
  }

  #opened() {
    clearTimeout(this.#timer);
    this.#openedAt = this.#heardAt = Date.now();
    this.#heartbeat = setInterval(() => this.#beat(), PONG_MILLIS_MAX / 2);
    this.#become('open');
    this.#postAll(() => true);
  }

  /** Silence is broken by a ping; silence after it is a dead connection. */
  #beat() {
    const now = Date.now();
    const isPinged = this.#pingedAt > this.#heardAt;
    if (isPinged && now - this.#pingedAt > PONG_MILLIS_MAX) return this.#wait();
    if (!isPinged && now - this.#heardAt > SILENCE_MILLIS_MAX) this.#ping();
    this.#postAll((entry) => now - (entry.sentAt ?? now) > ACCEPTED_MILLIS_MAX);
  }

  #ping() {
    if (this.#frame({type: 'ping'})) this.#pingedAt = Date.now();
  }

  #closed(closing) {
    if (closing && !closing.reconnect) {
      this.#end({code: closing.reason, title: closing.reason, retryable: false});
    } else {
      this.#doubt = this.#state !== 'open';
      this.#renew = closing?.reason === 'expired';
      this.#wait(closing?.retryAfterMs);
    }
  }

  /** Comes back later: when the engine says, or after longer and longer, at random. */
  #wait(atLeastMillis = 0) {
    if (this.#state === 'open' && Date.now() - this.#openedAt > STABLE_MILLIS) this.#tries = 0;
    this.#drop();
    const backoff = Math.min(BACKOFF_MILLIS_MAX, BACKOFF_MILLIS_MIN * 2 ** this.#tries++);
    const millis = Math.max(atLeastMillis, backoff * (0.5 + Math.random() / 2));
    this.#timer = setTimeout(() => this.#connect(), millis);
    this.#become('waiting', {retryInMillis: Math.round(millis)});
  }

  /** The network or the reader is back: is the connection, too? */
  #hurry() {
    this.reconnect();
    this.#ping();
  }

  /** Because it is told to, or because the engine says that trying again would change nothing. */
  #end(problem) {
    this.#wanted = false;
    this.#listeners.forEach((remove) => remove());
    this.#listeners = [];
    this.#drop();
    this.#become('closed', problem ? {problem} : {});
  }

  #drop() {
    clearTimeout(this.#timer);
    clearInterval(this.#heartbeat);
    const socket = this.#socket;
    this.#socket = undefined;
    socket?.close?.();
  }

  #become(state, detail = {}) {
    this.#state = state;
    this.#tell('state', {state, ...detail});
  }

  #frame(frame) {
    if (this.#state !== 'open') return false;
    this.#socket.send(JSON.stringify(frame));
    return true;
  }

  // What comes.

  #receive(frame) {
    switch (frame.type) {
      case 'message':
        return this.#message(frame.message);
      case 'delta':
        return this.#delta(frame);
      case 'turn':
        return this.#ended(frame.seqs, frame.outcome);
      case 'accepted':
        return this.#accepted(frame);
      case 'rejected':
        return this.#rejected(frame);
      case 'erased':
        // Told on every connection; news only once.
        if (frame.firstSeq > this.#firstSeq) this.#clear(frame.firstSeq);
    }
  }

  #message(message) {
    const {seq, role, outcome} = message;
    if (seq <= this.#lastSeq) {
      if (outcome === 'cancelled' && this.#open.has(seq)) this.#ended([seq], outcome);
      return;
    }
    this.#lastSeq = seq;
    if (role === 'customer') {
      this.#settled(message.messageId);
      if (outcome === 'open') this.#open.add(seq);
    } else {
      this.#stream = undefined;
      message.covers?.forEach((covered) => this.#open.delete(covered));
    }
    this.#tell('message', {message});
  }

  #ended(seqs, outcome) {
    this.#stream = undefined;
    seqs.forEach((seq) => this.#open.delete(seq));
    this.#tell('turn', {seqs, outcome});
  }

  /** Offsets count Unicode code points; another attempt starts anew. */
  #delta({attempt, replyTo, offset, text}) {
    const same = this.#stream?.attempt === attempt;
    const points = same ? this.#stream.points : [];
    if (offset > points.length) return;
    points.length = offset;
    for (const point of text) points.push(point);
    this.#stream = {attempt, points};
    this.#tell('delta', {attempt, replyTo, text: points.join(''), restarted: !same});
  }

  #accepted({messageId, seq, duplicate}) {
    this.#settled(messageId);
    this.#tell('accepted', {messageId, seq, duplicate});
    if (seq > this.#lastSeq) return;
    this.#tell('discarded', {messageId});
    // New, and yet old: the log has begun anew, as after the loss of its database.
    if (!duplicate) {
      this.#clear(1);
      this.#connect();
    }
  }

  /** What may go better later is sent again by itself, a few times, and the rest waits behind it. */
  #rejected({messageId, problem}) {
    const entry = this.#outbox.get(messageId);
    if (!entry) return;
    delete entry.sentAt;
    if (problem.retryable && problem.code !== 'turn-open' && ++entry.tries < SEND_TRIES_MAX) {
      const millis = 1_000 * 2 ** entry.tries * (0.5 + Math.random() / 2);
      this.#hold ??= setTimeout(() => {
        this.#hold = undefined;
        this.#postAll((waiting) => !waiting.sentAt);
      }, millis);
      return;
    }
    entry.problem = problem;
    this.#keep(entry);
    this.#tell('failed', shown(entry));
  }

  #clear(firstSeq) {
    this.#firstSeq = firstSeq;
    this.#lastSeq = firstSeq - 1;
    this.#open.clear();
    this.#stream = undefined;
    this.#tell('cleared', {});
  }

  // What goes.

  #postAll(which) {
    [...this.#outbox.values()].filter((entry) => !entry.problem && which(entry)).forEach((entry) => this.#post(entry));
  }

  #post(entry) {
    if (!this.#hold && this.#frame({type: 'send', messageId: entry.messageId, text: entry.text})) {
      entry.sentAt = Date.now();
    }
  }

  #settled(messageId) {
    if (!this.#outbox.delete(messageId)) return false;
    if (this.#owner) this.#storage.removeItem(this.#slot(messageId));
    return true;
  }

  /** From now on the browser keeps what this customer has not sent yet, for all its tabs. */
  #own(owner) {
    if (this.#owner === owner) return;
    const other = this.#owner;
    this.#owner = owner;
    if (other) {
      const others = [...this.#outbox.keys()];
      this.#outbox.clear();
      others.forEach((messageId) => this.#tell('discarded', {messageId}));
      this.#clear(1);
    }
    this.#outbox.forEach((entry) => this.#keep(entry));
    const prefix = this.#slot('');
    const kept = Array.from({length: this.#storage.length}, (_, i) => this.#storage.key(i))
      .filter((name) => name.startsWith(prefix))
      .map((name) => parsed(this.#storage.getItem(name)))
      .filter((entry) => entry && !this.#outbox.has(entry.messageId))
      .sort((a, b) => a.createdAt - b.createdAt);
    kept.forEach((entry) => this.#adopt(entry));
    this.#outbox = new Map([...this.#outbox].sort(([, a], [, b]) => a.createdAt - b.createdAt));
  }

  #adopt(entry) {
    this.#outbox.set(entry.messageId, {...entry, tries: 0});
    this.#tell(entry.problem ? 'failed' : 'pending', shown(entry));
  }

  /** Another tab sends, retries, discards, or is told of a failure. */
  #storageChanged({key, storageArea}) {
    if (storageArea !== this.#storage || !key?.startsWith(this.#slot(''))) return;
    const messageId = key.slice(this.#slot('').length);
    const entry = parsed(this.#storage.getItem(key));
    if (entry) this.#adopt({...entry, sentAt: Date.now()});
    else if (this.#outbox.delete(messageId)) this.#tell('discarded', {messageId});
  }

  #slot(messageId) {
    return `fengda.outbox/${this.#owner}/${this.#conversation}/${messageId}`;
  }

  #keep(entry) {
    if (this.#owner) this.#store(this.#slot(entry.messageId), JSON.stringify(shown(entry)));
  }

  #store(name, value) {
    try {
      this.#storage.setItem(name, value);
    } catch {
      // Full or forbidden: then it lives as long as the page.
    }
  }

  // The session.

  /** A token: the one there is, unless it is old or to be renewed. */
  async #session(renew = false) {
    if (this.#tokenOf) {
      if (renew || !isFresh(this.#token)) this.#token = await this.#tokenOf();
      const {tenant_id: tenant, sub} = claims(this.#token);
      this.#own(`${tenant}/${sub}`);
      return this.#token;
    }
    const before = this.#token;
    const isShared = !(this.#storage instanceof MemoryStorage);
    return oneTabAtATime(isShared && `fengda.session.${this.#key}`, async () => {
      const slot = `fengda.token.${this.#key}`;
      const kept = this.#storage.getItem(slot) ?? before;
      const changed = kept && before && kept !== before;
      this.#token = isFresh(kept) && (!renew || changed) ? kept : await this.#guest(kept);
      this.#store(slot, this.#token);
      if (before && claims(before).sub !== claims(this.#token).sub) this.#clear(1);
      return this.#token;
    });
  }

  /** The same guest again, or a new one where that one is too old or was never there. */
  async #guest(old) {
    const ask = async (body) => {
      const response = await this.#fetch('v1/sessions', {
        method: 'POST',
        headers: {'X-Api-Key': this.#key, 'Content-Type': 'application/json'},
        body: JSON.stringify(body),
      });
      return (await response.json()).token;
    };
    if (!old) return ask({});
    try {
      return await ask({renew: old});
    } catch (error) {
      if (error.problem?.status !== 401 && error.problem?.status !== 400) throw error;
      return ask({});
    }
  }

  #call(path, token, method = 'GET') {
    return this.#fetch(`v1/conversations/${this.#conversation}${path}`,
      {method, headers: {Authorization: `Bearer ${token}`}});
  }

  async #fetch(path, options) {
    const response = await fetch(new URL(path, this.#base),
      {...options, signal: AbortSignal.timeout(OPEN_MILLIS_MAX)});
    if (response.ok) return response;
    const problem = await response.json().catch(() => ({title: response.statusText}));
    const error = new ProblemError({...problem, status: response.status});
    error.retryAfterMillis = 1_000 * (Number(response.headers.get('Retry-After')) || 0);
    throw error;
  }

  #tell(type, detail) {
    this.dispatchEvent(new CustomEvent(type, {detail}));
  }

  #listen(target, type, handle) {
    if (!target?.addEventListener) return;
    target.addEventListener(type, handle);
    this.#listeners.push(() => target.removeEventListener(type, handle));
  }
}

/** How the tenant of a key presents itself; without a key, those that list themselves. */
export async function brandings({key, url = import.meta.url} = {}) {
  const response = await fetch(new URL('/v1/branding', url),
    {headers: key ? {'X-Api-Key': key} : {}, signal: AbortSignal.timeout(OPEN_MILLIS_MAX)});
  const body = await response.json();
  if (!response.ok) throw new ProblemError(body);
  return body.brandings;
}

const shown = ({messageId, text, createdAt, problem}) => ({messageId, text, createdAt, problem});

const bytes = (text) => new TextEncoder().encode(text).length;

/** crypto.randomUUID is there on secure pages only. */
function newId() {
  if (globalThis.crypto.randomUUID) return crypto.randomUUID();
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

function parsed(json) {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

function claims(token) {
  const body = (token ?? '').split('.')[1] ?? '';
  try {
    return parsed(atob(body.replaceAll('-', '+').replaceAll('_', '/'))) ?? {};
  } catch {
    return {};
  }
}

function isFresh(token) {
  const {exp} = claims(token);
  return exp * 1_000 > Date.now() + 30_000;
}

/** Two tabs that come at once are one guest. */
function oneTabAtATime(name, work) {
  return name && globalThis.navigator?.locks
    ? navigator.locks.request(name, {signal: AbortSignal.timeout(SESSION_MILLIS_MAX)}, work) : work();
}

/** What the browser keeps; a page to which it denies that keeps things itself. */
function browserStorage() {
  try {
    const storage = globalThis.localStorage;
    storage.setItem('fengda.probe', '');
    storage.removeItem('fengda.probe');
    return storage;
  } catch {
    return new MemoryStorage();
  }
}

class MemoryStorage {
  #kept = new Map();

  get length() {
    return this.#kept.size;
  }

  key(index) {
    return [...this.#kept.keys()][index];
  }

  getItem(name) {
    return this.#kept.get(name) ?? null;
  }

  setItem(name, value) {
    this.#kept.set(name, value);
  }

  removeItem(name) {
    this.#kept.delete(name);
  }
}
