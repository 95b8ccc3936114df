/** What is being filled in and not yet filed: a bar that stays in sight says so; it saves itself, and by a button where there is no script. */
import { Phrase, Time, usePage } from '../parts/say.js';

/** The script tells there, too, that saving failed. */
export function NotFiled({ savedAtMs }: { savedAtMs: number | null }) {
  const { t } = usePage();
  return (
    <p class="not-filed" role="status" id="draft-state" data-failed={t.report.saveFailed} data-failed-last={t.report.saveFailedLast}>
      {savedAtMs === null ? t.report.notFiled : <DraftSaved atMs={savedAtMs} />}
    </p>
  );
}

export function DraftSaved({ atMs }: { atMs: number }) {
  const { t } = usePage();
  return (
    <Phrase of={t.report.draftSaved}>
      <Time at={atMs} />
    </Phrase>
  );
}

/** The end of the form; nobody drafts for somebody else. */
export function FileOrSave({ path, mayDraft }: { path: string; mayDraft: boolean }) {
  const { t } = usePage();
  return (
    <>
      {mayDraft && <div hx-post={`${path}/draft`} hx-trigger="input changed delay:1500ms from:closest form, change delay:1500ms from:closest form" hx-include="closest form" hx-params="not _key" hx-encoding="application/x-www-form-urlencoded" hx-target="#draft-state" hx-swap="innerHTML" />}
      <p class="row">
        <button class="primary">{t.report.file}</button>
        {mayDraft && (
          <button name="_save" value="1">
            {t.report.save}
          </button>
        )}
      </p>
    </>
  );
}
