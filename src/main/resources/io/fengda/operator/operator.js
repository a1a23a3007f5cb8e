// The operator's page: the whole cluster as it is now, and the last ten minutes of it.
import {TEXTS, preferredLanguage} from './operator-texts.js';
import {Chart} from './operator-charts.js';
import {between, breakers, isLeaving, lag, sum, total, troubles, works} from './operator-figures.js';

const LANGUAGE = 'fengda.language';
const POLL_MILLIS = 2_000;
const CALL_MILLIS = 5_000;
const KEPT_MILLIS = 600_000;
/** Rates in tables and tiles are of so many reports. */
const RECENT = 6;
const TENANTS_SHOWN = 10;
/** How long a drain that is over stays on the page. */
const DRAINED_MILLIS = 120_000;
const COLORS = [1, 2, 3, 4, 5, 6, 7].map((number) => `--series-${number}`);
const STROKES = ['solid', 'dashed', 'dotted'];

const place = (id) => document.getElementById(id);
const health = place('health');
const main = place('main');
const ask = place('ask');

let language = preferredLanguage(kept());
/** The newest reports, oldest first, and a point of the charts for each but the first. */
let reports = [];
let points = [];
/** What was asked to drain: by node, when, which of its processes, and how far it is. */
const drains = new Map();
let lostSince;
let sections;

const text = (key) => TEXTS[language][key] ?? key;
const locale = () => (language === 'zh' ? 'zh-CN' : 'en');
const number = (value, digits = 0) => value.toLocaleString(locale(), {minimumFractionDigits: digits, maximumFractionDigits: digits});
const rate = (value) => number(Math.max(0, value), value > 0 && value < 99.95 ? 1 : 0);
const millis = (seconds) => (seconds === null || seconds === undefined ? '–' : `${number(seconds * 1_000, seconds < 0.00995 ? 1 : 0)} ${text('milliseconds')}`);
const percent = (share) => `${number(share * 100, share > 0 && share < 0.1 ? 1 : 0)} %`;
const clock = (at) => new Date(at).toLocaleTimeString(locale(), {hourCycle: 'h23'});
const since = (at) => {
  const seconds = Math.max(0, Math.round((reports.at(-1).atMillis - at) / 1_000));
  const [days, hours, minutes] = [Math.floor(seconds / 86_400), Math.floor(seconds / 3_600) % 24, Math.floor(seconds / 60) % 60];
  if (days) return `${days} d ${hours} h`;
  if (hours) return `${hours} h ${minutes} min`;
  return minutes ? `${minutes} min` : `${seconds} s`;
};

function kept() {
  try {
    return localStorage.getItem(LANGUAGE);
  } catch {
    return null;
  }
}

function make(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (typeof value === 'boolean') element.toggleAttribute(key, value);
    else element.setAttribute(key, value);
  }
  element.append(...children);
  return element;
}

/** Makes the old element what the fresh one is, and keeps its focus and who reads in it. */
function patch(old, fresh) {
  if (old.nodeName !== fresh.nodeName || old.dataset?.node !== fresh.dataset?.node) {
    old.replaceWith(fresh);
    return;
  }
  if (old.nodeType === Node.TEXT_NODE) {
    if (old.data !== fresh.data) old.data = fresh.data;
    return;
  }
  for (const {name} of [...old.attributes]) if (!fresh.hasAttribute(name)) old.removeAttribute(name);
  for (const {name, value} of fresh.attributes) if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  const olds = [...old.childNodes];
  const news = [...fresh.childNodes];
  news.forEach((node, at) => (at < olds.length ? patch(olds[at], node) : old.append(node)));
  olds.slice(news.length).forEach((node) => node.remove());
}

/** Puts something into a box that has one thing. */
function put(id, element) {
  const box = place(id);
  if (box.firstChild) patch(box.firstChild, element);
  else box.append(element);
}

/** Says something anew only where it is something else: what is read out is read out once. */
function say(element, words) {
  if (element.textContent !== words) element.textContent = words;
}

// Reading the cluster.

async function poll() {
  try {
    const response = await fetch('/operator/state', {signal: AbortSignal.timeout(CALL_MILLIS)});
    if (!response.ok) throw new Error(String(response.status));
    take(await response.json());
    lostSince = undefined;
  } catch {
    lostSince ??= Date.now();
  }
  show();
  setTimeout(poll, POLL_MILLIS);
}

