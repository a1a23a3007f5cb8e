/** The chat: a custom element that shows what a client of the wire contract tells. */

import {TEXT_BYTES_MAX} from './fengda-client.js';
import {markdown, link} from './markdown.js';
import {TEXTS, problemText} from './texts.js';

const STYLE_TRIES_MAX = 5;

/** How near the end of the log counts as being there, in pixels. */
const NEAR = 60;

/** A conversation that is not empty says so within this time. */
const EMPTY_MILLIS = 300;

const ICONS = {
  send: 'M4 12l16-8-6 16-3-6z',
  stop: 'M7 7h10v10H7z',
  erase: 'M5 7h14M10 7V4h4v3M7 7l1 13h8l1-13',
  copy: 'M9 9h10v11H9zM15 9V4H5v11h4',
};

export class FengdaChat extends HTMLElement {
  #client;
  #branding;
  #language = 'en';
  #ui;
  #open = new Set();
  #stream;
  #atEnd = true;
  #scrollTop = 0;
  #lastDay;
  #emptyTimer;
  #abort = new AbortController();

  /** Shows the client's conversation and connects it; the branding is as the engine gives it. */
  async start(client, branding, language) {
    this.#client = client;
    this.#branding = branding;
    const root = this.attachShadow({mode: 'open'});
    root.adoptedStyleSheets = [await chatStyle()];
    if (this.#abort.signal.aborted) return;
    paint(this, branding.color);
    this.#build(root);
    this.language = language;
    this.#follow();
    client.open();
  }

  /** Disconnects and stops following. */
  disconnectedCallback() {
    this.#abort.abort();
    clearTimeout(this.#emptyTimer);
    this.#client?.close();
  }

  focus() {
    this.#ui?.text.focus();
  }

  get language() {
    return this.#language;
  }

  set language(language) {
    this.#language = language;
    this.lang = language === 'zh' ? 'zh-CN' : 'en';
    if (this.#ui) this.#relabel(this.shadowRoot);
  }

  // The parts.

  #build(root) {
    const ui = this.#ui = {
      banner: make('div', {class: 'banner', role: 'status', hidden: true}),
      history: make('div', {class: 'history'}),
      tail: make('div', {class: 'history'}),
      suggestions: make('div', {class: 'suggestions', role: 'group', hidden: true, 'data-label': 'suggestions'}),
      newest: make('button', {type: 'button', class: 'newest', hidden: true, 'data-text': 'newest'}),
      typing: make('span', {class: 'typing', hidden: true}),
      announcer: make('div', {class: 'hidden', role: 'status'}),
      problem: make('p', {class: 'problem', id: 'problem', role: 'alert'}),
      text: make('textarea', {
        id: 'text', rows: 1, enterkeyhint: 'send', autocomplete: 'off', 'data-label': 'message',
        'data-placeholder': 'message', 'aria-describedby': 'problem',
      }),
      stop: iconButton('stop', {class: 'stop', hidden: true}),
      send: iconButton('send', {class: 'send', type: 'submit'}),
      eraseDialog: eraseDialog(),
    };
    ui.intro = this.#intro();
    ui.log = make('div', {class: 'log', role: 'log', 'aria-live': 'off', tabindex: 0, 'data-label': 'conversation'},
      ui.intro, ui.suggestions, ui.history, ui.tail);
    ui.typing.append(dots(), make('span', {'data-text': 'bot'}), ' ', make('span', {'data-text': 'typing'}));
    const form = make('form', {}, ui.text, ui.send);
    const erase = iconButton('erase', {class: 'erase'});
    root.append(ui.banner, make('div', {class: 'middle'}, ui.log, ui.newest),
      make('div', {class: 'status'}, ui.typing, ui.stop), ui.problem, form,
      make('div', {class: 'foot'}, make('small', {'data-text': 'hint'}), erase), ui.announcer, ui.eraseDialog);
    on(form, 'submit', (event) => {
      event.preventDefault();
      this.#send();
    });
    on(ui.text, 'keydown', (event) => this.#key(event));
    on(ui.text, 'input', () => this.#grow());
    on(ui.stop, 'click', () => {
      this.#client.stop();
      this.focus();
    });
    on(ui.newest, 'click', () => this.#toEnd());
    on(ui.log, 'scroll', () => this.#scrolled());
    on(erase, 'click', () => {
      // Escape leaves the value of the last time.
      ui.eraseDialog.returnValue = '';
      ui.eraseDialog.showModal();
    });
    on(ui.eraseDialog, 'close', () => ui.eraseDialog.returnValue === 'yes' && this.#erase());
    new ResizeObserver(() => this.#settle()).observe(ui.log);
  }

  #intro() {
    return make('div', {class: 'message bot'}, make('div', {class: 'bubble', 'data-branding': 'greeting'}));
  }

  #relabel(root) {
    const texts = TEXTS[this.#language];
    const each = (name, set) => root.querySelectorAll(`[data-${name}]`)
      .forEach((element) => set(element, element.dataset[name]));
    each('text', (element, key) => (element.textContent = texts[key]));
    each('branding', (element, key) => (element.textContent = this.#branding[key][this.#language]));
    each('label', (element, key) => {
      element.setAttribute('aria-label', texts[key]);
      if (element.localName === 'button') element.title = texts[key];
    });
    each('placeholder', (element, key) => (element.placeholder = texts[key]));
    each('problem', (element, json) => (element.textContent = problemText(this.#language, JSON.parse(json))));
    each('day', (element, day) => (element.textContent = this.#dayName(new Date(day))));
    root.querySelectorAll('time').forEach((time) => this.#time(time));
    if (root === this.shadowRoot) this.#fillSuggestions();
  }

  #labelled(element) {
    this.#relabel(element);
    return element;
  }

  #text(key) {
    return TEXTS[this.#language][key];
  }

  // What the client tells.

  #follow() {
    const handlers = {
      state: (detail) => this.#stateChanged(detail),
      pending: (entry) => this.#pending(entry),
      failed: (entry) => this.#failed(entry),
      discarded: ({messageId}) => this.#bubbleOf(messageId)?.remove(),
      accepted: ({messageId}) => this.#accepted(messageId),
      message: ({message}) => this.#message(message),
      delta: (delta) => this.#delta(delta),
      turn: (turn) => this.#turn(turn),
      cleared: () => this.#cleared(),
    };
    for (const [type, handle] of Object.entries(handlers)) {
      this.#client.addEventListener(type, ({detail}) => {
        handle(detail);
        this.#settle();
      }, {signal: this.#abort.signal});
    }
  }

  #stateChanged({state, problem}) {
    const {banner} = this.#ui;
    this.dataset.state = state;
    this.#ui.send.disabled = Boolean(problem);
    banner.replaceChildren();
    banner.hidden = state === 'open' || (state === 'closed' && !problem);
    if (state === 'connecting') banner.append(make('span', {'data-text': 'connecting'}));
    if (state === 'waiting') {
      const now = make('button', {type: 'button', 'data-text': 'reconnect'});
      on(now, 'click', () => {
        this.#client.reconnect();
        this.focus();
      });
      banner.append(make('span', {'data-text': 'lost'}), ' ', now);
    }
    if (problem) {
      banner.append(make('span', {'data-text': 'refused'}),
        make('span', {'data-problem': JSON.stringify(problem)}));
    }
    this.#labelled(banner);
    this.#ui.tail.querySelectorAll('.pending').forEach((bubble) => this.#sendingOrWaiting(bubble));
    this.#turnChanged();
    if (state === 'open') this.#emptyTimer = setTimeout(() => this.#suggest(), EMPTY_MILLIS);
  }

  #pending({messageId, text, createdAt}) {
    this.#bubbleOf(messageId)?.remove();
    const bubble = this.#bubble('customer pending', createdAt);
    bubble.dataset.id = messageId;
    bubble.body.textContent = text;
    bubble.meta.append(make('span', {class: 'state'}));
    this.#sendingOrWaiting(bubble);
    this.#ui.tail.append(bubble);
    this.#suggest();
  }

  #sendingOrWaiting(bubble) {
    const keys = {open: 'sending', closed: 'failed'};
    setText(bubble.querySelector('.state'), keys[this.#client.state] ?? 'waiting');
    this.#labelled(bubble);
  }

  #failed(entry) {
    this.#pending(entry);
    const bubble = this.#bubbleOf(entry.messageId);
    bubble.className = 'message customer failed';
    const button = (key, act) => {
      const element = make('button', {type: 'button', 'data-text': key});
      on(element, 'click', () => {
        act.call(this.#client, entry.messageId);
        this.focus();
      });
      return element;
    };
    setText(bubble.querySelector('.state'), 'failed');
    bubble.meta.append(' · ', make('span', {'data-problem': JSON.stringify(entry.problem)}), ' ',
      button('retry', this.#client.retry), ' ', button('discard', this.#client.discard));
    this.#labelled(bubble);
    this.#announce(bubble.meta.textContent);
  }

  #accepted(messageId) {
    const bubble = this.#bubbleOf(messageId);
    if (!bubble) return;
    bubble.classList.remove('pending');
    setText(bubble.querySelector('.state'), 'accepted');
    this.#labelled(bubble);
  }

  #message(message) {
    if (message.role === 'customer') this.#said(message);
    else this.#answered(message);
    this.#suggest();
    this.#turnChanged();
  }

  #said({messageId, seq, text, createdAt, outcome}) {
    const old = this.#bubbleOf(messageId);
    const bubble = this.#bubble('customer', createdAt);
    bubble.dataset.seq = seq;
    bubble.body.textContent = text;
    bubble.meta.append(make('span', {class: 'state', 'data-text': outcome === 'cancelled' ? 'stopped' : 'accepted'}));
    old?.remove();
    this.#record(bubble, createdAt);
    if (outcome === 'open') this.#open.add(seq);
  }

  #answered(message) {
    const live = message.covers?.some((seq) => this.#open.delete(seq)) ?? true;
    message.covers?.forEach((seq) => this.#open.delete(seq));
    const bubble = this.#stream ?? this.#bubble('', message.createdAt);
    const role = message.role === 'agent' ? 'agent' : 'bot';
    this.#stream = undefined;
    bubble.removeAttribute('aria-busy');
    bubble.className = `message ${role}${message.fallback ? ' fallback' : ''}`;
    bubble.body.replaceChildren(markdown(message.text));
    bubble.time.dateTime = new Date(message.createdAt).toISOString();
    setText(bubble.who, role);
    const badge = (key) => bubble.meta.append(' · ', make('span', {class: 'badge', 'data-text': key}));
    if (message.fallback) badge('fallback');
    else if (message.aiGenerated) badge('ai');
    bubble.meta.append(' ', this.#copyButton(message.text));
    if (message.citations?.length) bubble.meta.before(citations(message.citations));
    this.#record(bubble, message.createdAt);
    if (live) {
      this.#announce(`${this.#text(role)}: ${bubble.body.textContent}`);
      this.dispatchEvent(new CustomEvent('answer'));
    }
    if (!this.#atEnd) this.#ui.newest.hidden = false;
  }

  #delta({text, restarted}) {
    if (restarted) this.#stream?.remove();
    if (restarted || !this.#stream) {
      this.#stream = this.#bubble('bot streaming', Date.now());
      this.#stream.setAttribute('aria-busy', 'true');
      this.#ui.tail.prepend(this.#labelled(this.#stream));
    }
    this.#stream.body.replaceChildren(markdown(text));
    this.#turnChanged();
  }

  #turn({seqs, outcome}) {
    seqs.forEach((seq) => this.#open.delete(seq));
    if (outcome === 'cancelled') {
      this.#stream?.remove();
      this.#stream = undefined;
      for (const seq of seqs) {
        const bubble = this.#ui.history.querySelector(`[data-seq="${seq}"]`);
        if (bubble) {
          setText(bubble.querySelector('.state'), 'stopped');
          this.#labelled(bubble);
        }
      }
      this.#announce(this.#text('stopped'));
    }
    this.#turnChanged();
  }

  #cleared() {
    this.#ui.history.replaceChildren();
    this.#ui.tail.querySelectorAll('.customer:not(.pending, .failed)').forEach((bubble) => bubble.remove());
    this.#stream?.remove();
    this.#stream = undefined;
    this.#lastDay = undefined;
    this.#open.clear();
    this.#turnChanged();
    this.#suggest();
  }

  // What the customer does.

  #key(event) {
    // While an input method composes, Enter chooses what is composed; 229 is how Safari says so.
    const composing = event.isComposing || event.keyCode === 229;
    if (event.key === 'Enter' && !event.shiftKey && !composing) {
      event.preventDefault();
      this.#send();
    }
  }

  #send(text = this.#ui.text.value) {
    if (!text.trim()) return;
    if (new TextEncoder().encode(text).length > TEXT_BYTES_MAX) {
      this.#complain('tooLong');
      this.#ui.text.setAttribute('aria-invalid', 'true');
      return;
    }
    this.#atEnd = true;
    this.#client.send(text.trim());
    this.#ui.text.value = '';
    this.#grow();
    this.focus();
  }

  #complain(key) {
    setText(this.#ui.problem, key);
    this.#labelled(this.#ui.problem.parentNode);
  }

  #grow() {
    const {text, problem} = this.#ui;
    delete problem.dataset.text;
    problem.textContent = '';
    text.removeAttribute('aria-invalid');
    text.style.height = 'auto';
    text.style.height = `${text.scrollHeight + 2}px`;
  }

  async #erase() {
    try {
      await this.#client.erase();
      this.#announce(this.#text('erased'));
    } catch {
      this.#complain('eraseFailed');
    }
    this.focus();
  }

  #copyButton(text) {
    const button = iconButton('copy', {class: 'copy'});
    on(button, 'click', async () => {
      const done = Boolean(await navigator.clipboard?.writeText(text).then(() => true, () => false));
      this.#announce(this.#text(done ? 'copied' : 'copyFailed'));
      button.classList.toggle('done', done);
      button.title = this.#text(done ? 'copied' : 'copyFailed');
      setTimeout(() => button.classList.remove('done'), 1_500);
    });
    return button;
  }

  // The log.

  #bubble(kind, createdAt) {
    const isCustomer = kind.startsWith('customer');
    const bubble = make('article', {class: `message ${kind}`});
    bubble.body = make('div', {class: 'bubble', dir: 'auto'});
    bubble.who = make('span', {class: isCustomer ? 'hidden' : '', 'data-text': isCustomer ? 'you' : 'bot'});
    bubble.time = make('time', {datetime: new Date(createdAt).toISOString()});
    bubble.meta = make('div', {class: 'meta'}, bubble.who, isCustomer ? '' : ' · ', bubble.time, isCustomer ? ' · ' : '');
    bubble.append(bubble.body, bubble.meta);
    return bubble;
  }

  /** Appends to what is history, under its day. */
  #record(bubble, createdAt) {
    const day = new Date(createdAt).toDateString();
    if (day !== this.#lastDay) {
      this.#lastDay = day;
      const separator = make('div', {class: 'day'}, make('span', {'data-day': createdAt}));
      this.#ui.history.append(this.#labelled(separator));
    }
    this.#ui.history.append(this.#labelled(bubble));
  }

  #bubbleOf(messageId) {
    return this.#ui.tail.querySelector(`[data-id="${CSS.escape(messageId)}"]`);
  }

  #suggest() {
    const {suggestions, history, tail} = this.#ui;
    suggestions.hidden = this.#client.state !== 'open' || history.childElementCount + tail.childElementCount > 0;
  }

  #fillSuggestions() {
    this.#ui.suggestions.replaceChildren(...this.#branding.suggestions[this.#language].map((text) => {
      const button = make('button', {type: 'button'}, text);
      on(button, 'click', () => this.#send(text));
      return button;
    }));
  }

  #turnChanged() {
    const open = this.#open.size > 0 && this.#client.state === 'open';
    this.#ui.typing.hidden = !open;
    this.#ui.stop.hidden = !open;
  }

  #scrolled() {
    const {log, newest} = this.#ui;
    const fromEnd = log.scrollHeight - log.scrollTop - log.clientHeight;
    if (log.scrollTop > this.#scrollTop) this.#atEnd ||= fromEnd < NEAR;
    else if (log.scrollTop < this.#scrollTop) this.#atEnd = fromEnd < 1;
    this.#scrollTop = log.scrollTop;
    if (this.#atEnd) newest.hidden = true;
  }

  /** Who reads the end goes on reading the end; who reads above is left in peace. */
  #settle() {
    if (this.#atEnd) this.#ui.log.scrollTop = this.#ui.log.scrollHeight;
  }

  #toEnd() {
    this.#atEnd = true;
    this.#ui.newest.hidden = true;
    this.#settle();
    this.focus();
  }

  #announce(text) {
    this.#ui.announcer.textContent = text;
  }

  #time(time) {
    time.textContent = new Date(time.dateTime).toLocaleTimeString(this.lang, {hour: '2-digit', minute: '2-digit'});
  }

  #dayName(day) {
    const today = new Date();
    const yesterday = new Date(today.getFullYear(), today.getMonth(), today.getDate() - 1);
    if (day.toDateString() === today.toDateString()) return this.#text('today');
    if (day.toDateString() === yesterday.toDateString()) return this.#text('yesterday');
    const year = day.getFullYear() === today.getFullYear() ? undefined : 'numeric';
    return day.toLocaleDateString(this.lang, {year, month: 'long', day: 'numeric', weekday: 'short'});
  }
}

