/* The page itself. Everything from the bundle is put in as text, never as markup. */
'use strict';

const TYPES = {
  'episode-opened': '事件开启', 'assessment-noted': '研判结果', 'consultation-prompted': '提示会商', 'prompt-cleared': '会商提示撤回', 'consultation-recorded': '会商',
  'request-opened': '呈报', 'request-basis-changed': '依据已变化', 'request-renewed': '重新呈报', 'request-withdrawn': '撤回呈报', 'approval-decided': '批示', 'approval-escalated': '催办',
  'approval-countersigned': '补签', 'warning-published': '发布预警', 'warning-raised': '升级', 'warning-lowered': '降级', 'response-began': '响应生效', 'response-adjusted': '调整响应',
  'order-received': '收到上级命令', 'order-transmission-added': '命令补充文件', 'order-checked': '命令复核', 'order-took-effect': '命令生效', 'relay-signed': '转发签发', 'lift-issued': '发布解除', 'part-lifted': '发布部分区域解除',
  'lift-postponed': '推迟解除', 'lift-rescinded': '撤销解除', 'response-ended': '响应终止', 'measures-adjusted': '调整措施', 'notice-corrected': '更正通知', 'task-assigned': '督查调度', 'task-closed': '办结',
  'deadlines-settled': '时限核对', 'evaluation-opened': '进入评估', 'episode-closed': '事件结束', submitted: '报送', 'notice-delivered': '通知送达', 'notice-receipted': '回执', 'history-archived': '引擎历史归档', refused: '被拒绝的操作',
};
const STATUS = { 'not-due': '未到期', 'due-soon': '临期', submitted: '已报', 'submitted-late': '逾期补报', overdue: '逾期未报' };

const beijing = (ms) => (typeof ms === 'number' ? new Date(ms + 8 * 3600000).toISOString().slice(0, 19).replace('T', ' ') : '—');

function element(tag, text, children = []) {
  const made = document.createElement(tag);
  if (text !== null) made.textContent = text;
  made.append(...children);
  return made;
}

function table(heads, rows) {
  return element('table', null, [element('thead', null, [element('tr', null, heads.map((h) => element('th', h)))]), element('tbody', null, rows.map((cells) => element('tr', null, cells.map((c) => (typeof c === 'string' ? element('td', c) : element('td', null, [c]))))))]);
}

function details(event) {
  const box = element('details', null, [element('summary', '全文')]);
  box.append(element('pre', JSON.stringify(event, null, 2)));
  return box;
}

function person(event) {
  const act = event.act;
  if (!act || !act.actor) return '';
  const by = act.recordedBy && act.recordedBy.accountId !== act.actor.accountId ? `（${act.recordedBy.name} 代录）` : '';
  return `${act.actor.name}（${act.actor.role}）${by}`;
}

/** A drill's clock is told of: its times are not those at which anything happened. */
function clockShown({ rate, realOriginMs, planOriginMs }) {
  return rate === 1 && realOriginMs === planOriginMs ? [] : [element('strong', `所载时间按自设时钟：速率 ${rate}，真实 ${beijing(realOriginMs)} 对应 ${beijing(planOriginMs)}`)];
}

/** Shows what `checkBundle` found; returns the verdict for whoever drives the page. */
function show(bytes, expected) {
  const verdict = document.getElementById('verdict');
  const content = document.getElementById('content');
  content.replaceChildren();
  let found;
  try {
    found = checkBundle(bytes, expected);
  } catch (error) {
    verdict.className = 'bad';
    verdict.replaceChildren(element('strong', `无法核验：${error.message}`));
    return { readable: false, intact: false, faults: [String(error.message)] };
  }
  const { manifest, rows, faults, fingerprint, views } = found;
  const intact = faults.length === 0;
  verdict.className = intact ? 'good' : 'bad';
  verdict.replaceChildren(
    element('strong', intact ? '完整：未发现改动' : `发现 ${faults.length} 处问题`),
    element('p', `${manifest.drill ? '【演练】' : ''}${manifest.number}，${manifest.areaId}，截至 ${beijing(manifest.asOfPlanMs)}（北京时间）`),
    ...clockShown(rows[0].event.clock),
    element('p', `链头 第${manifest.heads.episode.seq}行 ${manifest.heads.episode.hash}`),
    ...(expected.head === '' ? [element('p', '未与另存的链头核对：末尾被整段删去、重新签名的包，只有链头能发现。')] : []),
    element('p', `签名密钥指纹 ${fingerprint}`),
    element('p', expected.fingerprint === '' ? '请与指挥部办公室另行公布的指纹逐字核对：包内的密钥不能证明任何事。' : '已与所给指纹核对。'),
    element('ul', null, faults.map((f) => element('li', `${f.where}：${f.what}`))),
  );
  content.append(
    element('h2', '时间线'),
    table(['序号', '时间', '事项', '条款', '办理人', ''], rows.map((r) => [String(r.seq), beijing(r.planAtMs), TYPES[r.event.type] || r.event.type, r.event.clause || '', person(r.event), details(r.event)])),
    element('h2', '通知'),
    table(['编号', '类型', '级别', '发布', '生效', '送达', '回执'], views.notices.map((n) => [n.id, n.action, n.level || '', beijing(n.issuedAtMs), beijing(n.effectiveAtMs), String(n.deliveries.length), String(n.receipts.length)])),
    element('h2', '报送与办理事项'),
    table(['事项', '责任', '条款', '内部要求', '时限', '办理', '状态'], views.obligations.map((o) => [`${o.kind} ${o.ref}`, o.ownerId, o.clause, beijing(o.targetAtMs), beijing(o.dueAtMs), beijing(o.submittedAtMs), STATUS[o.status] || o.status])),
  );
  return { readable: true, intact, faults: faults.map((f) => `${f.where}: ${f.what}`), fingerprint, rows: rows.length };
}

let opened = 0;

async function open() {
  const turn = ++opened;
  const say = (text) => {
    const verdict = document.getElementById('verdict');
    verdict.className = '';
    verdict.textContent = text;
    document.getElementById('content').replaceChildren();
  };
  const [file] = document.getElementById('file').files;
  if (!file) return say('');
  if (file.size > 2 ** 30) return say('文件过大，拒绝打开');
  const given = (id) => document.getElementById(id).value.trim();
  // What was found before is not of this file, nor by what is now given.
  say('正在核验……');
  const bytes = await file.arrayBuffer().catch(() => null);
  // A large file chosen first must not be read last.
  if (turn !== opened) return;
  if (bytes === null) return say('文件读不出：选定之后已被改动或移走，请重新选择');
  show(new Uint8Array(bytes), { fingerprint: given('fingerprint'), episode: given('episode'), head: given('head') });
}

// Choosing the same file again, changed meanwhile, is a choice too.
document.getElementById('file').addEventListener('click', (event) => (event.target.value = ''));
document.getElementById('file').addEventListener('change', () => void open());
for (const id of ['fingerprint', 'episode', 'head']) document.getElementById(id).addEventListener('change', () => void open());
