// The page at /admin: tenants' settings, keys, knowledge and audit, for those who hold a token for it.
import {make, on} from './fengda-chat.js';
import {TEXTS, SECTIONS} from './admin-texts.js';
import {preferredLanguage} from './texts.js';

const TOKEN = 'fengda.admin';
const LANGUAGE = 'fengda.language';
const API = '/v1/admin/tenants';
const PAGE = 50;
const SAID_MILLIS = 4_000;

const main = document.getElementById('main');
const title = document.getElementById('title');
const tabs = document.getElementById('tabs');
const leave = document.getElementById('leave');
const languageButton = document.getElementById('language');
const said = document.getElementById('said');

let language = preferredLanguage(read(localStorage, LANGUAGE));
let token = read(sessionStorage, TOKEN) ?? '';
let tenant;
let tab = 'settings';
// Keys that were made and are told this once: shown until another page is asked for.
let fresh = [];
// Which page was asked for last: what comes late for one before is dropped.
let visit = 0;
let show = signIn;
let quiet;

const text = (key) => TEXTS[language][key] ?? key;
const path = (...parts) => [API, ...parts.map(encodeURIComponent)].join('/');

function read(store, key) {
  try {
    return store.getItem(key);
  } catch {
    return null;
  }
}

function keep(store, key, value) {
  try {
    if (value) store.setItem(key, value);
    else store.removeItem(key);
  } catch {
    // It is asked for again.
  }
}

function say(words) {
  said.textContent = words;
  clearTimeout(quiet);
  quiet = setTimeout(() => said.replaceChildren(), SAID_MILLIS);
}

/** What a token says it is for; only the engine knows whether it is right. */
function claims() {
  try {
    const bytes = Uint8Array.from(atob(token.split('.')[1].replace(/-/g, '+').replace(/_/g, '/')), (c) => c.charCodeAt(0));
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return {};
  }
}

class Refused extends Error {
  constructor(problem) {
    super([problem.title, problem.detail].filter((part, at, all) => part && all.indexOf(part) === at).join(' '));
    this.problem = problem;
  }
}

async function call(method, url, body, headers = {}) {
  let response;
  try {
    response = await fetch(url, {
      method,
      headers: {Authorization: `Bearer ${token}`, ...(body ? {'Content-Type': 'application/json'} : {}), ...headers},
      body: body && JSON.stringify(body),
    });
  } catch {
    throw new Refused({title: text('offline')});
  }
  const answer = response.status === 204 ? {} : await response.json().catch(() => ({title: text('offline')}));
  if (!response.ok) throw new Refused(answer);
  return answer;
}

/** Runs what a click asks for, and says what went wrong. */
function act(button, what) {
  on(button, 'click', async () => {
    button.disabled = true;
    try {
      await what();
    } catch (error) {
      say(error.message);
    } finally {
      button.disabled = false;
    }
  });
  return button;
}

function button(key, what, attributes = {}) {
  return act(make('button', {type: 'button', ...attributes}, text(key)), what);
}

// Signing in, and the list of tenants.

function signIn(fault = '') {
  tenant = undefined;
  tab = 'settings';
  frame();
  const field = make('textarea', {id: 'token', autocomplete: 'off', spellcheck: 'false', required: true});
  const form = make('form', {class: 'sign'},
    make('label', {for: 'token'}, text('token')), field, make('p', {class: 'dim'}, text('tokenText')),
    make('p', {class: 'fault', role: 'alert'}, fault), make('button', {class: 'main'}, text('signIn')));
  on(form, 'submit', (event) => {
    event.preventDefault();
    token = field.value.trim();
    begin();
  });
  main.replaceChildren(form);
}

async function begin() {
  const own = claims().tenant_id;
  try {
    if (own) await open(own);
    else await list();
    keep(sessionStorage, TOKEN, token);
  } catch (error) {
    token = '';
    keep(sessionStorage, TOKEN, '');
    show = () => signIn(text('badToken') + error.message);
    show();
  }
}