/** The style of the chat, once it could be had. */
async function chatStyle() {
  for (let tries = 1; ; tries++) {
    try {
      const response = await fetch(new URL('chat.css', import.meta.url), {signal: AbortSignal.timeout(10_000)});
      if (response.ok) return style(await response.text());
      throw new Error(`chat.css: ${response.status}`);
    } catch (error) {
      if (tries === STYLE_TRIES_MAX) throw error;
      await new Promise((go) => setTimeout(go, 1_000 * tries));
    }
  }
}

/** A style sheet whose rem is what the reader has chosen, not what another site makes of it. */
export function style(css) {
  const probe = make('span');
  probe.style.fontSize = 'medium';
  document.documentElement.append(probe);
  const pixels = parseFloat(getComputedStyle(probe).fontSize);
  probe.remove();
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css.replace(/([\d.]+)rem/g, (_, rem) => `${rem * pixels}px`));
  return sheet;
}

/** An element with these attributes and children. */
export function make(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (typeof value === 'boolean') element.toggleAttribute(key, value);
    else element.setAttribute(key, value);
  }
  element.append(...children);
  return element;
}

export function on(element, type, handle) {
  element.addEventListener(type, handle);
}

/** Gives an element the tenant's colour, and text on it that can be read (WCAG 2.2, 1.4.3). */
export function paint(element, color) {
  const channel = (at) => {
    const value = parseInt(color.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  const luminance = 0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5);
  element.style.setProperty('--accent', color);
  element.style.setProperty('--on-accent', 1.05 / (luminance + 0.05) >= 4.5 ? '#fff' : '#000');
}

export function icon(path) {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('viewBox', '0 0 24 24');
  svg.setAttribute('aria-hidden', 'true');
  const line = document.createElementNS('http://www.w3.org/2000/svg', 'path');
  line.setAttribute('d', path);
  svg.append(line);
  return svg;
}

function iconButton(key, attributes) {
  return make('button', {type: 'button', 'data-label': key, ...attributes}, icon(ICONS[key]));
}

function setText(element, key) {
  element.dataset.text = key;
}

function dots() {
  return make('span', {class: 'dots', 'aria-hidden': 'true'}, make('i'), make('i'), make('i'));
}

function citations(all) {
  const items = all.map(({title, source}) => make('li', {}, link(source, title || source) ?? (title || source)));
  return make('details', {class: 'citations'}, make('summary', {'data-text': 'citations'}), make('ul', {}, ...items));
}

function eraseDialog() {
  return make('dialog', {'aria-labelledby': 'erase-title'},
    make('form', {method: 'dialog'},
      make('h2', {id: 'erase-title', 'data-text': 'eraseTitle'}),
      make('p', {'data-text': 'eraseText'}),
      make('div', {class: 'buttons'},
        make('button', {value: 'no', 'data-text': 'cancel'}),
        make('button', {value: 'yes', class: 'danger', 'data-text': 'eraseYes'}))));
}

customElements.define('fengda-chat', FengdaChat);
