/** The signed chain head in a form a person can copy by hand: digests in groups of four. */
import type { ShownHead } from '../../usecases/chain-head.js';
import { Time, usePage } from './say.js';

/** On paper only: the duty desk's sheet. */
export function HeadSheet({ head }: { head: ShownHead | null }) {
  const { t } = usePage();
  return (
    <section class="card on-paper" aria-labelledby="head">
      <h2 id="head">{t.review.head}</h2>
      {head ? <HeadFacts head={head} /> : <p>{t.review.noHead}</p>}
    </section>
  );
}

export function HeadFacts({ head }: { head: ShownHead }) {
  const { t } = usePage();
  return (
    <dl class="facts">
      <dt>{t.review.headDay}</dt>
      <dd>{head.day}</dd>
      <dt>{t.review.headTaken}</dt>
      <dd>
        <Time at={head.takenAtMs} />
      </dd>
      <dt>{t.review.headSeq}</dt>
      <dd>
        {head.areaId} {head.seq}
      </dd>
      <dt>{t.review.headHash}</dt>
      <dd>
        <Grouped text={head.hash} />
      </dd>
      <dt>{t.review.headKey}</dt>
      <dd>
        <Grouped text={head.fingerprint} />
      </dd>
      <dt>{t.review.headStreams}</dt>
      <dd>{head.streams}</dd>
      <dt>{t.review.headDigest}</dt>
      <dd>
        <Grouped text={head.digest} />
      </dd>
    </dl>
  );
}

function Grouped({ text }: { text: string }) {
  return <code class="grouped">{text.replace(/(.{4})(?=.)/g, '$1 ')}</code>;
}