async function list() {
  const mine = ++visit;
  const all = await call('GET', API);
  if (mine !== visit) return;
  tenant = undefined;
  show = () => {
    frame();
    const id = make('input', {id: 'id', pattern: '[a-z0-9][a-z0-9\\-]{0,31}', required: true, 'aria-label': text('id'), placeholder: text('id')});
    const form = make('form', {class: 'row'}, id, make('button', {class: 'main'}, text('create')));
    on(form, 'submit', async (event) => {
      event.preventDefault();
      try {
        made(await call('POST', API, {id: id.value}));
      } catch (error) {
        say(error.message);
      }
    });
    main.replaceChildren(make('h2', {}, text('tenants')), form, make('table', {}, make('tbody', {},
      ...all.tenants.map((one) => make('tr', {},
        make('td', {}, make('code', {}, one.id)),
        make('td', {class: 'dim'}, one.suspended ? text('suspended') : ''),
        make('td', {class: 'act'}, button('open', () => open(one.id))))),
      ...all.erasing.map((one) => make('tr', {},
        make('td', {}, make('code', {}, one)), make('td', {class: 'dim'}, text('erasing')), make('td'))))));
  };
  show();
}

async function open(id, which = tab) {
  const mine = ++visit;
  const found = await call('GET', path(id));
  if (mine !== visit) return;
  tenant = found;
  tab = which;
  fresh = [];
  await TABS[tab]();
}

/** Shows keys from the answer that has them: no other will. */
function made(answer) {
  visit++;
  tenant = answer.tenant;
  tab = 'keys';
  fresh = answer.keys;
  show = keys;
  show();
}

const reopen = () => open(tenant.id);

/** Title, tabs and what is always there. */
function frame() {
  title.textContent = tenant ? `${text('title')} · ${tenant.id}${tenant.suspended ? ` (${text('suspended')})` : ''}` : text('title');
  document.title = title.textContent;
  document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en';
  languageButton.textContent = text('language');
  leave.textContent = text('leave');
  leave.hidden = !token;
  tabs.hidden = !tenant;
  if (!tenant) return;
  const ops = !claims().tenant_id;
  tabs.replaceChildren(
    ...(ops ? [button('tenants', list)] : []),
    ...Object.keys(TABS).map((one) =>
      button(one, () => open(tenant.id, one), one === tab ? {'aria-current': 'page'} : {})),
    ...(ops ? [
      button(tenant.suspended ? 'resume' : 'suspend', async () => {
        await call('POST', path(tenant.id, tenant.suspended ? 'resume' : 'suspend'));
        await reopen();
      }),
      button('remove', async () => {
        if (!confirm(text('removeTenant'))) return;
        await call('DELETE', path(tenant.id));
        await list();
      }, {class: 'bad'}),
    ] : []));
}

const TABS = {
  settings: async () => {
    show = settings;
    show();
  },
  keys: async () => {
    show = keys;
    show();
  },
  knowledge: async () => knowledge('', []),
  audit: async () => audit([], undefined),
};

// Settings.

const valueOf = (tree, name) => name.split('.').reduce((at, key) => at?.[key], tree);

