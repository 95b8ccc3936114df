/** How the console knows who is there: given by whoever mounts it, the same as the API's. */
import type { Request, Response } from 'express';
import type { Account } from '../usecases/caller.js';

export interface Sessions {
  accountOf(request: Request): Account | null;
  secretOf(request: Request): string | null;
  open(response: Response, secret: string, maxAgeMs: number): void;
  close(response: Response): void;
}
