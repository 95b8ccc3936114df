-- Up Migration
-- Who may read a document: whoever brought it, and whoever may read a stream that names it.
create table document_uploads (
  digest text not null references documents,
  account_id text not null,
  primary key (digest, account_id)
);

-- A report names its attachments in its body, of which the ledger has the digest alone.
create table document_attachments (
  document text not null references documents,
  attachment text not null references documents,
  primary key (document, attachment)
);
create index document_attachments_of on document_attachments (attachment);
insert into document_attachments
select distinct d.digest, a.digest
from documents d
cross join lateral (select convert_from(d.body, 'UTF8')::jsonb -> 'attachments' as named) body
cross join lateral jsonb_array_elements_text(case jsonb_typeof(body.named) when 'array' then body.named else '[]' end) a (digest)
where d.media_type = 'application/json' and d.kind not in ('attachment', 'history', 'forecast', 'observations', 'chain-head', 'input')
  and exists (select 1 from documents known where known.digest = a.digest);

-- One expression, so that it is worked out in place: every row that is written pays for it.
create function documents_named(event jsonb) returns jsonb language sql immutable parallel safe
return jsonb_path_query_array(event, '$.digest')
  || jsonb_path_query_array(event, '$.documentDigest')
  || jsonb_path_query_array(event, '$.evidence.subject')
  || jsonb_path_query_array(event, '$.act.evidence[*].digest')
  || jsonb_path_query_array(event, '$.order.transmissions[*].documentDigest');

-- What acts and inputs name; most rows name nothing.
create index ledger_by_document on ledger using gin (documents_named(event)) where documents_named(event) <> '[]';

grant select, insert on document_uploads, document_attachments to qingkong_app;