/** An input for each kind of setting: what is shown, and what it says. */
const KINDS = {
  text: (id, value) => field(make('input', {id}), String(value ?? '')),
  color: (id, value) => field(make('input', {id, type: 'color'}), String(value)),
  long: (id, value) => field(make('textarea', {id}), String(value ?? '')),
  number: (id, value) => {
    const input = make('input', {id, type: 'number', min: '1', step: '1'});
    input.value = value;
    return {element: input, value: () => Number(input.value)};
  },
  switch: (id, value) => {
    const input = make('input', {id, type: 'checkbox'});
    input.checked = value === true || value === 'true';
    return {element: input, value: () => input.checked};
  },
  choice: (id, value, setting) => field(make('select', {id}, ...setting.values.map((one) => make('option', {value: one}, one))), String(value)),
  choices: (id, value, setting) => {
    const boxes = setting.values.map((one) => {
      const box = make('input', {type: 'checkbox', value: one});
      box.checked = value.includes(one);
      return box;
    });
    return {
      element: make('div', {id, class: 'row', role: 'group'}, ...boxes.map((box) => make('label', {}, box, ` ${box.value}`))),
      value: () => boxes.filter((box) => box.checked).map((box) => box.value),
    };
  },
  lines: (id, value) => {
    const area = make('textarea', {id});
    area.value = value.join('\n');
    return {element: area, value: () => area.value.split('\n').map((line) => line.trim()).filter(Boolean)};
  },
  vendors: (id, value) => {
    const rows = make('div', {id});
    const add = (vendor) => rows.append(vendorRow(vendor));
    value.forEach(add);
    const more = make('button', {type: 'button'}, text('add'));
    on(more, 'click', () => add({tls: true}));
    return {element: make('div', {}, rows, more), value: () => [...rows.children].map((row) => row.vendor())};
  },
};

function field(element, value) {
  element.value = value;
  return {element, value: () => element.value};
}

function vendorRow(vendor) {
  const inputs = {};
  for (const name of ['name', 'host', 'port', 'callsMax', 'firstToken']) {
    inputs[name] = make('input', {placeholder: text(name), 'aria-label': text(name), type: ['port', 'callsMax'].includes(name) ? 'number' : 'text'});
    inputs[name].value = vendor[name] ?? '';
  }
  const tls = make('input', {type: 'checkbox'});
  tls.checked = vendor.tls === true;
  const row = make('div', {class: 'row'}, ...Object.values(inputs), make('label', {}, tls, ' TLS'));
  row.append(
    button('up', async () => row.previousElementSibling?.before(row)),
    button('remove', async () => row.remove(), {class: 'bad'}));
  row.vendor = () => ({
    name: inputs.name.value, host: inputs.host.value, port: Number(inputs.port.value), tls: tls.checked,
    ...(inputs.callsMax.value ? {callsMax: Number(inputs.callsMax.value)} : {}),
    ...(inputs.firstToken.value ? {firstToken: inputs.firstToken.value} : {}),
  });
  return row;
}

function settings() {
  frame();
  const fields = new Map();
  const sections = SECTIONS.map((section) => make('section', {}, make('h2', {}, section[language]),
    ...section.settings.map((setting) => {
      const [called, meaning] = setting[language];
      const id = `setting-${setting.name}`;
      const input = KINDS[setting.kind](id, valueOf(tenant.settings, setting.name), setting);
      const fault = make('span', {class: 'fault', role: 'alert'});
      const own = tenant.own.includes(setting.name);
      input.element.setAttribute('aria-label', called);
      fields.set(setting.name, {...input, fault, before: JSON.stringify(input.value())});
      return make('div', {class: 'field'},
        make('span', {class: own ? 'name own' : 'name'}, called),
        make('div', {}, input.element, ...(own ? [button('reset', () => change({[setting.name]: null}, fields))] : [])),
        make('small', {}, meaning), fault);
    })));
  main.replaceChildren(...sections, make('div', {class: 'bar'},
    button('save', () => {
      const changed = {};
      fields.forEach((one, name) => {
        if (JSON.stringify(one.value()) !== one.before) changed[name] = one.value();
      });
      return change(changed, fields);
    }, {class: 'main'}),
    button('undo', reopen)));
}

