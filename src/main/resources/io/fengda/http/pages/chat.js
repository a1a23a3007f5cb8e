// A plain page to type a message and see the answer, over the WebSocket of the wire contract.
const $ = (id) => document.getElementById(id);
const tenant = $('tenant');
const log = $('log');
let socket;
let lastSeq = 0;
let streaming;
let retries = 0;

const stored = (key) => `fengda.token.${key}`;

async function session(key) {
  const old = localStorage.getItem(stored(key));
  const ask = (body) => fetch('/v1/sessions', {
    method: 'POST',
    headers: {'X-Api-Key': key, 'Content-Type': 'application/json'},
    body: JSON.stringify(body),
  });
  let response = old ? await ask({renew: old}) : await ask({});
  if (response.status === 401) response = await ask({});
  if (!response.ok) throw new Error(`session: ${response.status}`);
  const {token} = await response.json();
  localStorage.setItem(stored(key), token);
  return token;
}

function line(className, text) {
  const p = document.createElement('p');
  p.className = className;
  p.textContent = text;
  log.append(p);
  p.scrollIntoView({block: 'end'});
  return p;
}

function show(message) {
  lastSeq = message.seq;
  if (message.role === 'customer') {
    document.querySelector(`[data-id="${CSS.escape(message.messageId)}"]`)?.remove();
    line('customer', message.text);
    return;
  }
  const p = streaming ?? line('bot', '');
  streaming = undefined;
  p.textContent = message.text;
  const note = document.createElement('small');
  note.textContent = message.fallback
    ? '系统回复 · fallback'
    : ['AI', ...(message.citations ?? []).map((citation) => citation.source)].join(' · ');
  p.append(note);
  p.scrollIntoView({block: 'end'});
}

const frames = {
  accepted() {},
  pong() {},
  message: ({message}) => show(message),
  delta({attempt, offset, text}) {
    if (!streaming || streaming.dataset.attempt !== attempt) {
      streaming?.remove();
      streaming = line('bot', '');
      streaming.dataset.attempt = attempt;
    }
    streaming.textContent = [...streaming.textContent].slice(0, offset).join('') + text;
  },
  erased() {
    streaming = undefined;
    log.replaceChildren();
  },
  turn({outcome}) {
    if (outcome === 'cancelled') {
      streaming?.remove();
      streaming = undefined;
      line('problem', '已停止 stopped');
    }
  },
  rejected({messageId, problem}) {
    document.querySelector(`[data-id="${CSS.escape(messageId ?? '')}"]`)?.remove();
    line('problem', `${problem.title} (${problem.code})`);
  },
  closing() {},
};

async function connect() {
  const key = tenant.value;
  try {
    const token = await session(key);
    const scheme = location.protocol === 'https:' ? 'wss' : 'ws';
    const opened = new WebSocket(
      `${scheme}://${location.host}/v1/conversations/main/ws?after=${lastSeq}`,
      ['fengda.v1', `bearer.${token}`]);
    socket = opened;
    opened.onopen = () => {
      retries = 0;
      $('state').textContent = '已连接 connected';
    };
    opened.onmessage = ({data}) => {
      const frame = JSON.parse(data);
      frames[frame.type]?.(frame);
    };
    opened.onclose = () => {
      if (socket === opened) again();
    };
  } catch {
    again();
  }
}

function again() {
  $('state').textContent = '连接断开，正在重连… connection lost, reconnecting…';
  const wait = Math.min(10000, 500 * 2 ** retries++) * (0.5 + Math.random() / 2);
  setTimeout(connect, wait);
}

$('form').addEventListener('submit', (event) => {
  event.preventDefault();
  const text = $('text').value.trim();
  if (!text || socket?.readyState !== WebSocket.OPEN) return;
  const messageId = crypto.randomUUID();
  line('customer pending', text).dataset.id = messageId;
  socket.send(JSON.stringify({type: 'send', messageId, text}));
  $('text').value = '';
});

$('stop').addEventListener('click', () => socket?.send(JSON.stringify({type: 'stop'})));

tenant.addEventListener('change', () => {
  const old = socket;
  socket = undefined;
  old?.close();
  log.replaceChildren();
  lastSeq = 0;
  streaming = undefined;
  connect();
});

connect();