function take(report) {
  const last = reports.at(-1);
  if (last && report.atMillis <= last.atMillis) return;
  reports = [...reports.slice(1 - RECENT), report];
  follow(report);
  if (!last) return;
  const {turns, refusals, stations} = between(last, report);
  points.push({at: report.atMillis, turns, refused: total(refusals), stations, lag: lag(report)});
  points = points.filter((point) => point.at > report.atMillis - KEPT_MILLIS);
}

const recent = () => (reports.length > 1 ? between(reports[0], reports.at(-1)) : undefined);

// Whether all is well.

function showHealth(now, window) {
  if (lostSince) {
    showLost();
    return;
  }
  if (!now) {
    health.dataset.state = 'waiting';
    say(place('verdict'), text('waiting'));
    return;
  }
  const found = troubles(now, window);
  const state = !found.length ? 'well' : found[0].grave ? 'bad' : 'warn';
  health.dataset.state = state;
  say(place('verdict'), text({well: 'well', warn: 'watch', bad: 'bad'}[state]));
  place('summary').textContent = [
    `${now.members.filter(works).length} / ${now.members.length} ${text('nodes')}`,
    `${sum(now, (report) => report.shards)} ${text('shardsOf')}`,
    window ? `${rate(total(window.turns))} ${text('turnsRate')}` : '',
    `${text('age')} ${clock(now.atMillis)}`,
  ].filter(Boolean).join(' · ');
  patch(place('troubles'), make('ul', {id: 'troubles'}, ...found.map((one) => make('li', {class: one.grave ? 'bad' : 'warn'}, trouble(one)))));
}

/** Names come before what is said of them, figures after. */
function trouble({key, detail}) {
  switch (key) {
    case 'troubleBreakers': return `${text(key)} ${number(detail)}`;
    case 'troubleRole': return `${text(key)}: ${text(detail)}`;
    case 'troubleLag': return `${text(key)} ${number(detail, 1)} ${text('seconds')}`;
    case 'troubleFallback': return `${text(key)} ${percent(detail)}`;
    case 'troubleRefused': return `${text(key)} ${rate(detail)}`;
    default: return `${detail} ${text(key)}`.trim();
  }
}

/** The page has lost its node: where the others are is all that it still knows. */
function showLost() {
  const last = reports.at(-1);
  health.dataset.state = 'bad';
  say(place('verdict'), text(drains.has(last?.servedBy) ? 'lostSelf' : 'lost'));
  place('summary').textContent = last ? `${text('lostSince')}: ${clock(last.atMillis)}` : '';
  const links = last ? pages(last) : [];
  patch(place('troubles'), make('ul', {id: 'troubles'}, ...(links.length ? [make('li', {}, text('lostText'), ' ', ...links)] : [])));
}

/** Links to the pages of other nodes that work. */
function pages(now) {
  return now.members.filter((one) => works(one) && one.node !== now.servedBy && !drains.has(one.node) && /^https?:/.test(one.report.page))
    .flatMap((one) => [make('a', {href: one.report.page}, one.node), ' ']);
}

// Draining.

/** Takes down how far the nodes are that were asked to drain. */
function follow(now) {
  for (const [node, drain] of drains) {
    const member = now.members.find((one) => one.node === node);
    if (drain.step < 4) {
      if (!member || (member.report && member.report.startedAtMillis !== drain.startedAtMillis)) {
        drain.step = 4;
        drain.over = Date.now();
      } else {
        drain.step = Math.max(drain.step, {leaving: 2, exiting: 3, down: 3}[member.status] ?? 1);
      }
    }
    drain.back = drain.step === 4 && Boolean(member) && works(member);
    if (drain.over && Date.now() - drain.over > DRAINED_MILLIS) drains.delete(node);
  }
}

function showDrains(now) {
  const shown = [...drains].map(([node, drain]) => {
    const steps = [1, 2, 3, 4].map((step) => make('li', {
      class: step < drain.step || drain.step === 4 ? 'done' : '',
      ...(step === drain.step && step < 4 ? {'aria-current': 'step'} : {}),
    }, text(`step${step}`)));
    const line = make('li', {'data-node': node, 'data-step': String(drain.step)}, make('strong', {}, `${text('drained')} ${node}`), make('ol', {class: 'steps'}, ...steps));
    if (drain.back) line.append(text('cameBack'));
    if (now?.servedBy === node && drain.step < 4 && !lostSince) line.append(make('span', {}, text('selfDrain'), ' ', ...pages(now)));
    return line;
  });
  const key = JSON.stringify([language, Boolean(lostSince), [...drains].map(([node, {step, back}]) => [node, step, Boolean(back)])]);
  if (place('drains').dataset.key === key) return;
  place('drains').dataset.key = key;
  place('drains').replaceChildren(...shown);
}

