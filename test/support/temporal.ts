import { TestWorkflowEnvironment } from '@temporalio/testing';
import { readConfig } from '../../config/env.js';
import { temporalCli, temporalTestServer } from '../../embedded/binaries.js';
import { patientTasks } from '../../embedded/patient-tasks.js';
import { QINGKONG_SEARCH_ATTRIBUTES } from '../../embedded/search-attributes.js';

const places = () => readConfig().binaries;
const silent = () => undefined;

/** The time-skipping test server, for tests that sleep for days; end it with `teardown()`. `tasks`: see `patientTasks`. */
export async function timeSkippingEnv({ tasks = 'patient' }: { tasks?: 'patient' | 'as in production' } = {}): Promise<TestWorkflowEnvironment> {
  const path = await temporalTestServer(places(), silent);
  const workflow = tasks === 'patient' ? [patientTasks] : [];
  return TestWorkflowEnvironment.createTimeSkipping({ client: { interceptors: { workflow } }, server: { executable: { type: 'existing-path', path } } });
}

/** A real development server in memory with our search attributes, for what the test server lacks (lists, schedules, Updates under load). */
export async function devServerEnv(): Promise<TestWorkflowEnvironment> {
  const path = await temporalCli(places(), silent);
  const extraArgs = Object.entries(QINGKONG_SEARCH_ATTRIBUTES).flatMap(([name, type]) => ['--search-attribute', `${name}=${type}`]);
  return TestWorkflowEnvironment.createLocal({ server: { executable: { type: 'existing-path', path }, extraArgs } });
}
