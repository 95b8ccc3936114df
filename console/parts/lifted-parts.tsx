/** Where the warning no longer stands, or soon will not, while the response goes on in the rest of the area (R21). */
import type { LiftedPart } from '../../domain/episode/state.js';
import { Phrase, Time, usePage } from './say.js';

export function LiftedParts({ of = [] }: { of: readonly LiftedPart[] | undefined }) {
  const { t, tell } = usePage();
  return (
    <>
      {of.map(({ part, effectiveAtMs, noticeId }) => (
        <p key={noticeId}>
          <Phrase of={(from = '') => t.common.liftedPart({ part: tell(part), from })}>
            <Time at={effectiveAtMs} />
          </Phrase>
        </p>
      ))}
    </>
  );
}
