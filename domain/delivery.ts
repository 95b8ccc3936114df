/** What is recorded around an episode's decisions, without changing its course: deliveries, receipts, the archive. */
import type { Act } from './act.js';
import type { Clause } from './plan.js';

interface Base {
  /** Plan time. */
  readonly atMs: number;
  readonly clause: Clause;
}

export type EpisodeAudit =
  | (Base & {
      readonly type: 'notice-delivered';
      readonly noticeId: string;
      /** `inbox`, and whatever other channels there are. */
      readonly channel: string;
      /** As the notice names them: `unit:ID`, `zone`, `prefecture`, `commander`, `director`. */
      readonly recipients: readonly string[];
    })
  /** 回执: a recipient confirms that a notice has come. */
  | (Base & { readonly type: 'notice-receipted'; readonly noticeId: string; readonly recipient: string; readonly act: Act })
  /** The workflow's history, kept as a document. */
  | (Base & { readonly type: 'history-archived'; readonly digest: string })
  /** A request refused for want of a right. */
  | (Base & { readonly type: 'refused'; readonly accountId: string; readonly what: string; readonly code: string });