/** Sends what was changed as a merge patch; what is refused is said beside its field. */
async function change(changed, fields) {
  fields.forEach((one) => one.fault.replaceChildren());
  if (!Object.keys(changed).length) {
    say(text('nothing'));
    return;
  }
  const patch = {};
  for (const [name, value] of Object.entries(changed)) {
    const parts = name.split('.');
    const last = parts.pop();
    parts.reduce((at, key) => (at[key] ??= {}), patch)[last] = value;
  }
  try {
    tenant = await call('PATCH', path(tenant.id), patch, {'If-Match': `"${tenant.version}"`});
    settings();
    say(text('saved'));
  } catch (error) {
    if (error.problem?.code === 'changed-meanwhile') {
      await reopen();
      say(text('changedMeanwhile'));
      return;
    }
    const pointer = (error.problem?.pointer ?? '').slice(1).replaceAll('/', '.');
    const wrong = [...fields].find(([name]) => pointer === name || pointer.startsWith(`${name}.`));
    if (!wrong) throw error;
    wrong[1].fault.textContent = error.problem.detail;
    wrong[1].element.scrollIntoView({block: 'center'});
  }
}

// Keys.

const kindText = (kind) => text(kind === 'token' ? 'tokenKind' : kind);

function onceOnly(made) {
  return make('section', {role: 'alert'}, make('h2', {}, text('keysOnce')), make('table', {}, make('tbody', {},
    ...made.map((key) => make('tr', {}, make('td', {}, kindText(key.kind)), make('td', {}, make('code', {}, key.key)),
      make('td', {class: 'act'}, button('copy', async () => {
        await navigator.clipboard.writeText(key.key);
        say(text('copied'));
      })))))));
}

function keys() {
  frame();
  main.replaceChildren(...(fresh.length ? [onceOnly(fresh)] : []),
    make('h2', {}, text('keys')), make('p', {class: 'dim'}, text('keysText')),
    make('table', {}, make('tbody', {}, ...tenant.keys.map((key) => make('tr', {},
      make('td', {}, kindText(key.kind)), make('td', {}, make('code', {}, key.id)),
      make('td', {class: 'dim'}, `${time(key.createdAt)} ${key.createdBy}`),
      make('td', {class: 'act'}, button('remove', async () => {
        if (!confirm(text('removeKey'))) return;
        await call('DELETE', path(tenant.id, 'keys', key.id));
        await reopen();
      }, {class: 'bad'})))))),
    make('div', {class: 'row'}, ...['secret', 'publishable', 'token'].map((kind) => act(
      make('button', {type: 'button'}, `${text('addKey')}: ${kindText(kind)}`), async () => {
        made(await call('POST', path(tenant.id, 'keys'), {kind}));
      }))));
}

const time = (at) => new Date(at).toLocaleString(language === 'zh' ? 'zh-CN' : 'en');

// Knowledge.

async function knowledge(contains, before, after = '') {
  const query = new URLSearchParams({contains, after, limit: PAGE});
  const mine = ++visit;
  const {id} = tenant;
  const page = await call('GET', `${path(id, 'knowledge')}?${query}`);
  if (mine !== visit) return;
  const entries = [...before, ...page.entries];
  show = () => {
    frame();
    const sought = make('input', {type: 'search', 'aria-label': text('search'), placeholder: text('search')});
    sought.value = contains;
    const search = make('form', {class: 'row', role: 'search'}, sought, make('button', {}, text('search')),
      button('newEntry', async () => edit({id: '', lang: language, question: '', alternatives: [], answer: '', source: ''})));
    on(search, 'submit', (event) => {
      event.preventDefault();
      knowledge(sought.value.trim(), []).catch((error) => say(error.message));
    });
    main.replaceChildren(make('h2', {}, `${text('knowledge')} · ${page.total} ${text('entries')}`), dropZone(), trial(), search,
      make('table', {}, make('tbody', {}, ...entries.map((entry) => make('tr', {},
        make('td', {}, make('code', {}, entry.id)), make('td', {}, make('strong', {}, entry.question), make('br'), entry.answer.slice(0, 200)),
        make('td', {class: 'act'}, button('edit', async () => edit(entry)), ' ', button('remove', async () => {
          if (!confirm(text('removeEntry'))) return;
          await call('DELETE', path(id, 'knowledge', 'entries', entry.id));
          await knowledge(contains, []);
        }, {class: 'bad'})))))),
      ...(page.nextAfter ? [button('more', () => knowledge(contains, entries, page.nextAfter))] : []));
  };
  show();
}