function confirmDrain(member) {
  const now = reports.at(-1);
  const fault = make('p', {class: 'fault', role: 'alert'});
  const cancel = make('button', {type: 'button', autofocus: true}, text('cancel'));
  const yes = make('button', {type: 'button', class: 'bad'}, `${text('drainYes')} ${member.node}`);
  cancel.addEventListener('click', () => ask.close());
  yes.addEventListener('click', async () => {
    yes.disabled = true;
    fault.textContent = await drain(member);
    yes.disabled = false;
    if (!fault.textContent) ask.close();
  });
  ask.replaceChildren(make('h2', {id: 'ask-title'}, `${text('drainTitle')} ${member.node}`),
    make('p', {id: 'ask-text'}, text('drainText'), member.node === now.servedBy ? ` ${text('drainSelf')}` : ''),
    fault, make('div', {class: 'row'}, cancel, yes));
  ask.showModal();
}

/** Asks for it; what is wrong, or nothing. */
async function drain(member) {
  let response;
  try {
    response = await fetch('/operator/drain', {
      method: 'POST',
      headers: {'Content-Type': 'application/json'},
      body: JSON.stringify({node: member.node}),
      signal: AbortSignal.timeout(CALL_MILLIS),
    });
  } catch {
    return `${text('notDrained')}: ${text('noLink')}`;
  }
  if (response.ok) {
    drains.set(member.node, {startedAtMillis: member.report.startedAtMillis, step: 1});
    show();
    return '';
  }
  const problem = await response.json().catch(() => ({}));
  return `${text('notDrained')}: ${refusal(problem)}`;
}

/** Why a node stays, in the page's language; in the engine's words where the page has none. */
function refusal({code, role, title}) {
  const words = TEXTS[language][`refusal-${code}`] ?? title ?? code ?? text('noLink');
  return role ? `${words}: ${text(role)}` : words;
}

// Members, tenants, breakers, stations.

function mark(member) {
  const [kind, key] = !member.reachable ? ['bad', 'unreachable']
    : isLeaving(member) ? ['warn', member.status === 'up' ? 'stopping' : member.status]
    : member.status !== 'up' ? ['warn', member.status]
    : !member.report ? ['bad', 'silent']
    : works(member) ? ['good', 'up'] : ['warn', 'starting'];
  return make('span', {class: `mark ${kind}`}, text(key));
}

const heads = (...keys) => make('thead', {}, make('tr', {}, ...keys.map(([key, kind = '']) => make('th', {scope: 'col', class: kind}, text(key)))));
const cell = (words, kind = 'number') => make('td', {class: kind}, words);
const table = (name, head, rows) => make('table', {'aria-label': text(name)}, head, make('tbody', {}, ...rows));

function members(now, window) {
  return table('members', heads(['node'], ['status'], ['shards', 'number'], ['conversations', 'number wide'], ['open', 'number wide'], ['rate', 'number wide'], ['action', 'act number']),
    [...now.members].sort((one, other) => one.node.localeCompare(other.node, 'en', {numeric: true})).map((member) => {
      const {report} = member;
      const life = [report ? `${text('upFor')} ${since(report.startedAtMillis)}` : '', member.oldest ? text('oldest') : ''];
      const about = [member.roles.map(text).join(', '), life.filter(Boolean).join(' · ')];
      return make('tr', {'data-node': member.node},
        make('th', {scope: 'row'}, member.node, ...about.filter(Boolean).map((words) => make('small', {}, words))),
        make('td', {}, mark(member)),
        cell(report ? number(report.shards) : '–'), cell(report ? number(report.conversations) : '–', 'number wide'),
        cell(report ? number(report.figures.open) : '–', 'number wide'), cell(report && window ? rate(window.nodes.get(member.node) ?? 0) : '–', 'number wide'),
        make('td', {class: 'act'}, drainButton(member)));
    }));
}

const refusalOf = (member) => (reports.at(-1).drain ? member.notDrainable : {code: 'off', role: ''});

