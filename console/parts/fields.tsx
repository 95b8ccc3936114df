/** Parts of forms: a label above each field, faults beside it and summed up above, nothing lost on the way. */
import type { ComponentChildren } from 'preact';
import type { Attachment } from '../../usecases/documents.js';
import type { Fields } from '../web/fields.js';
import type { PageFault, PageProblem } from '../web/problem.js';
import { localInput } from '../web/time.js';
import { Clause, Say, usePage } from './say.js';

/** What a form shows again: what was typed, what was wrong, and the key of this try. */
export interface Entered {
  readonly fields: Fields | null;
  readonly problem: PageProblem | null;
  readonly key: string;
  readonly resumed: boolean;
  /** Files that came with an earlier try and are kept. */
  readonly attachments: readonly Attachment[];
}

const idOf = (name: string) => `f-${name}`;

function faultsAt({ problem }: Entered, name: string): readonly PageFault[] {
  return problem?.faults.filter((f) => f.path === name) ?? [];
}

/** First on the page after a failed try; each fault leads to its field. */
export function Problem({ entered }: { entered: Entered }) {
  const { t } = usePage();
  const { problem, resumed } = entered;
  if (resumed && !problem)
    return (
      <div class="notice" role="status">
        <p>{t.form.resumed}</p>
      </div>
    );
  if (!problem) return null;
  return (
    <div class="problem" role="alert" id="problem">
      <h2>{t.form.summary}</h2>
      <p>
        <Say text={problem.text} />
        {problem.clause && (
          <>
            {' '}
            <Clause of={problem.clause} />
          </>
        )}
      </p>
      {problem.faults.length > 0 && (
        <ul>
          {problem.faults.map((f, i) => (
            <li key={i}>
              <a href={`#${idOf(f.path)}`}>
                <Say text={f.text} />
              </a>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

interface FormProps {
  readonly entered: Entered;
  readonly children: ComponentChildren;
  readonly action?: string;
  readonly files?: boolean;
  readonly class?: string;
}

/** Posts with one key per rendered form, so that twice is once. */
export function Form({ entered, children, action, files = false, class: name }: FormProps) {
  return (
    <form method="post" action={action} enctype={files ? 'multipart/form-data' : undefined} class={name ?? 'stack'} noValidate>
      <input type="hidden" name="_key" value={entered.key} />
      {children}
    </form>
  );
}

interface FieldProps {
  readonly entered: Entered;
  readonly name: string;
  readonly label: ComponentChildren;
  readonly hint?: ComponentChildren;
  readonly initial?: string | number | null | undefined;
  readonly required?: boolean;
}

function Labelled({ entered, name, label, hint, required, children }: FieldProps & { readonly children: ComponentChildren }) {
  const { t } = usePage();
  const faults = faultsAt(entered, name);
  return (
    <div class={faults.length > 0 ? 'field wrong' : 'field'}>
      <label for={idOf(name)}>
        {label}
        {required === false && <span class="optional"> {t.common.optional}</span>}
      </label>
      {hint && (
        <p class="hint" id={`${idOf(name)}-hint`}>
          {hint}
        </p>
      )}
      <Faults entered={entered} name={name} />
      {children}
    </div>
  );
}

/** What is wrong with one field. */
export function Faults({ entered, name }: { entered: Entered; name: string }) {
  return (
    <>
      {faultsAt(entered, name).map((f, i) => (
        <p class="fault" id={`${idOf(name)}-fault`} key={i}>
          <Say text={f.text} />
        </p>
      ))}
    </>
  );
}

function described({ entered, name, hint }: FieldProps): string | undefined {
  const ids = [...(hint ? [`${idOf(name)}-hint`] : []), ...(faultsAt(entered, name).length > 0 ? [`${idOf(name)}-fault`] : [])];
  return ids.length > 0 ? ids.join(' ') : undefined;
}

function common(props: FieldProps) {
  return { id: idOf(props.name), name: props.name, 'aria-describedby': described(props), 'aria-invalid': faultsAt(props.entered, props.name).length > 0 ? (true as const) : undefined, required: props.required === true };
}

function valueOf({ entered, name, initial }: FieldProps): string {
  return entered.fields ? (entered.fields.values[name]?.[0] ?? '') : String(initial ?? '');
}

interface InputProps extends FieldProps {
  readonly type?: 'text' | 'password' | 'date' | 'url';
  readonly autocomplete?: string;
  readonly numeric?: boolean;
  readonly suffix?: ComponentChildren;
}

export function Input(props: InputProps) {
  const { type = 'text', autocomplete = 'off', numeric = false, suffix } = props;
  return (
    <Labelled {...props}>
      <span class={suffix ? 'with-unit' : undefined}>
        <Box type={type} {...common(props)} value={type === 'password' ? '' : valueOf(props)} autocomplete={autocomplete} inputmode={numeric ? 'decimal' : undefined} class={numeric ? 'number' : undefined} />
        {suffix && <span>{suffix}</span>}
      </span>
    </Labelled>
  );
}

/** The element's type decides which roles it may have, so each is written out. */
function Box({ type, ...rest }: { readonly type: NonNullable<InputProps['type']>; readonly value: string; readonly autocomplete: string; readonly inputmode: string | undefined; readonly class: string | undefined } & ReturnType<typeof common>) {
  switch (type) {
    case 'text':
      return <input type="text" {...rest} />;
    case 'password':
      return <input type="password" {...rest} />;
    case 'date':
      return <input type="date" {...rest} />;
    case 'url':
      return <input type="url" {...rest} />;
  }
}

export function Words(props: FieldProps & { readonly rows?: number }) {
  return (
    <Labelled {...props}>
      <textarea {...common(props)} rows={props.rows ?? 4}>
        {valueOf(props)}
      </textarea>
    </Labelled>
  );
}

/** Beijing time, by the minute. */
export function Instant(props: Omit<FieldProps, 'initial'> & { readonly initial?: number | null }) {
  const { initial, ...rest } = props;
  const given: FieldProps = { ...rest, initial: initial === undefined || initial === null ? '' : localInput(initial) };
  return (
    <Labelled {...given}>
      <input {...common(given)} type="datetime-local" value={valueOf(given)} />
    </Labelled>
  );
}

export interface Option {
  readonly value: string;
  readonly label: string;
}

export function Select(props: FieldProps & { readonly options: readonly Option[]; readonly empty?: string | null }) {
  const { t } = usePage();
  const chosen = valueOf(props);
  const empty = props.empty === undefined ? t.form.noneChosen : props.empty;
  return (
    <Labelled {...props}>
      <select {...common(props)}>
        {empty !== null && <option value="">{empty}</option>}
        {props.options.map((o) => (
          <option key={o.value} value={o.value} selected={o.value === chosen}>
            {o.label}
          </option>
        ))}
      </select>
    </Labelled>
  );
}

export function Tick({ entered, name, label, initial = false }: { entered: Entered; name: string; label: ComponentChildren; initial?: boolean }) {
  const checked = entered.fields ? entered.fields.isTicked(name) : initial;
  return (
    <p class="tick">
      <input type="checkbox" id={idOf(name)} name={name} value="1" checked={checked} />
      <label for={idOf(name)}>{label}</label>
    </p>
  );
}

interface FilesProps {
  readonly entered: Entered;
  readonly name: string;
  readonly label: ComponentChildren;
  readonly hint?: ComponentChildren;
  /** Handed over before. */
  readonly initial?: readonly Attachment[];
}

/** Files handed over before, or with a try that failed, stay unless unticked. */
export function Files({ entered, name, label, hint, initial = [] }: FilesProps) {
  const chosen = entered.fields?.digests(name);
  const tried = entered.attachments.filter((a) => chosen?.includes(a.digest) && initial.every((b) => b.digest !== a.digest));
  const props: FieldProps = { entered, name, label, hint, required: false };
  return (
    <>
      {[...initial, ...tried].map(({ digest, title }) => (
        <p class="tick" key={digest}>
          <input type="checkbox" id={`kept-${digest.slice(0, 12)}`} name={name} value={digest} checked={chosen?.includes(digest) ?? true} />
          <label for={`kept-${digest.slice(0, 12)}`} class="said">
            {title}
          </label>
        </p>
      ))}
      <Labelled {...props}>
        <input {...common(props)} type="file" multiple />
      </Labelled>
    </>
  );
}