/** A test question: what the answerer finds for it, and whether that is near enough to answer. */
function trial() {
  const asked = make('input', {'aria-label': text('tryIt'), placeholder: text('tryIt'), required: true, maxlength: '500'});
  const found = make('div', {role: 'status'});
  const form = make('form', {class: 'row'}, asked, make('button', {}, text('ask')));
  on(form, 'submit', async (event) => {
    event.preventDefault();
    try {
      const answer = await call('POST', path(tenant.id, 'knowledge', 'questions'), {question: asked.value});
      const percent = (value) => `${Math.round(100 * value)} %`;
      found.replaceChildren(
        make('p', {class: 'dim'}, `${text(answer.by === 'meaning' ? 'byMeaning' : 'byWords')} ${percent(answer.threshold)}`),
        make('table', {}, make('tbody', {}, ...answer.candidates.map((one) => make('tr', {},
          make('td', {}, make('code', {}, one.id)), make('td', {}, one.question),
          make('td', {}, make('progress', {max: '1', value: String(one.confidence)}), percent(one.confidence)),
          make('td', {}, text(one.answers ? 'answers' : 'tooFar')))))));
    } catch (error) {
      found.replaceChildren(make('p', {class: 'fault'}, error.problem?.detail ?? error.message));
    }
  });
  return make('section', {}, form, found);
}

function edit(entry) {
  const {id} = tenant;
  const inputs = {
    id: field(make('input', {required: true, ...(entry.id ? {readonly: true} : {})}), entry.id),
    lang: field(make('select', {}, make('option', {value: 'zh'}, '中文'), make('option', {value: 'en'}, 'English')), entry.lang),
    question: field(make('input', {required: true}), entry.question),
    alternatives: KINDS.lines('', entry.alternatives),
    answer: field(make('textarea', {required: true}), entry.answer),
    source: field(make('input'), entry.source),
  };
  const fault = make('p', {class: 'fault', role: 'alert'});
  const form = make('form', {}, ...Object.entries(inputs).map(([name, input]) => make('label', {class: 'field'},
    make('span', {class: 'name'}, text(name)), input.element)), fault,
  make('div', {class: 'bar'}, make('button', {class: 'main'}, text('save')), button('cancel', () => knowledge('', []))));
  on(form, 'submit', async (event) => {
    event.preventDefault();
    const changed = Object.fromEntries(Object.entries(inputs).map(([name, input]) => [name, input.value()]));
    try {
      await call('PUT', path(id, 'knowledge', 'entries', changed.id), changed);
      await knowledge('', []);
      say(text('saved'));
    } catch (error) {
      fault.textContent = error.problem?.detail ?? error.message;
    }
  });
  main.replaceChildren(form);
}

function dropZone() {
  const file = make('input', {type: 'file', accept: '.jsonl,.ndjson,.csv', hidden: true});
  const replace = make('input', {type: 'checkbox'});
  const zone = make('div', {class: 'drop'}, text('drop'), ' ',
    button('choose', async () => file.click()), ' ', make('label', {}, replace, ` ${text('replace')}`), file);
  const take = (one) => one && bring(one, replace.checked, zone);
  on(file, 'change', () => take(file.files[0]));
  on(zone, 'dragover', (event) => {
    event.preventDefault();
    zone.classList.add('over');
  });
  on(zone, 'dragleave', () => zone.classList.remove('over'));
  on(zone, 'drop', (event) => {
    event.preventDefault();
    zone.classList.remove('over');
    take(event.dataTransfer.files[0]);
  });
  return zone;
}

