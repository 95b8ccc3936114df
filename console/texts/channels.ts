import type { Channel } from '../../domain/act.js';

export const CHANNELS: readonly Channel[] = ['online', 'phone', 'fax', 'paper', 'meeting'];
