/** Where the warning no longer stands, or soon will not, while the response goes on in the rest of the area (R21). */
import type { LiftedPart } from '../../domain/episode/state.js';
import { usePage } from './say.js';
import { instantText } from '../web/time.js';

export function LiftedParts({ of = [] }: { of: readonly LiftedPart[] | undefined }) {
  const { t, tell, nowMs, lang } = usePage();
  return (
    <>
      {of.map(({ part, effectiveAtMs, noticeId }) => (
        <p key={noticeId}>{t.common.liftedPart({ part: tell(part), from: instantText(effectiveAtMs, nowMs, lang) })}</p>
      ))}
    </>
  );
}
