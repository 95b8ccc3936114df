/** The scripted people's acts as requests to the API. */
import type { PersonCommand } from '../../domain/episode/commands.js';
import type { Office } from './office.js';

/** The demonstration's further holders of a role that a plan asks twice in one matter. */
const OTHERS: Readonly<Record<string, string>> = { 'director-2': 'deputy', 'director-3': 'deputy2', 'management-2': 'management2' };

/** Carries out what a person of the script does, as that person. */
export async function carryOut(office: Office, episodeId: string, command: PersonCommand): Promise<void> {
  const { route, body } = requestOf(command);
  const holder = command.act.actor.accountId.replace('script:', '');
  await office.post(OTHERS[holder] ?? holder, `/episodes/${episodeId}${route}`, body);
}

function requestOf(command: PersonCommand): { readonly route: string; readonly body: unknown } {
  switch (command.type) {
    case 'record-consultation': {
      const { advice, level, noClearImprovement, text } = command.conclusion;
      return { route: '/consultations', body: { advice, level, noClearImprovement, text } };
    }
    case 'submit-proposal': {
      const { action, level, text } = command;
      return action === 'lift' ? { route: '/lift', body: { text } } : { route: '/proposals', body: { action, level, text } };
    }
    case 'decide-step': {
      const { requestId, step, decision, evidenceDigest, reason } = command;
      return { route: `/approvals/${requestId}/decision`, body: { step, decision, evidenceDigest, reason } };
    }
    case 'withdraw-request':
      return { route: `/approvals/${command.requestId}/withdrawal`, body: { reason: command.reason } };
    case 'rescind-lift':
      return { route: '/lift/rescission', body: { reason: command.reason } };
    case 'submit-evaluation':
      return { route: '/evaluation', body: { summary: command.summary } };
    default:
      throw new Error(`the script has no "${command.type}"`);
  }
}
