/* Checks a bundle by docs/audit.md: container, form, signature, chains, documents, numbers; decide.js follows the rows by the plan. */
'use strict';

/** RFC 8785: property names by UTF-16 code units, numbers and strings as ECMAScript writes them. */
function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  return `{${Object.keys(value).sort().map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`).join(',')}}`;
}

const utf8 = (text) => new TextEncoder().encode(text);
const textOf = (bytes) => new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
const isPlain = (path) => path.length <= 250 && /^[A-Za-z0-9][A-Za-z0-9._-]*(\/[A-Za-z0-9][A-Za-z0-9._-]*)*$/.test(path);

const CRC = Uint32Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let k = 0; k < 8; k++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
  return c;
});

function crc32(bytes) {
  let c = 0xffffffff;
  for (let i = 0; i < bytes.length; i++) c = CRC[(c ^ bytes[i]) & 0xff] ^ (c >>> 8);
  return (c ^ 0xffffffff) >>> 0;
}

class Unreadable extends Error {}

/** Reads the container field by field: each must hold what the one right form has. */
function filesIn(bytes, tell) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const files = [];
  let at = 0;
  const need = (length) => {
    if (at + length > bytes.length) throw new Unreadable('the archive is cut off');
  };
  const expect = (what, size, wanted) => {
    need(size);
    const found = size === 2 ? view.getUint16(at, true) : view.getUint32(at, true);
    if (found !== wanted) tell('archive', `byte ${at} (${what}) should be ${wanted}, is ${found}`);
    at += size;
  };
  const name = (length) => {
    need(length);
    const text = Array.from(bytes.subarray(at, at + length), (c) => String.fromCharCode(c)).join('');
    at += length;
    return text;
  };
  const shared = ({ crc, size, nameLength }) => {
    expect('version needed', 2, 20);
    expect('flags', 2, 0);
    expect('method', 2, 0);
    expect('time', 2, 0);
    expect('date', 2, 0x21);
    expect('CRC', 4, crc);
    expect('size', 4, size);
    expect('size', 4, size);
    expect('length of the name', 2, nameLength);
    expect('length of the extra field', 2, 0);
  };
  while (at + 30 <= bytes.length && view.getUint32(at, true) === 0x04034b50) {
    const headerAt = at;
    const size = view.getUint32(at + 22, true);
    const nameLength = view.getUint16(at + 26, true);
    const bodyAt = at + 30 + nameLength;
    if (view.getUint16(at + 8, true) !== 0) throw new Unreadable('an entry is compressed');
    if (bodyAt + size > bytes.length) throw new Unreadable('an entry claims more bytes than the file has');
    const body = bytes.subarray(bodyAt, bodyAt + size);
    const crc = crc32(body);
    at += 4;
    shared({ crc, size, nameLength });
    const path = name(nameLength);
    if (!isPlain(path)) throw new Unreadable(`"${path}" is no name that a bundle uses`);
    if (files.some((f) => f.path === path)) throw new Unreadable(`"${path}" is there twice`);
    let digest = '';
    files.push({ path, body, crc, headerAt, get digest() { return digest || (digest = sha256(body)); } });
    at = bodyAt + size;
  }
  if (files.length === 0) throw new Unreadable('this is not a bundle');
  const directoryAt = at;
  for (const { path, body, crc, headerAt } of files) {
    expect('directory entry', 4, 0x02014b50);
    expect('version made by', 2, 20);
    shared({ crc, size: body.length, nameLength: path.length });
    for (const what of ['comment', 'disk', 'attributes']) expect(what, 2, 0);
    expect('attributes', 4, 0);
    expect('place of its header', 4, headerAt);
    const found = name(path.length);
    if (found !== path) tell('archive', `the directory names "${found}", the file is "${path}"`);
  }
  const directoryBytes = at - directoryAt;
  expect('end', 4, 0x06054b50);
  for (const wanted of [0, 0, files.length, files.length]) expect('end', 2, wanted);
  expect('size of the directory', 4, directoryBytes);
  expect('place of the directory', 4, directoryAt);
  expect('comment', 2, 0);
  if (at !== bytes.length) tell('archive', `${bytes.length - at} bytes too many`);
  return files;
}

function parsed(path, text, tell) {
  let value;
  try {
    value = JSON.parse(text);
  } catch (_) {
    throw new Unreadable(`${path} is not JSON`);
  }
  if (canonical(value) !== text) tell(path, 'is not in the canonical form');
  return value;
}

const HASH = /^[0-9a-f]{64}$/;

function checkChain(path, rows, head, tell) {
  let { seq, hash, decisions } = head;
  for (const row of rows) {
    const { hash: own, ...rest } = row;
    const where = `${path} row ${row.seq}`;
    if (row.seq !== seq + 1) tell(where, `should be row ${seq + 1}`);
    if (row.prevHash !== hash) tell(where, 'does not follow on the row before');
    if (sha256(utf8(canonical(rest))) !== own) tell(where, 'has been changed: its hash is another');
    const counts = row.kind === 'decision';
    if (counts) decisions += 1;
    if (row.decisionNo !== (counts ? decisions : null)) tell(where, 'has the wrong decision number');
    ({ seq, hash } = row);
  }
}

function digestsNamed(value) {
  if (Array.isArray(value)) return value.flatMap(digestsNamed);
  if (typeof value !== 'object' || value === null) return [];
  const own = Object.entries(value).flatMap(([key, part]) => ((key === 'digest' || key === 'documentDigest') && HASH.test(part) ? [part] : digestsNamed(part)));
  const { evidence } = value;
  return evidence && evidence.action === 'evaluate' && HASH.test(evidence.subject) ? [...own, evidence.subject] : own;
}

function attachmentsIn(mediaType, body) {
  if (mediaType !== 'application/json') return [];
  try {
    const { attachments } = JSON.parse(textOf(body));
    return Array.isArray(attachments) ? attachments.filter((a) => HASH.test(a)) : [];
  } catch (_) {
    return [];
  }
}

const isWellFormed = (signature) => typeof signature === 'object' && signature !== null && Object.keys(signature).sort().join() === 'algorithm,publicKey,signature' && signature.algorithm === 'Ed25519' && HASH.test(signature.publicKey) && /^[0-9a-f]{128}$/.test(signature.signature);
const bytesOf = (hex) => Uint8Array.from(hex.match(/../g), (b) => parseInt(b, 16));

/** Everything found, and what the page shows. Throws `Unreadable`. */
function checkBundle(bytes, expected = {}) {
  const faults = [];
  const tell = (where, what) => void faults.push({ where, what });
  const found = checkFiles(filesIn(bytes, tell), tell);
  checkExpected(found, expected, tell);
  return { ...found, faults };
}

/** The files of a bundle, each with its digest: what they say, and that they agree. Digests come first, they find most. */
function checkFiles(files, tell) {
  if (files.length < 2 || files[0].path !== 'manifest.json' || files[1].path !== 'signature.json') throw new Unreadable('this is not a bundle: it does not begin with its manifest and signature');
  const manifestText = textOf(files[0].body);
  const manifest = parsed('manifest.json', manifestText, tell);
  const signature = parsed('signature.json', textOf(files[1].body), tell);
  if (manifest.format !== 'qingkong-evidence' || manifest.version !== 1) throw new Unreadable('this page does not know this form of bundle');
  const rest = new Map(files.slice(2).map((f) => [f.path, f]));
  const listed = manifest.files.map((f) => f.path).join('\n');
  if (listed !== [...rest.keys()].join('\n')) tell('manifest.json', 'the files are not those it lists, in its order');
  for (const { path, bytes: length, sha256: digest } of manifest.files) {
    const file = rest.get(path);
    if (file && (file.body.length !== length || file.digest !== digest)) tell(path, 'is not the file that the manifest names');
  }
  if (!isWellFormed(signature) || !isSigned(signature.publicKey, signature.signature, utf8(`qingkong-evidence-manifest-1\n${manifestText}`))) tell('signature.json', 'the signature is not one of this manifest');
  const fingerprint = HASH.test(signature.publicKey) ? sha256(bytesOf(signature.publicKey)) : '';
  return { manifest, fingerprint, ...checkContent(manifest, rest, tell) };
}

/** Rows, documents, plans and views. */
function checkContent(manifest, files, tell) {
  const content = (path) => {
    const file = files.get(path);
    if (!file) throw new Unreadable(`${path} is not in the bundle`);
    return textOf(file.body);
  };
  const lines = (path) => content(path).split('\n').filter((l) => l !== '').map((l, i) => parsed(`${path} line ${i + 1}`, l, tell));
  const json = (path) => parsed(path, content(path), tell);
  const rows = lines('ledger/episode.jsonl');
  const areaRows = lines('ledger/area.jsonl');
  const start = { seq: 0, hash: '0'.repeat(64), decisions: 0 };
  checkChain('ledger/episode.jsonl', rows, start, tell);
  const { fromSeq } = manifest.heads.area;
  const following = areaRows.filter((r) => r.seq >= fromSeq);
  checkChain('ledger/area.jsonl', following, { seq: fromSeq - 1, hash: fromSeq === 1 || !following[0] ? start.hash : following[0].prevHash, decisions: 0 }, tell);
  for (const row of areaRows.filter((r) => r.seq < fromSeq)) checkChain('ledger/area.jsonl', [row], { seq: row.seq - 1, hash: row.prevHash, decisions: 0 }, tell);
  const index = json('documents.json');
  const views = {};
  for (const name of ['obligations', 'notices', 'approvals', 'refusals']) views[name] = json(`views/${name}.json`);
  checkNumbers(manifest, rows, areaRows, [...files.values()], index, views, tell);
  try {
    checkViews(rows, views, tell);
    checkDecisions(rows, areaRows, JSON.parse(content(`plans/${manifest.planDigest}.json`)), views.obligations, manifest.asOfPlanMs, tell);
  } catch (error) {
    tell('ledger/episode.jsonl', `cannot be followed by the plan: ${error.message}`);
  }
  return { rows, areaRows, views };
}

function checkNumbers(manifest, rows, areaRows, files, index, views, tell) {
  const last = rows[rows.length - 1];
  const opened = rows[0] ? rows[0].event : {};
  const equal = (what, wanted, found) => {
    if (wanted !== found) tell('manifest.json', `${what} should be ${wanted}, is ${found}`);
  };
  const { heads, counts } = manifest;
  equal('episodeId', opened.episodeId, manifest.episodeId);
  equal('number', opened.number, manifest.number);
  equal('areaId', opened.areaId, manifest.areaId);
  equal('drill', opened.drill, manifest.drill);
  equal('rulesVersion', opened.rulesVersion, manifest.rulesVersion);
  equal('planDigest', opened.planDigest, manifest.planDigest);
  equal('asOfRealMs', last.recordedAtMs, manifest.asOfRealMs);
  equal('asOfPlanMs', rows.reduce((most, r) => Math.max(most, r.planAtMs), 0), manifest.asOfPlanMs);
  equal('head of the episode', `${last.stream} ${last.seq} ${last.hash}`, `${heads.episode.stream} ${heads.episode.seq} ${heads.episode.hash}`);
  const lastArea = areaRows[areaRows.length - 1];
  equal('head of the area', `${lastArea.stream} ${lastArea.seq} ${lastArea.hash}`, `${heads.area.stream} ${heads.area.seq} ${heads.area.hash}`);
  equal('stream', `episode/${manifest.episodeId}`, last.stream);
  const of = (kind) => rows.filter((r) => r.kind === kind).length;
  const within = (folder) => files.filter((f) => f.path.startsWith(folder));
  equal('rows', rows.length, counts.episodeRows);
  equal('decisions', of('decision'), counts.decisions);
  equal('submissions', of('submission'), counts.submissions);
  equal('audits', of('audit'), counts.audits);
  equal('rows of the area', areaRows.length, counts.areaRows);
  equal('documents', within('documents/').length, counts.documents);
  equal('plans', within('plans/').length, counts.plans);
  equal('AQI tables', within('aqi-tables/').length, counts.aqiTables);
  equal('obligations', views.obligations.length, counts.obligations);
  equal('notices', views.notices.length, counts.notices);
  const { clock, drill } = opened;
  // Told of first of all: every time of the record is by it.
  if (!drill && !(clock.rate === 1 && clock.realOriginMs === clock.planOriginMs)) tell('ledger/episode.jsonl row 1', `时钟：按自设时钟运行（速率 ${clock.rate}），却不是演练，所载时间不是真实时间`);
  const bodies = new Map(within('documents/').map((f) => [f.path.slice(10), f.body]));
  const isEntry = (entry) => Object.keys(entry).sort().join() === 'digest,kind,mediaType,title' && Object.values(entry).every((value) => typeof value === 'string');
  if (!index.every(isEntry) || index.map((entry) => entry.digest).join() !== [...bodies.keys()].sort().join()) tell('documents.json', 'does not list the documents that are there, each once and in order');
  const named = new Set([...rows, ...areaRows].flatMap((r) => digestsNamed(r.event)));
  for (const { digest, mediaType } of index) if (bodies.has(digest)) for (const attached of attachmentsIn(mediaType, bodies.get(digest))) named.add(attached);
  for (const digest of named) if (!bodies.has(digest)) tell(`documents/${digest}`, 'is missing; a row names it');
  const digestOf = (path) => files.find((f) => f.path === path).digest;
  for (const digest of bodies.keys()) {
    if (!named.has(digest)) tell(`documents/${digest}`, 'no row names it');
    if (digestOf(`documents/${digest}`) !== digest) tell(`documents/${digest}`, 'its content is not what its name says');
  }
  for (const { path, digest } of within('plans/')) if (digest !== path.slice(6, -5)) tell(path, 'its content is not what its name says');
  for (const digest of new Set([...rows, ...areaRows].map((r) => r.planDigest))) if (!files.some((f) => f.path === `plans/${digest}.json`)) tell(`plans/${digest}.json`, 'is missing; a row names it');
}