/** One that can not be pressed says why when it is pressed all the same, and to who can not see it. */
function drainButton(member) {
  const no = refusalOf(member);
  const button = make('button', {type: 'button', 'aria-label': `${text('drain')} ${member.node}`, 'data-drain': member.node}, text('drain'));
  if (no) {
    button.setAttribute('aria-disabled', 'true');
    button.setAttribute('aria-description', refusal(no));
    button.title = refusal(no);
  }
  return button;
}

main.addEventListener('click', (event) => {
  const node = event.target.closest?.('[data-drain]')?.dataset.drain;
  const member = node && reports.at(-1).members.find((one) => one.node === node);
  if (!member) return;
  const no = refusalOf(member);
  say(place('why'), no ? `${node}: ${refusal(no)}` : '');
  if (!no) confirmDrain(member);
});

function tenants(window) {
  const all = [...(window?.tenants.values() ?? [])].sort((one, other) => other.rate + other.refused - one.rate - one.refused || other.turns - one.turns);
  if (!all.length) return make('p', {class: 'dim'}, text('noTenants'));
  return table('tenants', heads(['tenant'], ['rate', 'number'], ['fallback', 'number'], ['refused', 'number'], ['turns', 'number wide']),
    all.slice(0, TENANTS_SHOWN).map((one) => make('tr', {}, make('th', {scope: 'row'}, one.tenant), cell(rate(one.rate)),
      cell(one.rate > 0 ? percent(one.fallbacks / one.rate) : '–'), cell(rate(one.refused)), cell(number(one.turns), 'number wide'))));
}

function breakerTable(now) {
  const {all, open} = breakers(now);
  if (!open.length) return make('p', {class: 'dim'}, all ? `${number(all)} ${text('allClosed')}` : text('noBreakers'));
  return table('breakers', heads(['tenant'], ['vendor'], ['onNodes']), open.map((one) => make('tr', {},
    make('th', {scope: 'row'}, one.tenant), make('td', {}, one.vendor), make('td', {}, one.nodes.join(', ')))));
}

function stationTable(window) {
  const all = [...(window?.stations.values() ?? [])];
  if (!all.length) return make('p', {class: 'dim'}, text('noSamples'));
  return table('stations', heads(['station'], ['passed', 'number'], ['mean', 'number'], ['p95', 'number'], ['max', 'number wide']),
    all.map((one) => make('tr', {}, make('th', {scope: 'row'}, stationName(one.name)), cell(rate(one.count / window.seconds)),
      cell(millis(one.mean)), cell(millis(one.p95)), cell(millis(one.max), 'number wide'))));
}

const stationName = (name) => TEXTS[language][`station-${name}`] ?? name;

function tiles(now, window) {
  const whole = window?.stations.get('whole');
  const turns = window ? total(window.turns) : 0;
  const limit = sum(now, (report) => report.figures.openLimit);
  const shown = [
    ['tileTurns', window ? rate(turns) : '–', ''],
    ['tileFallback', turns > 0 ? percent(window.turns.fallback / turns) : '–', ''],
    ...(whole ? [['tileTime', millis(whole.p95 ?? whole.mean), text(whole.p95 === null ? 'mean' : 'p95')]] : []),
    ['tileLag', `${number(lag(now).oldest, 1)} ${text('seconds')}`, ''],
    ['tileOpen', number(sum(now, (report) => report.figures.open)), limit ? `${text('of')} ${number(limit)}` : ''],
    ['tileConversations', number(sum(now, (report) => report.conversations)), ''],
  ];
  return make('dl', {class: 'tiles'}, ...shown.map(([key, value, beside]) => make('div', {},
    make('dt', {}, text(key)), make('dd', {}, value, ' ', make('small', {}, beside)))));
}

// Charts.