/** Sends a file; the engine reads no faster than it takes entries, so what is sent is what is done. */
function bring(file, replace, zone) {
  const type = {jsonl: 'application/x-ndjson', ndjson: 'application/x-ndjson', csv: 'text/csv'}[file.name.split('.').pop().toLowerCase()];
  if (!type) {
    say(text('fileKind'));
    return;
  }
  const {id} = tenant;
  const bar = make('progress', {max: '1', 'aria-label': text('importing')});
  const words = make('p', {}, `${text('importing')} ${file.name}…`);
  zone.replaceChildren(words, bar);
  const request = new XMLHttpRequest();
  request.open('POST', `${path(id, 'knowledge', 'imports')}${replace ? '?replace=true' : ''}`);
  request.setRequestHeader('Authorization', `Bearer ${token}`);
  request.setRequestHeader('Content-Type', type);
  request.upload.onprogress = (event) => {
    if (event.lengthComputable) bar.value = event.loaded / event.total;
  };
  request.onprogress = () => {
    const now = lastLine(request.responseText);
    if (now) words.textContent = `${text('importing')} ${file.name}: ${now.read} ${text('read')}, ${now.rejected} ${text('rejected')}`;
  };
  request.onerror = () => zone.replaceChildren(text('brokenOff'));
  request.onload = async () => {
    const end = lastLine(request.responseText) ?? {};
    if (tenant?.id !== id || tab !== 'knowledge') {
      say(`${id}: ${text(end.state === 'done' ? 'imported' : 'brokenOff')}`);
      return;
    }
    await knowledge('', []).catch((error) => say(error.message));
    main.prepend(report(request.status === 200 ? end : {state: 'refused', detail: end.detail ?? end.title}));
  };
  request.send(file);
}

function lastLine(lines) {
  const whole = lines.split('\n').filter(Boolean).pop();
  try {
    return JSON.parse(whole);
  } catch {
    return undefined;
  }
}

function report(end) {
  const done = end.state === 'done';
  const counts = ['read', 'accepted', 'rejected', 'removed'].filter((key) => end[key] !== undefined)
    .map((key) => `${end[key]} ${text(key)}`).join(', ');
  return make('section', {role: 'alert'},
    make('h2', {}, done ? `${text('imported')}: ${counts}${end.detail ? ` (${end.detail})` : ''}` : `${end.detail ?? text('brokenOff')} ${counts}`),
    ...(end.rejections?.length ? [make('table', {}, make('tbody', {}, ...end.rejections.map((one) => make('tr', {},
      make('td', {}, `${text('line')} ${one.line}`), make('td', {}, make('code', {}, one.id)), make('td', {}, one.reason)))))] : []));
}

// Audit.

async function audit(before, from) {
  const mine = ++visit;
  const page = await call('GET', `${path(tenant.id, 'audit')}?limit=${PAGE}${from ? `&before=${from}` : ''}`);
  if (mine !== visit) return;
  const events = [...before, ...page.events];
  show = () => {
    frame();
    main.replaceChildren(make('h2', {}, text('audit')), make('table', {}, make('thead', {}, make('tr', {},
      ...['when', 'by', 'what'].map((key) => make('th', {}, text(key))))), make('tbody', {},
      ...events.map((event) => make('tr', {}, make('td', {}, time(event.at)), make('td', {}, event.by),
        make('td', {}, make('code', {}, event.what), ' ', event.key ?? '', event.entries === undefined ? '' : ` ${event.entries}`,
          ...(event.changes ?? []).map((one) => make('div', {}, `${one.setting}: `,
            make('code', {}, shown(one.before)), ' → ', make('code', {}, shown(one.after))))))))),
    ...(page.nextBefore ? [button('more', () => audit(events, page.nextBefore))] : []));
  };
  show();
}

const shown = (value) => (value === null ? text('default') : typeof value === 'string' ? value : JSON.stringify(value));

on(languageButton, 'click', () => {
  language = language === 'zh' ? 'en' : 'zh';
  keep(localStorage, LANGUAGE, language);
  show();
});
on(leave, 'click', () => {
  token = '';
  keep(sessionStorage, TOKEN, '');
  show = signIn;
  show();
});
if (token) begin();
else show();
