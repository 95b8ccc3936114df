/**
 * The ways a notice reaches people. The in-app inbox is one; another channel
 * (mail, text messages, a government message bus) is one more entry here.
 */
export interface Channel {
  readonly id: string;
  /** It writes a row of our own database and reaches nobody outside. */
  readonly isWithin: boolean;
  /** Hands the notice to each recipient; returns those reached. Doing it twice for one recipient must be harmless. */
  deliver(notice: { readonly episodeId: string; readonly noticeId: string }, recipients: readonly string[]): Promise<readonly string[]>;
}

/** A row in the recipient's inbox: written together with the record of its delivery, so reaching it is recording it. */
export const INBOX: Channel = { id: 'inbox', isWithin: true, deliver: (_notice, recipients) => Promise.resolve(recipients) };

export const CHANNELS: readonly Channel[] = [INBOX];