const CHARTS = {
  turns: {
    title: 'turnsChart',
    lines: () => [['answer', 'answer'], ['fallback', 'fallbackOutcome'], ['cancelled', 'cancelled']]
      .map(([outcome, key]) => ({name: text(key), of: (point) => point.turns[outcome] ?? 0, tell: rate})),
  },
  stations: {
    title: 'stationsChart',
    lines: () => {
      const names = [...new Set(points.flatMap((point) => [...point.stations.keys()]))];
      const isBy95 = points.some((point) => point.stations.get('whole')?.p95);
      const of = (point, name) => (isBy95 ? point.stations.get(name)?.p95 : point.stations.get(name)?.mean);
      return names.map((name) => ({
        name: stationName(name),
        of: (point) => (of(point, name) ?? null) && of(point, name) * 1_000,
        tell: (value) => `${number(value, value < 9.95 ? 1 : 0)} ${text('milliseconds')}`,
      }));
    },
    note: () => `${text(points.some((point) => point.stations.get('whole')?.p95) ? 'p95' : 'mean')}, ${text('milliseconds')}`,
  },
  lag: {
    title: 'lagChart',
    lines: () => [
      {name: text('records'), of: (point) => point.lag.records, tell: number, color: COLORS[3]},
      {name: text('oldestAge'), of: (point) => point.lag.oldest, tell: (value) => number(value, 1), color: COLORS[1], stroke: 'dashed'},
    ],
  },
  refusals: {title: 'refusalsChart', lines: () => [{name: text('refusals'), of: (point) => point.refused, tell: rate, color: COLORS[6]}]},
};

/** A chart, with its newest figures as text below it. */
class Panel {
  constructor(kind) {
    this.kind = kind;
    this.plot = make('div', {class: 'plot', 'aria-hidden': 'true'});
    this.legend = make('ul', {class: 'legend'});
    this.note = make('span', {class: 'dim'});
    this.element = make('figure', {}, make('h2', {}, text(CHARTS[kind].title), ' ', this.note), this.plot, this.legend);
  }

  show() {
    const lines = CHARTS[this.kind].lines().map((line, at) => ({color: COLORS[at % COLORS.length], stroke: STROKES[at % STROKES.length], ...line}));
    const newest = points.at(-1);
    this.note.textContent = (lines.length && CHARTS[this.kind].note?.()) || '';
    this.plot.hidden = !lines.length;
    this.legend.replaceChildren(...lines.map((line) => {
      const value = newest && line.of(newest);
      const item = make('li', {}, `${line.name} `, make('b', {}, value === null || value === undefined ? '–' : line.tell(value)));
      item.style.setProperty('--series', `var(${line.color})`);
      item.style.setProperty('--stroke', line.stroke);
      return item;
    }));
    if (!lines.length) this.legend.replaceChildren(make('li', {class: 'none'}, text('noSamples')));
    if (!lines.length || !points.length) return;
    const data = [points.map((point) => point.at / 1_000), ...lines.map((line) => points.map(line.of))];
    const key = lines.map((line) => line.name).join();
    if (key !== this.key) {
      this.key = key;
      this.plot.replaceChildren();
      this.chart = new Chart(this.plot, lines, locale(), data);
    }
    this.chart.show(data);
  }
}

// The page.

/** What stays while figures change: made once for a language. */
function frame() {
  document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en';
  document.title = text('title');
  place('title').textContent = text('title');
  place('language').textContent = text('language');
  const box = (key, id) => [make('h2', {}, text(key)), make('div', {id})];
  const panels = Object.keys(CHARTS).map((kind) => new Panel(kind));
  sections = {panels};
  main.replaceChildren(
    make('div', {id: 'tiles'}),
    make('section', {}, ...box('members', 'members'), make('p', {id: 'why', class: 'dim', role: 'status'})),
    make('div', {class: 'charts'}, ...panels.map((panel) => panel.element)),
    make('div', {class: 'halves'},
      make('section', {}, ...box('tenants', 'tenants')),
      make('div', {}, make('section', {}, ...box('stations', 'stations')), make('section', {}, ...box('breakers', 'breakers')))));
}

function show() {
  const now = reports.at(-1);
  const window = recent();
  showHealth(now, window);
  showDrains(now);
  if (!now) return;
  main.hidden = false;
  place('served').textContent = `${text('served')} ${now.servedBy}`;
  put('tiles', tiles(now, window));
  put('members', members(now, window));
  put('tenants', tenants(window));
  put('stations', stationTable(window));
  put('breakers', breakerTable(now));
  sections.panels.forEach((panel) => panel.show());
}

place('language').addEventListener('click', () => {
  language = language === 'zh' ? 'en' : 'zh';
  try {
    localStorage.setItem(LANGUAGE, language);
  } catch {
    // It is asked for again.
  }
  frame();
  show();
});
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => sections.panels.forEach((panel) => panel.chart?.repaint()));
frame();
poll();
