import type { WorkflowClientInterceptor } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time.js';

const workflowTaskTimeout = msToTs('1 minute');

/**
 * For the time-skipping server: gives workflow tasks a minute in place of production's
 * two seconds. The real server gives a task that timed out more time at each further try;
 * this one does not, and lets no time pass while a task is out, so that on a slow
 * machine a task that needs two seconds would be tried for ever.
 */
export const patientTasks: WorkflowClientInterceptor = {
  start: (input, next) => next({ ...input, options: { ...input.options, workflowTaskTimeout } }),
  signalWithStart: (input, next) => next({ ...input, options: { ...input.options, workflowTaskTimeout } }),
};
