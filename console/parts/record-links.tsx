/** From an episode's page into its record: the replay, the engine's, the bundle with the viewer that checks it. */
import { type Caller, hatFor } from '../../usecases/caller.js';
import { evidenceViewer } from '../../usecases/evidence.js';
import { usePage } from './say.js';

interface RecordLinksProps {
  readonly episodeId: string;
  readonly rightsAreaId: string;
  readonly caller: Caller;
}

/** Nothing for whoever may not read the whole record. */
export function RecordLinks({ episodeId, rightsAreaId, caller }: RecordLinksProps) {
  const { t } = usePage();
  const may = (useCase: 'read-record' | 'replay-history') => hatFor(caller.account, useCase, { areaId: rightsAreaId }) !== null;
  const path = `/episodes/${encodeURIComponent(episodeId)}`;
  return (
    <>
      <p class="row">
        {may('read-record') && (
          <a class="button" href={`${path}/replay`}>
            {t.replay.open}
          </a>
        )}
        {may('read-record') && (
          <a class="button" href={`${path}/what-if`}>
            {t.review.whatIf}
          </a>
        )}
      </p>
      {(may('replay-history') || may('read-record')) && (
        <details>
          <summary>{t.record.title}</summary>
          <p class="row">
            {may('replay-history') && (
              <a class="button" href={`${path}/replay/engine`}>
                {t.replay.engine}
              </a>
            )}
            {may('read-record') && (
              <a class="button" href={`/api/v1${path}/evidence`}>
                {t.episodes.bundle}
              </a>
            )}
          </p>
          {may('read-record') && <ViewerLink />}
        </details>
      )}
    </>
  );
}

/** The viewer with the digest by which it is known, for beside a bundle. */
export function ViewerLink() {
  const { t } = usePage();
  return (
    <p class="meta">
      <a href="/evidence-viewer">{t.replay.viewer}</a> {t.replay.viewerDigest} <code class="said">{evidenceViewer().digest}</code>
    </p>
  );
}
