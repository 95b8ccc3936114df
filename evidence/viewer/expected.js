/* What whoever checks knows from elsewhere: whose key, which episode, where the chain stood. */
'use strict';

function checkExpected({ manifest, rows, areaRows, fingerprint }, { fingerprint: wantedKey, episode, head }, tell) {
  const key = plainHex(wantedKey || '');
  if (key !== '' && key !== fingerprint) tell('signature.json', '签名密钥不是所给指纹的密钥');
  const id = (episode || '').trim();
  if (id !== '' && id !== manifest.episodeId && id !== manifest.number) tell('manifest.json', `这是 ${manifest.number}（${manifest.episodeId}）的证据包，不是 ${id} 的`);
  const text = (head || '').trim();
  if (text === '') return;
  const known = text[0] === '{' ? streamsIn(text, manifest, tell) : [{ stream: `episode/${manifest.episodeId}`, ...placeIn(text, tell) }];
  for (const { stream, seq, hash } of known) {
    const isOwn = stream === `episode/${manifest.episodeId}`;
    const row = (isOwn ? rows : areaRows).find((r) => r.seq === seq);
    if (row && row.hash !== hash) tell(`${stream} ${seq}`, '与所存链头不符：该行已被改写');
    // Of the area's stream a bundle holds a part.
    if (!row && isOwn) tell(`${stream} ${seq}`, '与所存链头不符：该行已不在，记录被截短');
  }
}

const plainHex = (text) => text.replace(/[\s:]/g, '').toLowerCase();

/** "109 e70c 5a…", as it is printed: the number of the row and its hash. */
function placeIn(text, tell) {
  const [, seq, digits] = /^(\d+)\s+([0-9a-fA-F\s]+)$/.exec(text) || [];
  if (seq === undefined || plainHex(digits).length !== 64) tell('head', '链头应为行号和 64 位十六进制摘要，或链头文件的全文');
  return { seq: Number(seq), hash: plainHex(digits || '') };
}

/** Of a head's file the streams that this bundle holds. */
function streamsIn(text, manifest, tell) {
  let head;
  try {
    head = JSON.parse(text);
  } catch (_) {
    tell('head', '链头文件不是 JSON');
    return [];
  }
  const { signature, ...signed } = head;
  if (!isWellFormed(signature) || !isSigned(signature.publicKey, signature.signature, utf8(`qingkong-chain-head-1\n${canonical(signed)}`))) {
    tell('head', '链头文件的签名不符：它已被改动');
    return [];
  }
  if (head.areaId !== manifest.areaId) tell('head', `链头属于区域 ${head.areaId}，证据包属于 ${manifest.areaId}`);
  return head.streams.filter((s) => s.stream === `episode/${manifest.episodeId}` || s.stream === `area/${manifest.areaId}`);
}
