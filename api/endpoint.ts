/** One description per endpoint: what is mounted, checked and documented comes from it. */
import type { Request, Response } from 'express';
import type { z } from 'zod';
import type { Caller } from '../usecases/caller.js';

export type Method = 'get' | 'post' | 'put' | 'delete';

export interface Incoming<P, Q, B> {
  readonly params: P;
  readonly query: Q;
  readonly body: B;
  /** Whoever signed in; its `key` is the request's Idempotency-Key. */
  readonly caller: Caller;
  readonly request: Request;
  readonly response: Response;
}

export interface Endpoint {
  readonly method: Method;
  /** As OpenAPI writes it: `/areas/{areaId}/forecasts`. */
  readonly path: string;
  readonly tag: string;
  readonly summary: string;
  readonly access: 'public' | 'signed-in';
  /** Of success. */
  readonly status: number;
  readonly params: z.ZodObject | null;
  readonly query: z.ZodObject | null;
  readonly body: z.ZodType | null;
  readonly answer: z.ZodType | null;
  /** Of the answer. */
  readonly media: string;
  /** The body is bytes, not JSON: the handler reads `request.body` as a Buffer. */
  readonly bytes: boolean;
  /** What is kept as the answer of a key, where the answer itself must not be kept (a secret shown once). */
  readonly kept: ((answer: unknown) => unknown) | null;
  handle(incoming: Incoming<unknown, unknown, unknown>): Promise<unknown>;
}

type Out<S> = S extends z.ZodType ? z.output<S> : Record<string, never>;

interface Description<P, Q, B> {
  readonly tag: string;
  readonly summary: string;
  readonly access?: 'public';
  readonly status?: number;
  readonly params?: P;
  readonly query?: Q;
  readonly body?: B;
  readonly answer?: z.ZodType;
  readonly media?: string;
  readonly bytes?: true;
  readonly kept?: (answer: unknown) => unknown;
}

/** Describes an endpoint; its handler gets what the schemas make of the request. */
export function endpoint<P extends z.ZodObject | undefined = undefined, Q extends z.ZodObject | undefined = undefined, B extends z.ZodType | undefined = undefined>(
  method: Method,
  path: string,
  { tag, summary, access, status, params, query, body, answer, media, bytes, kept }: Description<P, Q, B>,
  handle: (incoming: Incoming<Out<P>, Out<Q>, Out<B>>) => Promise<unknown>,
): Endpoint {
  return {
    method,
    path,
    tag,
    summary,
    access: access ?? 'signed-in',
    status: status ?? (method === 'post' ? 201 : method === 'delete' ? 204 : 200),
    params: params ?? null,
    query: query ?? null,
    body: body ?? null,
    answer: answer ?? null,
    media: media ?? 'application/json',
    bytes: bytes ?? false,
    kept: kept ?? null,
    // The schemas that make these types are the ones the request was parsed with.
    handle: handle,
  };
}
