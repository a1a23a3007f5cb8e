// What reports of the cluster say when they are put together: no page, no network.

/** A node tells of so many tenants at most: one that is missing may be beyond them. */
const TENANTS_MAX = 1_000;
const NONE = {turns: {}, refusals: {}, stations: [], tenants: []};

/** What happened between two reports, a second. A node that started meanwhile counts from zero. */
export function between(before, now) {
  const seconds = (now.atMillis - before.atMillis) / 1_000;
  const all = {seconds, turns: {answer: 0, fallback: 0, cancelled: 0}, refusals: {}, stations: new Map(), tenants: new Map(), nodes: new Map()};
  for (const {node, report} of now.members) {
    const old = report && counted(before, node, report);
    if (!old) continue;
    const {figures} = report;
    for (const [outcome, count] of Object.entries(figures.turns)) {
      const more = count - (old.turns[outcome] ?? 0);
      all.turns[outcome] = (all.turns[outcome] ?? 0) + more / seconds;
      all.nodes.set(node, (all.nodes.get(node) ?? 0) + more / seconds);
    }
    for (const [reason, count] of Object.entries(figures.refusals)) {
      all.refusals[reason] = (all.refusals[reason] ?? 0) + (count - (old.refusals[reason] ?? 0)) / seconds;
    }
    for (const station of figures.stations) addStation(all.stations, station, old.stations);
    for (const tenant of figures.tenants) addTenant(all.tenants, tenant, old.tenants, seconds);
  }
  all.stations.forEach((station) => measure(station));
  return all;
}

/** What the node had counted then; undefined where nobody knows. */
function counted(before, node, report) {
  const old = before.members.find((one) => one.node === node)?.report;
  if (old?.startedAtMillis === report.startedAtMillis) return old.figures;
  return report.startedAtMillis > before.atMillis ? NONE : undefined;
}

function addStation(all, station, olds) {
  const old = olds.find((one) => one.name === station.name) ?? {count: 0, totalSeconds: 0, buckets: []};
  const sum = all.get(station.name) ?? {name: station.name, count: 0, total: 0, max: 0, buckets: new Map()};
  sum.count += station.count - old.count;
  sum.total += station.totalSeconds - old.totalSeconds;
  sum.max = Math.max(sum.max, station.maxSeconds);
  station.buckets.forEach((bucket, at) => {
    const more = bucket.count - (old.buckets[at]?.count ?? 0);
    sum.buckets.set(bucket.seconds, (sum.buckets.get(bucket.seconds) ?? 0) + more);
  });
  all.set(station.name, sum);
}

/** Mean and 95th percentile in seconds; null where nothing passed, or where that is not counted. */
function measure(station) {
  station.mean = station.count > 0 ? station.total / station.count : null;
  station.p95 = null;
  const wanted = station.count * 0.95;
  let under = 0;
  let from = 0;
  if (!(station.count > 0)) return;
  for (const [seconds, count] of [...station.buckets].sort(([one], [other]) => one - other)) {
    if (count >= wanted) {
      station.p95 = count > under ? from + ((seconds - from) * (wanted - under)) / (count - under) : seconds;
      return;
    }
    under = count;
    from = seconds;
  }
}

function addTenant(all, tenant, olds, seconds) {
  const old = olds.find((one) => one.tenant === tenant.tenant)
    ?? (olds.length < TENANTS_MAX ? {turns: 0, fallbacks: 0, refusals: 0} : tenant);
  const sum = all.get(tenant.tenant) ?? {tenant: tenant.tenant, turns: 0, rate: 0, fallbacks: 0, refused: 0};
  sum.turns += tenant.turns;
  sum.rate += (tenant.turns - old.turns) / seconds;
  sum.fallbacks += (tenant.fallbacks - old.fallbacks) / seconds;
  sum.refused += (tenant.refusals - old.refusals) / seconds;
  all.set(tenant.tenant, sum);
}

/** The readers' arrears: every node sees the same from outside, so the largest counts. */
export function lag(now) {
  const seen = now.members.flatMap((one) => one.report?.figures.behind ?? []);
  return {
    records: Math.max(0, ...seen.map((one) => one.records)),
    oldest: Math.max(0, ...seen.map((one) => one.oldestSeconds)),
  };
}

/** Breakers of all nodes: how many there are, and the open ones with the nodes that opened them. */
export function breakers(now) {
  const open = new Map();
  let all = 0;
  for (const {node, report} of now.members) {
    all += report?.figures.breakers.all ?? 0;
    for (const {tenant, vendor} of report?.figures.breakers.open ?? []) {
      const key = JSON.stringify([tenant, vendor]);
      const one = open.get(key) ?? {tenant, vendor, nodes: []};
      one.nodes.push(node);
      open.set(key, one);
    }
  }
  return {all, open: [...open.values()]};
}

export const sum = (now, of) => now.members.reduce((all, one) => all + (one.report ? of(one.report) : 0), 0);

export const total = (counts) => Object.values(counts).reduce((one, other) => one + other, 0);

export const isLeaving = (member) => ['leaving', 'exiting', 'down', 'removed'].includes(member.status)
  || member.report?.phase === 'STOPPING';

export const works = (member) => member.status === 'up' && member.reachable && member.report?.phase === 'STARTED';

// From when on an operator should look.
const LAG_WARN_SECONDS = 1;
const LAG_BAD_SECONDS = 5;
const FALLBACK_WARN = 0.05;
const FALLBACK_BAD = 0.25;
/** Turns of the last seconds below which a share says nothing. */
const TURNS_MIN = 20;
const ROLES = ['gateway', 'conversation', 'worker'];

/** What is not well, each {grave, key, detail}; empty: all is well. */
export function troubles(now, recent) {
  const found = [];
  const add = (grave, key, detail = '') => found.push({grave, key, detail});
  for (const member of now.members) {
    if (!member.reachable) add(true, 'troubleUnreachable', member.node);
    else if (isLeaving(member)) add(false, 'troubleLeaving', member.node);
    else if (!member.report) add(member.status === 'up', 'troubleSilent', member.node);
    else if (!works(member)) add(false, 'troubleStarting', member.node);
  }
  for (const role of ROLES) {
    if (!now.members.some((member) => works(member) && member.roles.includes(role))) add(true, 'troubleRole', role);
  }
  const holders = now.members.filter((member) => works(member) && member.roles.includes('conversation'));
  if (holders.length && !holders.some((member) => member.report.shards)) add(true, 'troubleShards');
  const {open} = breakers(now);
  if (open.length) add(true, 'troubleBreakers', open.length);
  const {oldest} = lag(now);
  if (oldest > LAG_WARN_SECONDS) add(oldest > LAG_BAD_SECONDS, 'troubleLag', oldest);
  if (recent) {
    const turns = total(recent.turns);
    const share = turns ? recent.turns.fallback / turns : 0;
    if (turns * recent.seconds >= TURNS_MIN && share > FALLBACK_WARN) add(share > FALLBACK_BAD, 'troubleFallback', share);
    const refused = Object.entries(recent.refusals)
      .filter(([reason]) => /overload|unavailable/i.test(reason))
      .reduce((all, [, rate]) => all + rate, 0);
    if (refused > 0) add(false, 'troubleRefused', refused);
  }
  return found.sort((one, other) => other.grave - one.grave);
}
