-- The schema that all migrations together make. Written by `make schema`; not run by
-- installations, which apply the migrations themselves. Monthly partitions are left out.

CREATE FUNCTION public.add_months(parent text, by_column text, ahead integer) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO '$user', 'public'
    AS $$
declare
  opens timestamptz;
  closes timestamptz;
  leaf text;
  made integer := 0;
begin
  perform pg_advisory_xact_lock(hashtext('add_months ' || parent));
  for step in 0..ahead loop
    opens := (date_trunc('month', now() at time zone 'UTC') + make_interval(months => step))
      at time zone 'UTC';
    closes := ((opens at time zone 'UTC') + interval '1 month') at time zone 'UTC';
    leaf := parent || to_char(opens at time zone 'UTC', '_YYYY_MM');
    continue when to_regclass(leaf) is not null;
    execute format('create table %I (like %I including defaults including storage)', leaf, parent);
    execute format(
      'with moved as (delete from %I where %I >= %L and %I < %L returning *) '
      'insert into %I select * from moved',
      parent || '_default', by_column, opens, by_column, closes, leaf);
    execute format(
      'alter table %I attach partition %I for values from (%L) to (%L)',
      parent, leaf, opens, closes);
    made := made + 1;
  end loop;
  return made;
end $$;

CREATE FUNCTION public.forget_actor(number integer) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO '$user', 'public'
    AS $$
begin
  delete from agent where n = number and kind = 'patient'
    and not exists (select from audit where agent = number);
  return found;
end $$;

CREATE FUNCTION public.forget_requests(numbers text[], reference text) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO '$user', 'public'
    AS $$
DECLARE
  done integer;
BEGIN
  CREATE TEMPORARY TABLE forgotten ON COMMIT DROP AS
    SELECT id FROM register_entry WHERE register = 'requests' AND due IS NULL
      AND replace(answers->>'number', ' ', '') = ANY (numbers);
  UPDATE register_event SET answers = '{}' WHERE entry IN (SELECT id FROM forgotten);
  UPDATE register_entry SET answers = '{}', title = reference
    WHERE id IN (SELECT id FROM forgotten);
  GET DIAGNOSTICS done = ROW_COUNT;
  RETURN done;
END $$;

CREATE FUNCTION public.strip_audit(leaf_table regclass, said uuid, rows tid[], hashes bytea[], bare boolean[], person uuid, reference uuid, actors integer[], actor integer) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO '$user', 'public'
    AS $_$
declare
  done integer;
begin
  if pg_partition_root(leaf_table) is distinct from 'audit'::regclass then
    raise exception 'only entries of the audit are stripped';
  end if;
  if not exists (select from audit_statement where id = said and kind = 'disposal') then
    raise exception 'nothing is stripped without a certificate';
  end if;
  execute format(
    'update %s a set leaf = coalesce(a.leaf, u.leaf), disposal = $1, salt = null, query = null, '
    'id = case when u.bare then null else a.id end, '
    'patient = case when a.patient = $5 then $6 else a.patient end, '
    'agent = case when a.agent = any ($7) then $8 else a.agent end '
    'from unnest($2, $3, $4) u (place, leaf, bare) where a.ctid = u.place', leaf_table)
  using said, rows, hashes, bare, person, reference, actors, actor;
  get diagnostics done = row_count;
  return done;
end $_$;

CREATE TABLE public.relationship (
    holder uuid NOT NULL,
    patient uuid NOT NULL,
    kind text NOT NULL,
    since timestamp with time zone NOT NULL,
    until timestamp with time zone
);

CREATE FUNCTION public.unsealed(labels integer, hidden integer, sealer uuid, patient uuid, holders uuid[], at timestamp with time zone) RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE
    BEGIN ATOMIC
 SELECT ((((labels & hidden) & (~ 24)) = 0) AND (COALESCE((sealer = ANY (holders)), false) OR ((((labels & hidden) & 16) = 0) AND (EXISTS ( SELECT
            FROM public.relationship h
           WHERE ((h.holder = ANY (unsealed.holders)) AND (h.patient = unsealed.patient) AND (h.kind = 'emergency'::text) AND (h.since <= unsealed.at) AND ((h.until IS NULL) OR (h.until > unsealed.at))))))));
END;

CREATE TABLE public.access_cursor (
    one boolean DEFAULT true NOT NULL,
    cursor text NOT NULL,
    CONSTRAINT access_cursor_one_check CHECK (one)
);

CREATE TABLE public.account (
    id text NOT NULL,
    kind text NOT NULL,
    actor text NOT NULL,
    name text NOT NULL,
    title text NOT NULL,
    demo boolean DEFAULT false NOT NULL,
    closed timestamp with time zone,
    rank integer DEFAULT 0 NOT NULL,
    subject uuid DEFAULT gen_random_uuid() NOT NULL,
    email text,
    phone text,
    level text DEFAULT ''::text NOT NULL,
    made timestamp with time zone,
    roles_given smallint DEFAULT 0 NOT NULL,
    CONSTRAINT account_kind_check CHECK ((kind = ANY (ARRAY['practitioner'::text, 'patient'::text])))
);

CREATE TABLE public.account_event (
    id bigint NOT NULL,
    at timestamp with time zone NOT NULL,
    account text NOT NULL,
    action text NOT NULL,
    outcome text NOT NULL,
    detail text DEFAULT ''::text NOT NULL,
    by_account text DEFAULT ''::text NOT NULL,
    CONSTRAINT account_event_outcome_check CHECK ((outcome = ANY (ARRAY['done'::text, 'refused'::text])))
);

ALTER TABLE public.account_event ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.account_event_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.account_role (
    account text NOT NULL,
    "position" smallint NOT NULL,
    role text NOT NULL,
    organisation text NOT NULL,
    organisation_name text NOT NULL,
    code text DEFAULT ''::text NOT NULL,
    since timestamp with time zone
);

CREATE VIEW public.account_roles AS
 SELECT account,
    array_agg(role ORDER BY "position") AS roles,
    array_agg(organisation ORDER BY "position") AS organisations,
    array_agg(organisation_name ORDER BY "position") AS names,
    array_agg(code ORDER BY "position") AS codes,
    array_agg("position" ORDER BY "position") AS positions
   FROM public.account_role
  GROUP BY account;

CREATE TABLE public.account_subject (
    issuer text NOT NULL,
    subject text NOT NULL,
    account text NOT NULL,
    since timestamp with time zone NOT NULL
);

CREATE TABLE public.agent (
    n integer NOT NULL,
    kind text NOT NULL,
    id text NOT NULL,
    name text NOT NULL,
    role text NOT NULL,
    organisation text NOT NULL,
    organisation_name text NOT NULL,
    app text DEFAULT ''::text NOT NULL
);

COMMENT ON TABLE public.agent IS 'insert only: the audit names these actors by number';

ALTER TABLE public.agent ALTER COLUMN n ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.agent_n_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.app_code (
    digest bytea NOT NULL,
    app_grant uuid NOT NULL,
    redirect text NOT NULL,
    challenge text NOT NULL,
    nonce text NOT NULL,
    until timestamp with time zone NOT NULL,
    used timestamp with time zone
);

CREATE TABLE public.app_grant (
    id uuid NOT NULL,
    client text NOT NULL,
    kind text NOT NULL,
    actor text NOT NULL,
    name text NOT NULL,
    role text NOT NULL,
    organisation text NOT NULL,
    organisation_name text NOT NULL,
    purpose text NOT NULL,
    scopes text NOT NULL,
    patient text,
    session uuid,
    granted timestamp with time zone NOT NULL,
    until timestamp with time zone NOT NULL,
    revoked timestamp with time zone,
    why text,
    encounter text
);

CREATE TABLE public.app_launch (
    digest bytea NOT NULL,
    client text NOT NULL,
    kind text NOT NULL,
    actor text NOT NULL,
    patient text NOT NULL,
    until timestamp with time zone NOT NULL,
    used timestamp with time zone,
    encounter text
);

CREATE TABLE public.app_refresh (
    digest bytea NOT NULL,
    app_grant uuid NOT NULL,
    until timestamp with time zone NOT NULL,
    used timestamp with time zone
);

CREATE TABLE public.app_token (
    digest bytea NOT NULL,
    id uuid NOT NULL,
    app_grant uuid NOT NULL,
    scopes text NOT NULL,
    issued timestamp with time zone NOT NULL,
    expires timestamp with time zone NOT NULL,
    revoked timestamp with time zone
);

CREATE TABLE public.attempt (
    key bytea NOT NULL,
    at timestamp with time zone NOT NULL
);

CREATE TABLE public.audit (
    at timestamp with time zone NOT NULL,
    agent integer NOT NULL,
    purpose integer NOT NULL,
    version integer,
    entries integer DEFAULT 1 NOT NULL,
    patient uuid,
    action "char" NOT NULL,
    outcome "char" NOT NULL,
    request text NOT NULL,
    type text COLLATE pg_catalog."C",
    id text COLLATE pg_catalog."C",
    query text,
    txid bigint DEFAULT ((pg_current_xact_id())::text)::bigint NOT NULL,
    salt uuid DEFAULT gen_random_uuid(),
    leaf bytea,
    disposal uuid
)
PARTITION BY RANGE (at);

COMMENT ON TABLE public.audit IS 'insert only: what was seen and done is never changed';

CREATE TABLE public.audit_default (
    at timestamp with time zone CONSTRAINT audit_at_not_null NOT NULL,
    agent integer CONSTRAINT audit_agent_not_null NOT NULL,
    purpose integer CONSTRAINT audit_purpose_not_null NOT NULL,
    version integer,
    entries integer DEFAULT 1 CONSTRAINT audit_entries_not_null NOT NULL,
    patient uuid,
    action "char" CONSTRAINT audit_action_not_null NOT NULL,
    outcome "char" CONSTRAINT audit_outcome_not_null NOT NULL,
    request text CONSTRAINT audit_request_not_null NOT NULL,
    type text COLLATE pg_catalog."C",
    id text COLLATE pg_catalog."C",
    query text,
    txid bigint DEFAULT ((pg_current_xact_id())::text)::bigint CONSTRAINT audit_txid_not_null NOT NULL,
    salt uuid DEFAULT gen_random_uuid(),
    leaf bytea,
    disposal uuid
);

CREATE TABLE public.audit_handed (
    place text NOT NULL,
    number bigint NOT NULL,
    at timestamp with time zone DEFAULT now() NOT NULL
);

COMMENT ON TABLE public.audit_handed IS 'insert only: a hand-over is never undone';

CREATE TABLE public.audit_link (
    number bigint NOT NULL,
    epoch integer NOT NULL,
    opens bigint NOT NULL,
    closes bigint NOT NULL,
    entries bigint NOT NULL,
    first timestamp with time zone,
    last timestamp with time zone,
    root bytea NOT NULL,
    listing bytea NOT NULL,
    previous bytea NOT NULL,
    kept_from timestamp with time zone,
    sealed timestamp with time zone NOT NULL,
    key text NOT NULL,
    hash bytea NOT NULL,
    signature bytea NOT NULL,
    CONSTRAINT audit_link_check CHECK ((closes >= opens)),
    CONSTRAINT audit_link_entries_check CHECK ((entries >= 0)),
    CONSTRAINT audit_link_number_check CHECK ((number > 0))
);

COMMENT ON TABLE public.audit_link IS 'insert only: a link is never changed';

CREATE TABLE public.audit_statement (
    id uuid NOT NULL,
    kind text NOT NULL,
    made timestamp with time zone NOT NULL,
    body bytea NOT NULL,
    lines bytea NOT NULL
);

COMMENT ON TABLE public.audit_statement IS 'insert only: a statement is never changed';

CREATE TABLE public.audit_statement_handed (
    place text NOT NULL,
    id uuid NOT NULL,
    at timestamp with time zone DEFAULT now() NOT NULL
);

COMMENT ON TABLE public.audit_statement_handed IS 'insert only: a hand-over is never undone';

CREATE TABLE public.authorisation (
    id uuid NOT NULL,
    realm text NOT NULL,
    client text NOT NULL,
    redirect text NOT NULL,
    state text NOT NULL,
    nonce text NOT NULL,
    scopes text[] NOT NULL,
    wanted text[] NOT NULL,
    prompt text NOT NULL,
    code_challenge text NOT NULL,
    may_register boolean NOT NULL,
    asserted text DEFAULT ''::text NOT NULL,
    asserted_methods text DEFAULT ''::text NOT NULL,
    asserted_at timestamp with time zone,
    "position" smallint,
    made timestamp with time zone NOT NULL,
    until timestamp with time zone NOT NULL,
    CONSTRAINT authorisation_realm_check CHECK ((realm = ANY (ARRAY['citizen'::text, 'staff'::text])))
);

CREATE TABLE public.bevan_job (
    name text NOT NULL,
    started timestamp with time zone NOT NULL,
    finished timestamp with time zone,
    failed text
);

CREATE TABLE public.bevan_mark (
    name text NOT NULL,
    value text NOT NULL
);

CREATE TABLE public.bevan_migration (
    package text NOT NULL,
    number integer NOT NULL,
    name text NOT NULL,
    sha256 text NOT NULL,
    applied timestamp with time zone DEFAULT now() NOT NULL
);

CREATE TABLE public.challenge (
    id uuid NOT NULL,
    challenge bytea NOT NULL,
    use text NOT NULL,
    account text,
    until timestamp with time zone NOT NULL
);

CREATE TABLE public.choice (
    origin bigint NOT NULL,
    patient uuid NOT NULL,
    kind text NOT NULL,
    refused boolean NOT NULL,
    consent text NOT NULL,
    recorded timestamp with time zone NOT NULL,
    stale boolean DEFAULT false NOT NULL
);

CREATE TABLE public.claim (
    id uuid NOT NULL,
    person text NOT NULL,
    actor text NOT NULL,
    actor_name text NOT NULL,
    role text NOT NULL,
    organisation text NOT NULL,
    organisation_name text NOT NULL,
    reason text NOT NULL,
    words text NOT NULL,
    agrees text NOT NULL,
    confirmed timestamp with time zone NOT NULL,
    review_by timestamp with time zone NOT NULL,
    outcome text,
    reviewed timestamp with time zone,
    reviewer text,
    reviewer_words text,
    CONSTRAINT claim_agrees_check CHECK ((agrees = ANY (ARRAY['yes'::text, 'cannot-ask'::text, 'no'::text]))),
    CONSTRAINT claim_outcome_check CHECK ((outcome = ANY (ARRAY['upheld'::text, 'not-upheld'::text, 'learning'::text])))
);

CREATE TABLE public.conformance_package (
    name text NOT NULL,
    version text NOT NULL,
    added timestamp with time zone DEFAULT now() NOT NULL,
    added_by text NOT NULL,
    content bytea NOT NULL
);

CREATE TABLE public.content_dict (
    n smallint NOT NULL,
    digest bytea NOT NULL,
    dict bytea NOT NULL,
    created timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT content_dict_n_check CHECK ((n >= 2))
);

CREATE TABLE public.disposal (
    id uuid NOT NULL,
    person text,
    ids text[] NOT NULL,
    words text[] NOT NULL,
    reference uuid NOT NULL,
    schedule text NOT NULL,
    reason text NOT NULL,
    state text NOT NULL,
    asked timestamp with time zone NOT NULL,
    asked_by text NOT NULL,
    asked_by_name text NOT NULL,
    asked_by_role text NOT NULL,
    decided timestamp with time zone,
    decided_by text,
    decided_by_name text,
    decided_by_role text,
    told timestamp with time zone,
    removed jsonb DEFAULT '{}'::jsonb NOT NULL,
    done timestamp with time zone,
    CONSTRAINT disposal_check CHECK (((state = 'withdrawn'::text) OR (decided_by IS NULL) OR (decided_by <> asked_by))),
    CONSTRAINT disposal_state_check CHECK ((state = ANY (ARRAY['asked'::text, 'withdrawn'::text, 'decided'::text, 'told'::text, 'done'::text])))
);

CREATE TABLE public.errand (
    state bytea NOT NULL,
    browser bytea NOT NULL,
    realm text NOT NULL,
    nonce text NOT NULL,
    wanted text[] NOT NULL,
    next text NOT NULL,
    until timestamp with time zone NOT NULL
);

CREATE TABLE public.feed_epoch (
    epoch integer NOT NULL,
    since timestamp with time zone DEFAULT now() NOT NULL,
    reason text NOT NULL
);

COMMENT ON TABLE public.feed_epoch IS 'insert only: consumers rebuild by it';

CREATE TABLE public.idx_code (
    code bigint NOT NULL,
    rkey bigint NOT NULL,
    date timestamp with time zone,
    patient uuid
)
WITH (autovacuum_vacuum_scale_factor='0.05', autovacuum_vacuum_cost_delay='0');

CREATE TABLE public.idx_num (
    hash bigint NOT NULL,
    lo double precision NOT NULL,
    hi double precision NOT NULL,
    rkey bigint NOT NULL
)
WITH (autovacuum_vacuum_scale_factor='0.05', autovacuum_vacuum_cost_delay='0');

CREATE TABLE public.idx_str (
    hash bigint NOT NULL,
    rkey bigint NOT NULL,
    val text NOT NULL COLLATE pg_catalog."C"
)
WITH (autovacuum_vacuum_scale_factor='0.05', autovacuum_vacuum_cost_delay='0');

CREATE TABLE public.import_ledger (
    file bytea NOT NULL,
    entry bigint NOT NULL,
    taken jsonb NOT NULL,
    refused integer DEFAULT 0 NOT NULL,
    imported timestamp with time zone DEFAULT now() NOT NULL
);

CREATE TABLE public.invitation (
    secret bytea NOT NULL,
    account text NOT NULL,
    until timestamp with time zone NOT NULL
);

CREATE TABLE public.keeping_due (
    person text NOT NULL,
    schedule text NOT NULL,
    since date NOT NULL,
    found timestamp with time zone NOT NULL
);

CREATE TABLE public.keeping_hold (
    id uuid NOT NULL,
    person text,
    reason text NOT NULL,
    until date,
    placed timestamp with time zone NOT NULL,
    placed_by text NOT NULL,
    placed_by_name text NOT NULL,
    lifted timestamp with time zone,
    lifted_by text,
    lifted_by_name text,
    lifted_reason text
);

CREATE TABLE public.login_code (
    secret bytea NOT NULL,
    granted uuid NOT NULL,
    redirect text NOT NULL,
    code_challenge text NOT NULL,
    until timestamp with time zone NOT NULL,
    used timestamp with time zone
);

CREATE TABLE public.login_consent (
    account text NOT NULL,
    client text NOT NULL,
    scopes text[] NOT NULL,
    at timestamp with time zone NOT NULL
);

CREATE TABLE public.login_grant (
    id uuid NOT NULL,
    realm text NOT NULL,
    client text NOT NULL,
    account text NOT NULL,
    scopes text[] NOT NULL,
    vot text NOT NULL,
    methods text NOT NULL,
    "position" smallint,
    nonce text NOT NULL,
    authenticated timestamp with time zone NOT NULL,
    id_token text,
    made timestamp with time zone NOT NULL,
    revoked timestamp with time zone
);

CREATE TABLE public.login_refresh (
    secret bytea NOT NULL,
    granted uuid NOT NULL,
    until timestamp with time zone NOT NULL,
    used timestamp with time zone
);

CREATE TABLE public.look (
    patient uuid NOT NULL,
    agent integer NOT NULL,
    purpose integer NOT NULL,
    system boolean NOT NULL,
    began timestamp with time zone NOT NULL,
    ended timestamp with time zone NOT NULL,
    saw text[] NOT NULL,
    changed text[] NOT NULL
);

CREATE TABLE public.look_cursor (
    one boolean DEFAULT true NOT NULL,
    txid bigint NOT NULL,
    CONSTRAINT look_cursor_one_check CHECK (one)
);

CREATE TABLE public.looker (
    patient uuid NOT NULL,
    agent integer NOT NULL,
    last timestamp with time zone NOT NULL
);

CREATE TABLE public.one_time_code (
    id uuid NOT NULL,
    use text NOT NULL,
    email text NOT NULL,
    code bytea NOT NULL,
    tries smallint DEFAULT 0 NOT NULL,
    until timestamp with time zone NOT NULL
);

CREATE TABLE public.outbox (
    id bigint NOT NULL,
    at timestamp with time zone NOT NULL,
    recipient text NOT NULL,
    subject text NOT NULL,
    body text NOT NULL
);

ALTER TABLE public.outbox ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.outbox_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.own_link (
    id uuid NOT NULL,
    kind text NOT NULL,
    holder uuid NOT NULL,
    patient uuid NOT NULL,
    since timestamp with time zone NOT NULL,
    until timestamp with time zone,
    CONSTRAINT own_link_kind_check CHECK ((kind = ANY (ARRAY['self-claimed'::text, 'emergency'::text, 'proxy'::text])))
);

CREATE TABLE public.passkey (
    id bytea NOT NULL,
    account text NOT NULL,
    public_key bytea NOT NULL,
    count bigint NOT NULL,
    bound boolean NOT NULL,
    name text NOT NULL,
    made timestamp with time zone NOT NULL,
    used timestamp with time zone
);

CREATE TABLE public.person_closed (
    person text NOT NULL,
    key uuid NOT NULL,
    at timestamp with time zone NOT NULL,
    by_kind text NOT NULL,
    by_id text NOT NULL,
    by_name text NOT NULL,
    why text NOT NULL,
    reason text NOT NULL,
    state text NOT NULL,
    CONSTRAINT person_closed_state_check CHECK ((state = ANY (ARRAY['closing'::text, 'closed'::text])))
);

CREATE TABLE public.person_correction (
    id uuid NOT NULL,
    type text NOT NULL,
    row_id text NOT NULL,
    wrong text NOT NULL,
    right_person text NOT NULL,
    before integer NOT NULL,
    after integer NOT NULL,
    at timestamp with time zone NOT NULL,
    by_kind text NOT NULL,
    by_id text NOT NULL,
    by_name text NOT NULL,
    reason text NOT NULL,
    kind text DEFAULT 'moved'::text NOT NULL,
    undone timestamp with time zone,
    undone_by text DEFAULT ''::text NOT NULL,
    CONSTRAINT person_correction_kind_check CHECK ((kind = ANY (ARRAY['moved'::text, 'set-aside'::text])))
);

CREATE TABLE public.person_cursor (
    one boolean DEFAULT true NOT NULL,
    cursor text NOT NULL,
    CONSTRAINT person_cursor_one_check CHECK (one)
);

CREATE TABLE public.person_decision (
    first text NOT NULL,
    second text NOT NULL,
    decision text NOT NULL,
    reason text NOT NULL,
    task text NOT NULL,
    at timestamp with time zone NOT NULL,
    by_kind text NOT NULL,
    by_id text NOT NULL,
    by_name text NOT NULL,
    id bigint NOT NULL,
    CONSTRAINT person_decision_check CHECK ((first < second)),
    CONSTRAINT person_decision_decision_check CHECK ((decision = ANY (ARRAY['same'::text, 'different'::text, 'unsure'::text])))
);

ALTER TABLE public.person_decision ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.person_decision_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.person_merge (
    id uuid NOT NULL,
    survivor text NOT NULL,
    merged text NOT NULL,
    survivor_before integer NOT NULL,
    merged_before integer NOT NULL,
    survivor_after integer,
    merged_after integer,
    at timestamp with time zone NOT NULL,
    by_kind text NOT NULL,
    by_id text NOT NULL,
    by_name text NOT NULL,
    reason text NOT NULL,
    state text NOT NULL,
    undone timestamp with time zone,
    turn bigint NOT NULL,
    undone_by text DEFAULT ''::text NOT NULL,
    undone_reason text DEFAULT ''::text NOT NULL,
    CONSTRAINT person_merge_state_check CHECK ((state = ANY (ARRAY['moving'::text, 'merged'::text, 'undoing'::text, 'undone'::text])))
);

ALTER TABLE public.person_merge ALTER COLUMN turn ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.person_merge_turn_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.person_moved (
    merge uuid NOT NULL,
    type text NOT NULL,
    id text NOT NULL,
    before integer NOT NULL,
    after integer NOT NULL
);

CREATE TABLE public.person_stated (
    merged text NOT NULL,
    survivor text NOT NULL,
    followed boolean NOT NULL,
    turn bigint NOT NULL
);

ALTER TABLE public.person_stated ALTER COLUMN turn ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.person_stated_turn_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.proofing (
    id uuid NOT NULL,
    account text NOT NULL,
    name text NOT NULL,
    born text NOT NULL,
    kind text NOT NULL,
    document text,
    face text,
    key bytea,
    made timestamp with time zone NOT NULL,
    decided timestamp with time zone,
    by_account text,
    proven boolean,
    reason text
);

CREATE TABLE public.proxy (
    id uuid NOT NULL,
    proxy text NOT NULL,
    person text NOT NULL,
    relation text NOT NULL,
    rights text[] NOT NULL,
    granted_by text NOT NULL,
    reason text NOT NULL,
    ended timestamp with time zone,
    ended_by text,
    ended_reason text
);

CREATE TABLE public.proxy_request (
    id uuid NOT NULL,
    account text NOT NULL,
    proxy text NOT NULL,
    proxy_name text NOT NULL,
    person text NOT NULL,
    person_name text NOT NULL,
    organisation text NOT NULL,
    born date,
    relation text NOT NULL,
    rights text[] NOT NULL,
    words text NOT NULL,
    until date,
    made timestamp with time zone NOT NULL,
    decided timestamp with time zone,
    granted boolean,
    reason text
);

CREATE TABLE public.purpose (
    n integer NOT NULL,
    purpose text NOT NULL
);

COMMENT ON TABLE public.purpose IS 'insert only: the audit names these purposes by number';

ALTER TABLE public.purpose ALTER COLUMN n ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.purpose_n_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.refusal (
    patient uuid NOT NULL,
    kind text NOT NULL
);

CREATE TABLE public.register_entry (
    id uuid NOT NULL,
    register text NOT NULL,
    organisation text NOT NULL,
    form text NOT NULL,
    form_version text NOT NULL,
    title text NOT NULL,
    state text NOT NULL,
    answers jsonb NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    opened timestamp with time zone NOT NULL,
    changed timestamp with time zone NOT NULL,
    due timestamp with time zone,
    review date
);

CREATE TABLE public.register_event (
    entry uuid NOT NULL,
    version integer NOT NULL,
    at timestamp with time zone NOT NULL,
    actor text NOT NULL,
    name text NOT NULL,
    role text NOT NULL,
    what text NOT NULL,
    state text NOT NULL,
    note text NOT NULL,
    answers jsonb NOT NULL
);

COMMENT ON TABLE public.register_event IS 'insert only: the ledger of what was decided and by whom';

CREATE TABLE public.register_evidence (
    id uuid NOT NULL,
    entry uuid NOT NULL,
    name text NOT NULL,
    place text NOT NULL,
    review date,
    added timestamp with time zone NOT NULL,
    added_by text NOT NULL
);

CREATE TABLE public.registered_client (
    id text NOT NULL,
    name text NOT NULL,
    use text NOT NULL,
    authentication text NOT NULL,
    status text NOT NULL,
    redirects text[] NOT NULL,
    scopes text[] NOT NULL,
    origins text[] NOT NULL,
    jwks jsonb,
    jwks_uri text,
    launch text,
    extra jsonb DEFAULT '{}'::jsonb NOT NULL,
    registered timestamp with time zone NOT NULL,
    registered_by text NOT NULL,
    decided timestamp with time zone,
    decided_by text,
    CONSTRAINT registered_client_authentication_check CHECK ((authentication = ANY (ARRAY['none'::text, 'private_key_jwt'::text]))),
    CONSTRAINT registered_client_status_check CHECK ((status = ANY (ARRAY['pending'::text, 'approved'::text, 'revoked'::text])))
);

CREATE TABLE public.relationship_origin (
    origin bigint NOT NULL,
    holder uuid NOT NULL,
    patient uuid NOT NULL,
    kind text NOT NULL,
    since timestamp with time zone NOT NULL,
    until timestamp with time zone
);

CREATE TABLE public.resource (
    rkey bigint NOT NULL,
    txid xid8 DEFAULT pg_current_xact_id() NOT NULL,
    code bigint,
    low timestamp with time zone,
    high timestamp with time zone,
    last_updated timestamp with time zone NOT NULL,
    present bigint NOT NULL,
    version integer NOT NULL,
    labels integer NOT NULL,
    agent integer NOT NULL,
    source integer,
    bucket smallint NOT NULL,
    enc smallint NOT NULL,
    patient uuid,
    deleted boolean DEFAULT false NOT NULL,
    type text NOT NULL COLLATE pg_catalog."C",
    id text NOT NULL COLLATE pg_catalog."C",
    patients uuid[],
    tokens bigint[],
    content bytea,
    sealer uuid
)
PARTITION BY LIST (type);
ALTER TABLE ONLY public.resource ALTER COLUMN content SET STORAGE EXTERNAL;

CREATE TABLE public.resource_appointment (
    rkey bigint CONSTRAINT resource_rkey_not_null NOT NULL,
    txid xid8 DEFAULT pg_current_xact_id() CONSTRAINT resource_txid_not_null NOT NULL,
    code bigint,
    low timestamp with time zone,
    high timestamp with time zone,
    last_updated timestamp with time zone CONSTRAINT resource_last_updated_not_null NOT NULL,
    present bigint CONSTRAINT resource_present_not_null NOT NULL,
    version integer CONSTRAINT resource_version_not_null NOT NULL,
    labels integer CONSTRAINT resource_labels_not_null NOT NULL,
    agent integer CONSTRAINT resource_agent_not_null NOT NULL,
    source integer,
    bucket smallint CONSTRAINT resource_bucket_not_null NOT NULL,
    enc smallint CONSTRAINT resource_enc_not_null NOT NULL,
    patient uuid,
    deleted boolean DEFAULT false CONSTRAINT resource_deleted_not_null NOT NULL,
    type text CONSTRAINT resource_type_not_null NOT NULL COLLATE pg_catalog."C",
    id text CONSTRAINT resource_id_not_null NOT NULL COLLATE pg_catalog."C",
    patients uuid[],
    tokens bigint[],
    content bytea,
    sealer uuid
)
WITH (fillfactor='85', autovacuum_vacuum_scale_factor='0.05', autovacuum_vacuum_threshold='500', autovacuum_vacuum_cost_delay='0', autovacuum_analyze_scale_factor='0.1');
ALTER TABLE ONLY public.resource_appointment ALTER COLUMN tokens SET STATISTICS 1000;
ALTER TABLE ONLY public.resource_appointment ALTER COLUMN content SET STORAGE EXTERNAL;

CREATE TABLE public.resource_condition (
    rkey bigint CONSTRAINT resource_rkey_not_null NOT NULL,
    txid xid8 DEFAULT pg_current_xact_id() CONSTRAINT resource_txid_not_null NOT NULL,
    code bigint,
    low timestamp with time zone,
    high timestamp with time zone,
    last_updated timestamp with time zone CONSTRAINT resource_last_updated_not_null NOT NULL,
    present bigint CONSTRAINT resource_present_not_null NOT NULL,
    version integer CONSTRAINT resource_version_not_null NOT NULL,
    labels integer CONSTRAINT resource_labels_not_null NOT NULL,
    agent integer CONSTRAINT resource_agent_not_null NOT NULL,
    source integer,
    bucket smallint CONSTRAINT resource_bucket_not_null NOT NULL,
    enc smallint CONSTRAINT resource_enc_not_null NOT NULL,
    patient uuid,
    deleted boolean DEFAULT false CONSTRAINT resource_deleted_not_null NOT NULL,
    type text CONSTRAINT resource_type_not_null NOT NULL COLLATE pg_catalog."C",
    id text CONSTRAINT resource_id_not_null NOT NULL COLLATE pg_catalog."C",
    patients uuid[],
    tokens bigint[],
    content bytea,
    sealer uuid
);
ALTER TABLE ONLY public.resource_condition ALTER COLUMN tokens SET STATISTICS 1000;
ALTER TABLE ONLY public.resource_condition ALTER COLUMN content SET STORAGE EXTERNAL;

CREATE TABLE public.resource_default (
    rkey bigint CONSTRAINT resource_rkey_not_null NOT NULL,
    txid xid8 DEFAULT pg_current_xact_id() CONSTRAINT resource_txid_not_null NOT NULL,
    code bigint,
    low timestamp with time zone,
    high timestamp with time zone,
    last_updated timestamp with time zone CONSTRAINT resource_last_updated_not_null NOT NULL,
    present bigint CONSTRAINT resource_present_not_null NOT NULL,
    version integer CONSTRAINT resource_version_not_null NOT NULL,
    labels integer CONSTRAINT resource_labels_not_null NOT NULL,
    agent integer CONSTRAINT resource_agent_not_null NOT NULL,
    source integer,
    bucket smallint CONSTRAINT resource_bucket_not_null NOT NULL,
    enc smallint CONSTRAINT resource_enc_not_null NOT NULL,
    patient uuid,
    deleted boolean DEFAULT false CONSTRAINT resource_deleted_not_null NOT NULL,
    type text CONSTRAINT resource_type_not_null NOT NULL COLLATE pg_catalog."C",
    id text CONSTRAINT resource_id_not_null NOT NULL COLLATE pg_catalog."C",
    patients uuid[],
    tokens bigint[],
    content bytea,
    sealer uuid
);
ALTER TABLE ONLY public.resource_default ALTER COLUMN tokens SET STATISTICS 1000;
ALTER TABLE ONLY public.resource_default ALTER COLUMN content SET STORAGE EXTERNAL;

CREATE TABLE public.resource_diagnosticreport (
    rkey bigint CONSTRAINT resource_rkey_not_null NOT NULL,
    txid xid8 DEFAULT pg_current_xact_id() CONSTRAINT resource_txid_not_null NOT NULL,
    code bigint,
    low timestamp with time zone,
    high timestamp with time zone,
    last_updated timestamp with time zone CONSTRAINT resource_last_updated_not_null NOT NULL,
    present bigint CONSTRAINT resource_present_not_null NOT NULL,
    version integer CONSTRAINT resource_version_not_null NOT NULL,
    labels integer CONSTRAINT resource_labels_not_null NOT NULL,
    agent integer CONSTRAINT resource_agent_not_null NOT NULL,
    source integer,
    bucket smallint CONSTRAINT resource_bucket_not_null NOT NULL,
    enc smallint CONSTRAINT resource_enc_not_null NOT NULL,
    patient uuid,
    deleted boolean DEFAULT false CONSTRAINT resource_deleted_not_null NOT NULL,
    type text CONSTRAINT resource_type_not_null NOT NULL COLLATE pg_catalog."C",
    id text CONSTRAINT resource_id_not_null NOT NULL COLLATE pg_catalog."C",
    patients uuid[],
    tokens bigint[],
    content bytea,
    sealer uuid
);
ALTER TABLE ONLY public.resource_diagnosticreport ALTER COLUMN tokens SET STATISTICS 1000;
ALTER TABLE ONLY public.resource_diagnosticreport ALTER COLUMN content SET STORAGE EXTERNAL;

CREATE TABLE public.resource_documentreference (
    rkey bigint CONSTRAINT resource_rkey_not_null NOT NULL,
    txid xid8 DEFAULT pg_current_xact_id() CONSTRAINT resource_txid_not_null NOT NULL,
    code bigint,
    low timestamp with time zone,
    high timestamp with time zone,
    last_updated timestamp with time zone CONSTRAINT resource_last_updated_not_null NOT NULL,
    present bigint CONSTRAINT resource_present_not_null NOT NULL,
    version integer CONSTRAINT resource_version_not_null NOT NULL,
    labels integer CONSTRAINT resource_labels_not_null NOT NULL,
    agent integer CONSTRAINT resource_agent_not_null NOT NULL,
    source integer,
    bucket smallint CONSTRAINT resource_bucket_not_null NOT NULL,
    enc smallint CONSTRAINT resource_enc_not_null NOT NULL,
    patient uuid,
    deleted boolean DEFAULT false CONSTRAINT resource_deleted_not_null NOT NULL,
    type text CONSTRAINT resource_type_not_null NOT NULL COLLATE pg_catalog."C",
    id text CONSTRAINT resource_id_not_null NOT NULL COLLATE pg_catalog."C",
    patients uuid[],
    tokens bigint[],
    content bytea,
    sealer uuid
);
ALTER TABLE ONLY public.resource_documentreference ALTER COLUMN tokens SET STATISTICS 1000;
ALTER TABLE ONLY public.resource_documentreference ALTER COLUMN content SET STORAGE EXTERNAL;

CREATE TABLE public.resource_encounter (
    rkey bigint CONSTRAINT resource_rkey_not_null NOT NULL,
    txid xid8 DEFAULT pg_current_xact_id() CONSTRAINT resource_txid_not_null NOT NULL,
    code bigint,
    low timestamp with time zone,
    high timestamp with time zone,
    last_updated timestamp with time zone CONSTRAINT resource_last_updated_not_null NOT NULL,
    present bigint CONSTRAINT resource_present_not_null NOT NULL,
    version integer CONSTRAINT resource_version_not_null NOT NULL,
    labels integer CONSTRAINT resource_labels_not_null NOT NULL,
    agent integer CONSTRAINT resource_agent_not_null NOT NULL,
    source integer,
    bucket smallint CONSTRAINT resource_bucket_not_null NOT NULL,
    enc smallint CONSTRAINT resource_enc_not_null NOT NULL,
    patient uuid,
    deleted boolean DEFAULT false CONSTRAINT resource_deleted_not_null NOT NULL,
    type text CONSTRAINT resource_type_not_null NOT NULL COLLATE pg_catalog."C",
    id text CONSTRAINT resource_id_not_null NOT NULL COLLATE pg_catalog."C",
    patients uuid[],
    tokens bigint[],
    content bytea,
    sealer uuid
)
WITH (fillfactor='85', autovacuum_vacuum_scale_factor='0.05', autovacuum_vacuum_threshold='500', autovacuum_vacuum_cost_delay='0', autovacuum_analyze_scale_factor='0.1');
ALTER TABLE ONLY public.resource_encounter ALTER COLUMN tokens SET STATISTICS 1000;
ALTER TABLE ONLY public.resource_encounter ALTER COLUMN content SET STORAGE EXTERNAL;

CREATE TABLE public.resource_history (
    rkey bigint NOT NULL,
    txid xid8 NOT NULL,
    last_updated timestamp with time zone NOT NULL,
    version integer NOT NULL,
    labels integer NOT NULL,
    agent integer NOT NULL,
    source integer,
    bucket smallint NOT NULL,
    enc smallint NOT NULL,
    patient uuid,
    deleted boolean NOT NULL,
    type text NOT NULL COLLATE pg_catalog."C",
    id text NOT NULL COLLATE pg_catalog."C",
    patients uuid[],
    content bytea,
    sealer uuid
)
PARTITION BY RANGE (last_updated);
ALTER TABLE ONLY public.resource_history ALTER COLUMN content SET STORAGE EXTERNAL;

CREATE TABLE public.resource_history_default (
    rkey bigint CONSTRAINT resource_history_rkey_not_null NOT NULL,
    txid xid8 CONSTRAINT resource_history_txid_not_null NOT NULL,
    last_updated timestamp with time zone CONSTRAINT resource_history_last_updated_not_null NOT NULL,
    version integer CONSTRAINT resource_history_version_not_null NOT NULL,
    labels integer CONSTRAINT resource_history_labels_not_null NOT NULL,
    agent integer CONSTRAINT resource_history_agent_not_null NOT NULL,
    source integer,
    bucket smallint CONSTRAINT resource_history_bucket_not_null NOT NULL,
    enc smallint CONSTRAINT resource_history_enc_not_null NOT NULL,
    patient uuid,
    deleted boolean CONSTRAINT resource_history_deleted_not_null NOT NULL,
    type text CONSTRAINT resource_history_type_not_null NOT NULL COLLATE pg_catalog."C",
    id text CONSTRAINT resource_history_id_not_null NOT NULL COLLATE pg_catalog."C",
    patients uuid[],
    content bytea,
    sealer uuid
);
ALTER TABLE ONLY public.resource_history_default ALTER COLUMN content SET STORAGE EXTERNAL;

CREATE TABLE public.resource_immunization (
    rkey bigint CONSTRAINT resource_rkey_not_null NOT NULL,
    txid xid8 DEFAULT pg_current_xact_id() CONSTRAINT resource_txid_not_null NOT NULL,
    code bigint,
    low timestamp with time zone,
    high timestamp with time zone,
    last_updated timestamp with time zone CONSTRAINT resource_last_updated_not_null NOT NULL,
    present bigint CONSTRAINT resource_present_not_null NOT NULL,
    version integer CONSTRAINT resource_version_not_null NOT NULL,
    labels integer CONSTRAINT resource_labels_not_null NOT NULL,
    agent integer CONSTRAINT resource_agent_not_null NOT NULL,
    source integer,
    bucket smallint CONSTRAINT resource_bucket_not_null NOT NULL,
    enc smallint CONSTRAINT resource_enc_not_null NOT NULL,
    patient uuid,
    deleted boolean DEFAULT false CONSTRAINT resource_deleted_not_null NOT NULL,
    type text CONSTRAINT resource_type_not_null NOT NULL COLLATE pg_catalog."C",
    id text CONSTRAINT resource_id_not_null NOT NULL COLLATE pg_catalog."C",
    patients uuid[],
    tokens bigint[],
    content bytea,
    sealer uuid
);
ALTER TABLE ONLY public.resource_immunization ALTER COLUMN tokens SET STATISTICS 1000;
ALTER TABLE ONLY public.resource_immunization ALTER COLUMN content SET STORAGE EXTERNAL;

CREATE TABLE public.resource_medicationrequest (
    rkey bigint CONSTRAINT resource_rkey_not_null NOT NULL,
    txid xid8 DEFAULT pg_current_xact_id() CONSTRAINT resource_txid_not_null NOT NULL,
    code bigint,
    low timestamp with time zone,
    high timestamp with time zone,
    last_updated timestamp with time zone CONSTRAINT resource_last_updated_not_null NOT NULL,
    present bigint CONSTRAINT resource_present_not_null NOT NULL,
    version integer CONSTRAINT resource_version_not_null NOT NULL,
    labels integer CONSTRAINT resource_labels_not_null NOT NULL,
    agent integer CONSTRAINT resource_agent_not_null NOT NULL,
    source integer,
    bucket smallint CONSTRAINT resource_bucket_not_null NOT NULL,
    enc smallint CONSTRAINT resource_enc_not_null NOT NULL,
    patient uuid,
    deleted boolean DEFAULT false CONSTRAINT resource_deleted_not_null NOT NULL,
    type text CONSTRAINT resource_type_not_null NOT NULL COLLATE pg_catalog."C",
    id text CONSTRAINT resource_id_not_null NOT NULL COLLATE pg_catalog."C",
    patients uuid[],
    tokens bigint[],
    content bytea,
    sealer uuid
);
ALTER TABLE ONLY public.resource_medicationrequest ALTER COLUMN tokens SET STATISTICS 1000;
ALTER TABLE ONLY public.resource_medicationrequest ALTER COLUMN content SET STORAGE EXTERNAL;

CREATE TABLE public.resource_observation (
    rkey bigint CONSTRAINT resource_rkey_not_null NOT NULL,
    txid xid8 DEFAULT pg_current_xact_id() CONSTRAINT resource_txid_not_null NOT NULL,
    code bigint,
    low timestamp with time zone,
    high timestamp with time zone,
    last_updated timestamp with time zone CONSTRAINT resource_last_updated_not_null NOT NULL,
    present bigint CONSTRAINT resource_present_not_null NOT NULL,
    version integer CONSTRAINT resource_version_not_null NOT NULL,
    labels integer CONSTRAINT resource_labels_not_null NOT NULL,
    agent integer CONSTRAINT resource_agent_not_null NOT NULL,
    source integer,
    bucket smallint CONSTRAINT resource_bucket_not_null NOT NULL,
    enc smallint CONSTRAINT resource_enc_not_null NOT NULL,
    patient uuid,
    deleted boolean DEFAULT false CONSTRAINT resource_deleted_not_null NOT NULL,
    type text CONSTRAINT resource_type_not_null NOT NULL COLLATE pg_catalog."C",
    id text CONSTRAINT resource_id_not_null NOT NULL COLLATE pg_catalog."C",
    patients uuid[],
    tokens bigint[],
    content bytea,
    sealer uuid
);
ALTER TABLE ONLY public.resource_observation ALTER COLUMN tokens SET STATISTICS 1000;
ALTER TABLE ONLY public.resource_observation ALTER COLUMN content SET STORAGE EXTERNAL;

CREATE TABLE public.resource_patient (
    rkey bigint CONSTRAINT resource_rkey_not_null NOT NULL,
    txid xid8 DEFAULT pg_current_xact_id() CONSTRAINT resource_txid_not_null NOT NULL,
    code bigint,
    low timestamp with time zone,
    high timestamp with time zone,
    last_updated timestamp with time zone CONSTRAINT resource_last_updated_not_null NOT NULL,
    present bigint CONSTRAINT resource_present_not_null NOT NULL,
    version integer CONSTRAINT resource_version_not_null NOT NULL,
    labels integer CONSTRAINT resource_labels_not_null NOT NULL,
    agent integer CONSTRAINT resource_agent_not_null NOT NULL,
    source integer,
    bucket smallint CONSTRAINT resource_bucket_not_null NOT NULL,
    enc smallint CONSTRAINT resource_enc_not_null NOT NULL,
    patient uuid,
    deleted boolean DEFAULT false CONSTRAINT resource_deleted_not_null NOT NULL,
    type text CONSTRAINT resource_type_not_null NOT NULL COLLATE pg_catalog."C",
    id text CONSTRAINT resource_id_not_null NOT NULL COLLATE pg_catalog."C",
    patients uuid[],
    tokens bigint[],
    content bytea,
    sealer uuid
)
WITH (fillfactor='85', autovacuum_vacuum_scale_factor='0.05', autovacuum_vacuum_threshold='500', autovacuum_vacuum_cost_delay='0', autovacuum_analyze_scale_factor='0.1');
ALTER TABLE ONLY public.resource_patient ALTER COLUMN tokens SET STATISTICS 1000;
ALTER TABLE ONLY public.resource_patient ALTER COLUMN content SET STORAGE EXTERNAL;

CREATE TABLE public.resource_procedure (
    rkey bigint CONSTRAINT resource_rkey_not_null NOT NULL,
    txid xid8 DEFAULT pg_current_xact_id() CONSTRAINT resource_txid_not_null NOT NULL,
    code bigint,
    low timestamp with time zone,
    high timestamp with time zone,
    last_updated timestamp with time zone CONSTRAINT resource_last_updated_not_null NOT NULL,
    present bigint CONSTRAINT resource_present_not_null NOT NULL,
    version integer CONSTRAINT resource_version_not_null NOT NULL,
    labels integer CONSTRAINT resource_labels_not_null NOT NULL,
    agent integer CONSTRAINT resource_agent_not_null NOT NULL,
    source integer,
    bucket smallint CONSTRAINT resource_bucket_not_null NOT NULL,
    enc smallint CONSTRAINT resource_enc_not_null NOT NULL,
    patient uuid,
    deleted boolean DEFAULT false CONSTRAINT resource_deleted_not_null NOT NULL,
    type text CONSTRAINT resource_type_not_null NOT NULL COLLATE pg_catalog."C",
    id text CONSTRAINT resource_id_not_null NOT NULL COLLATE pg_catalog."C",
    patients uuid[],
    tokens bigint[],
    content bytea,
    sealer uuid
);
ALTER TABLE ONLY public.resource_procedure ALTER COLUMN tokens SET STATISTICS 1000;
ALTER TABLE ONLY public.resource_procedure ALTER COLUMN content SET STORAGE EXTERNAL;

CREATE TABLE public.resource_questionnaireresponse (
    rkey bigint CONSTRAINT resource_rkey_not_null NOT NULL,
    txid xid8 DEFAULT pg_current_xact_id() CONSTRAINT resource_txid_not_null NOT NULL,
    code bigint,
    low timestamp with time zone,
    high timestamp with time zone,
    last_updated timestamp with time zone CONSTRAINT resource_last_updated_not_null NOT NULL,
    present bigint CONSTRAINT resource_present_not_null NOT NULL,
    version integer CONSTRAINT resource_version_not_null NOT NULL,
    labels integer CONSTRAINT resource_labels_not_null NOT NULL,
    agent integer CONSTRAINT resource_agent_not_null NOT NULL,
    source integer,
    bucket smallint CONSTRAINT resource_bucket_not_null NOT NULL,
    enc smallint CONSTRAINT resource_enc_not_null NOT NULL,
    patient uuid,
    deleted boolean DEFAULT false CONSTRAINT resource_deleted_not_null NOT NULL,
    type text CONSTRAINT resource_type_not_null NOT NULL COLLATE pg_catalog."C",
    id text CONSTRAINT resource_id_not_null NOT NULL COLLATE pg_catalog."C",
    patients uuid[],
    tokens bigint[],
    content bytea,
    sealer uuid
);
ALTER TABLE ONLY public.resource_questionnaireresponse ALTER COLUMN tokens SET STATISTICS 1000;
ALTER TABLE ONLY public.resource_questionnaireresponse ALTER COLUMN content SET STORAGE EXTERNAL;

CREATE TABLE public.resource_servicerequest (
    rkey bigint CONSTRAINT resource_rkey_not_null NOT NULL,
    txid xid8 DEFAULT pg_current_xact_id() CONSTRAINT resource_txid_not_null NOT NULL,
    code bigint,
    low timestamp with time zone,
    high timestamp with time zone,
    last_updated timestamp with time zone CONSTRAINT resource_last_updated_not_null NOT NULL,
    present bigint CONSTRAINT resource_present_not_null NOT NULL,
    version integer CONSTRAINT resource_version_not_null NOT NULL,
    labels integer CONSTRAINT resource_labels_not_null NOT NULL,
    agent integer CONSTRAINT resource_agent_not_null NOT NULL,
    source integer,
    bucket smallint CONSTRAINT resource_bucket_not_null NOT NULL,
    enc smallint CONSTRAINT resource_enc_not_null NOT NULL,
    patient uuid,
    deleted boolean DEFAULT false CONSTRAINT resource_deleted_not_null NOT NULL,
    type text CONSTRAINT resource_type_not_null NOT NULL COLLATE pg_catalog."C",
    id text CONSTRAINT resource_id_not_null NOT NULL COLLATE pg_catalog."C",
    patients uuid[],
    tokens bigint[],
    content bytea,
    sealer uuid
)
WITH (fillfactor='85', autovacuum_vacuum_scale_factor='0.05', autovacuum_vacuum_threshold='500', autovacuum_vacuum_cost_delay='0', autovacuum_analyze_scale_factor='0.1');
ALTER TABLE ONLY public.resource_servicerequest ALTER COLUMN tokens SET STATISTICS 1000;
ALTER TABLE ONLY public.resource_servicerequest ALTER COLUMN content SET STORAGE EXTERNAL;

CREATE TABLE public.resource_task (
    rkey bigint CONSTRAINT resource_rkey_not_null NOT NULL,
    txid xid8 DEFAULT pg_current_xact_id() CONSTRAINT resource_txid_not_null NOT NULL,
    code bigint,
    low timestamp with time zone,
    high timestamp with time zone,
    last_updated timestamp with time zone CONSTRAINT resource_last_updated_not_null NOT NULL,
    present bigint CONSTRAINT resource_present_not_null NOT NULL,
    version integer CONSTRAINT resource_version_not_null NOT NULL,
    labels integer CONSTRAINT resource_labels_not_null NOT NULL,
    agent integer CONSTRAINT resource_agent_not_null NOT NULL,
    source integer,
    bucket smallint CONSTRAINT resource_bucket_not_null NOT NULL,
    enc smallint CONSTRAINT resource_enc_not_null NOT NULL,
    patient uuid,
    deleted boolean DEFAULT false CONSTRAINT resource_deleted_not_null NOT NULL,
    type text CONSTRAINT resource_type_not_null NOT NULL COLLATE pg_catalog."C",
    id text CONSTRAINT resource_id_not_null NOT NULL COLLATE pg_catalog."C",
    patients uuid[],
    tokens bigint[],
    content bytea,
    sealer uuid
)
WITH (fillfactor='85', autovacuum_vacuum_scale_factor='0.05', autovacuum_vacuum_threshold='500', autovacuum_vacuum_cost_delay='0', autovacuum_analyze_scale_factor='0.1');
ALTER TABLE ONLY public.resource_task ALTER COLUMN tokens SET STATISTICS 1000;
ALTER TABLE ONLY public.resource_task ALTER COLUMN content SET STORAGE EXTERNAL;

CREATE TABLE public.restricted_person (
    patient uuid NOT NULL
);

CREATE SEQUENCE public.rkey_seq
    START WITH 1000
    INCREMENT BY 1000
    MINVALUE 1000
    NO MAXVALUE
    CACHE 1;

CREATE TABLE public.search_parameter (
    url text NOT NULL,
    id text NOT NULL,
    version integer NOT NULL,
    definition text NOT NULL,
    types text[] NOT NULL,
    state text NOT NULL,
    reason text DEFAULT ''::text NOT NULL,
    since timestamp with time zone NOT NULL,
    horizon xid8,
    place bigint DEFAULT 0 NOT NULL,
    rows bigint,
    looked bigint DEFAULT 0 NOT NULL,
    found bigint DEFAULT 0 NOT NULL,
    finished timestamp with time zone,
    CONSTRAINT search_parameter_state_check CHECK ((state = ANY (ARRAY['starting'::text, 'indexing'::text, 'ready'::text, 'refused'::text])))
);

CREATE TABLE public.session (
    secret bytea NOT NULL,
    id uuid NOT NULL,
    account text NOT NULL,
    "position" smallint DEFAULT 0 NOT NULL,
    started timestamp with time zone NOT NULL,
    expires timestamp with time zone NOT NULL,
    limits timestamp with time zone NOT NULL,
    use text DEFAULT 'apps'::text NOT NULL,
    method text DEFAULT 'demo'::text NOT NULL,
    vot text DEFAULT ''::text NOT NULL,
    level text DEFAULT ''::text NOT NULL,
    authenticated timestamp with time zone,
    confirmed timestamp with time zone,
    acting text DEFAULT ''::text NOT NULL,
    acting_name text DEFAULT ''::text NOT NULL,
    browser text DEFAULT ''::text NOT NULL
);

CREATE TABLE public.signing_key (
    id text NOT NULL,
    algorithm text NOT NULL,
    public jsonb NOT NULL,
    made timestamp with time zone NOT NULL,
    signs timestamp with time zone NOT NULL,
    ends timestamp with time zone
);

CREATE TABLE public.source (
    n integer NOT NULL,
    uri text NOT NULL,
    organisation text DEFAULT ''::text NOT NULL,
    name text DEFAULT ''::text NOT NULL,
    heard timestamp with time zone,
    failed text
);

ALTER TABLE public.source ALTER COLUMN n ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.source_n_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.token (
    secret bytea NOT NULL,
    id uuid NOT NULL,
    client text NOT NULL,
    scopes text NOT NULL,
    purpose text NOT NULL,
    issued_by text NOT NULL,
    issued timestamp with time zone NOT NULL,
    expires timestamp with time zone NOT NULL,
    revoked timestamp with time zone
);

CREATE TABLE public.used_once (
    kind text NOT NULL,
    digest bytea NOT NULL,
    until timestamp with time zone NOT NULL
);

CREATE TABLE public.ward_display (
    id uuid NOT NULL,
    name text NOT NULL,
    ward text NOT NULL,
    ward_name text NOT NULL,
    organisation text NOT NULL,
    organisation_name text NOT NULL,
    made_by text NOT NULL,
    made timestamp with time zone NOT NULL,
    code bytea,
    code_until timestamp with time zone NOT NULL,
    secret bytea,
    enrolled timestamp with time zone,
    until timestamp with time zone,
    ended timestamp with time zone
);

CREATE TABLE public.watch_case (
    id uuid NOT NULL,
    rule text NOT NULL,
    actor text NOT NULL,
    actor_name text NOT NULL,
    role text NOT NULL,
    organisation text NOT NULL,
    organisation_name text NOT NULL,
    patient uuid NOT NULL,
    day date NOT NULL,
    first timestamp with time zone NOT NULL,
    raised timestamp with time zone NOT NULL,
    outcome text,
    words text,
    reviewer text,
    reviewer_name text,
    reviewed timestamp with time zone,
    CONSTRAINT watch_case_outcome_check CHECK ((outcome = ANY (ARRAY['right'::text, 'learning'::text, 'wrong'::text])))
);

CREATE TABLE public.watch_cursor (
    one boolean DEFAULT true NOT NULL,
    txid bigint NOT NULL,
    CONSTRAINT watch_cursor_one_check CHECK (one)
);

ALTER TABLE ONLY public.audit ATTACH PARTITION public.audit_default DEFAULT;

ALTER TABLE ONLY public.resource ATTACH PARTITION public.resource_appointment FOR VALUES IN ('Appointment');

ALTER TABLE ONLY public.resource ATTACH PARTITION public.resource_condition FOR VALUES IN ('Condition');

ALTER TABLE ONLY public.resource ATTACH PARTITION public.resource_default DEFAULT;

ALTER TABLE ONLY public.resource ATTACH PARTITION public.resource_diagnosticreport FOR VALUES IN ('DiagnosticReport');

ALTER TABLE ONLY public.resource ATTACH PARTITION public.resource_documentreference FOR VALUES IN ('DocumentReference');

ALTER TABLE ONLY public.resource ATTACH PARTITION public.resource_encounter FOR VALUES IN ('Encounter');

ALTER TABLE ONLY public.resource_history ATTACH PARTITION public.resource_history_default DEFAULT;

ALTER TABLE ONLY public.resource ATTACH PARTITION public.resource_immunization FOR VALUES IN ('Immunization');

ALTER TABLE ONLY public.resource ATTACH PARTITION public.resource_medicationrequest FOR VALUES IN ('MedicationRequest');

ALTER TABLE ONLY public.resource ATTACH PARTITION public.resource_observation FOR VALUES IN ('Observation');

ALTER TABLE ONLY public.resource ATTACH PARTITION public.resource_patient FOR VALUES IN ('Patient');

ALTER TABLE ONLY public.resource ATTACH PARTITION public.resource_procedure FOR VALUES IN ('Procedure');

ALTER TABLE ONLY public.resource ATTACH PARTITION public.resource_questionnaireresponse FOR VALUES IN ('QuestionnaireResponse');

ALTER TABLE ONLY public.resource ATTACH PARTITION public.resource_servicerequest FOR VALUES IN ('ServiceRequest');

ALTER TABLE ONLY public.resource ATTACH PARTITION public.resource_task FOR VALUES IN ('Task');

ALTER TABLE ONLY public.access_cursor
    ADD CONSTRAINT access_cursor_pkey PRIMARY KEY (one);

ALTER TABLE ONLY public.account_event
    ADD CONSTRAINT account_event_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.account
    ADD CONSTRAINT account_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.account_role
    ADD CONSTRAINT account_role_pkey PRIMARY KEY (account, "position");

ALTER TABLE ONLY public.account_subject
    ADD CONSTRAINT account_subject_pkey PRIMARY KEY (issuer, subject);

ALTER TABLE ONLY public.agent
    ADD CONSTRAINT agent_kind_id_name_role_organisation_organisation_name_app_key UNIQUE (kind, id, name, role, organisation, organisation_name, app);

ALTER TABLE ONLY public.agent
    ADD CONSTRAINT agent_pkey PRIMARY KEY (n);

ALTER TABLE ONLY public.app_code
    ADD CONSTRAINT app_code_pkey PRIMARY KEY (digest);

ALTER TABLE ONLY public.app_grant
    ADD CONSTRAINT app_grant_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.app_launch
    ADD CONSTRAINT app_launch_pkey PRIMARY KEY (digest);

ALTER TABLE ONLY public.app_refresh
    ADD CONSTRAINT app_refresh_pkey PRIMARY KEY (digest);

ALTER TABLE ONLY public.app_token
    ADD CONSTRAINT app_token_id_key UNIQUE (id);

ALTER TABLE ONLY public.app_token
    ADD CONSTRAINT app_token_pkey PRIMARY KEY (digest);

ALTER TABLE ONLY public.audit_handed
    ADD CONSTRAINT audit_handed_pkey PRIMARY KEY (place, number);

ALTER TABLE ONLY public.audit_link
    ADD CONSTRAINT audit_link_hash_key UNIQUE (hash);

ALTER TABLE ONLY public.audit_link
    ADD CONSTRAINT audit_link_pkey PRIMARY KEY (number);

ALTER TABLE ONLY public.audit_statement_handed
    ADD CONSTRAINT audit_statement_handed_pkey PRIMARY KEY (place, id);

ALTER TABLE ONLY public.audit_statement
    ADD CONSTRAINT audit_statement_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.authorisation
    ADD CONSTRAINT authorisation_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.bevan_job
    ADD CONSTRAINT bevan_job_pkey PRIMARY KEY (name);

ALTER TABLE ONLY public.bevan_mark
    ADD CONSTRAINT bevan_mark_pkey PRIMARY KEY (name);

ALTER TABLE ONLY public.bevan_migration
    ADD CONSTRAINT bevan_migration_pkey PRIMARY KEY (package, number);

ALTER TABLE ONLY public.challenge
    ADD CONSTRAINT challenge_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.choice
    ADD CONSTRAINT choice_pkey PRIMARY KEY (origin);

ALTER TABLE ONLY public.claim
    ADD CONSTRAINT claim_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.conformance_package
    ADD CONSTRAINT conformance_package_pkey PRIMARY KEY (name, version);

ALTER TABLE ONLY public.content_dict
    ADD CONSTRAINT content_dict_digest_key UNIQUE (digest);

ALTER TABLE ONLY public.content_dict
    ADD CONSTRAINT content_dict_pkey PRIMARY KEY (n);

ALTER TABLE ONLY public.disposal
    ADD CONSTRAINT disposal_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.disposal
    ADD CONSTRAINT disposal_reference_key UNIQUE (reference);

ALTER TABLE ONLY public.errand
    ADD CONSTRAINT errand_pkey PRIMARY KEY (state);

ALTER TABLE ONLY public.feed_epoch
    ADD CONSTRAINT feed_epoch_pkey PRIMARY KEY (epoch);

ALTER TABLE ONLY public.import_ledger
    ADD CONSTRAINT import_ledger_pkey PRIMARY KEY (file, entry);

ALTER TABLE ONLY public.invitation
    ADD CONSTRAINT invitation_pkey PRIMARY KEY (secret);

ALTER TABLE ONLY public.keeping_due
    ADD CONSTRAINT keeping_due_pkey PRIMARY KEY (person);

ALTER TABLE ONLY public.keeping_hold
    ADD CONSTRAINT keeping_hold_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.login_code
    ADD CONSTRAINT login_code_pkey PRIMARY KEY (secret);

ALTER TABLE ONLY public.login_consent
    ADD CONSTRAINT login_consent_pkey PRIMARY KEY (account, client);

ALTER TABLE ONLY public.login_grant
    ADD CONSTRAINT login_grant_id_token_key UNIQUE (id_token);

ALTER TABLE ONLY public.login_grant
    ADD CONSTRAINT login_grant_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.login_refresh
    ADD CONSTRAINT login_refresh_pkey PRIMARY KEY (secret);

ALTER TABLE ONLY public.look_cursor
    ADD CONSTRAINT look_cursor_pkey PRIMARY KEY (one);

ALTER TABLE ONLY public.looker
    ADD CONSTRAINT looker_pkey PRIMARY KEY (patient, agent);

ALTER TABLE ONLY public.one_time_code
    ADD CONSTRAINT one_time_code_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.outbox
    ADD CONSTRAINT outbox_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.own_link
    ADD CONSTRAINT own_link_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.passkey
    ADD CONSTRAINT passkey_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.person_closed
    ADD CONSTRAINT person_closed_key_key UNIQUE (key);

ALTER TABLE ONLY public.person_closed
    ADD CONSTRAINT person_closed_pkey PRIMARY KEY (person);

ALTER TABLE ONLY public.person_correction
    ADD CONSTRAINT person_correction_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.person_cursor
    ADD CONSTRAINT person_cursor_pkey PRIMARY KEY (one);

ALTER TABLE ONLY public.person_decision
    ADD CONSTRAINT person_decision_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.person_merge
    ADD CONSTRAINT person_merge_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.person_moved
    ADD CONSTRAINT person_moved_pkey PRIMARY KEY (merge, type, id);

ALTER TABLE ONLY public.person_stated
    ADD CONSTRAINT person_stated_pkey PRIMARY KEY (merged);

ALTER TABLE ONLY public.proofing
    ADD CONSTRAINT proofing_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.proxy
    ADD CONSTRAINT proxy_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.proxy_request
    ADD CONSTRAINT proxy_request_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.purpose
    ADD CONSTRAINT purpose_pkey PRIMARY KEY (n);

ALTER TABLE ONLY public.purpose
    ADD CONSTRAINT purpose_purpose_key UNIQUE (purpose);

ALTER TABLE ONLY public.refusal
    ADD CONSTRAINT refusal_pkey PRIMARY KEY (patient, kind);

ALTER TABLE ONLY public.register_entry
    ADD CONSTRAINT register_entry_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.register_event
    ADD CONSTRAINT register_event_pkey PRIMARY KEY (entry, version);

ALTER TABLE ONLY public.register_evidence
    ADD CONSTRAINT register_evidence_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.registered_client
    ADD CONSTRAINT registered_client_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.relationship_origin
    ADD CONSTRAINT relationship_origin_pkey PRIMARY KEY (origin, holder, patient, kind);

ALTER TABLE ONLY public.relationship
    ADD CONSTRAINT relationship_pkey PRIMARY KEY (holder, patient, kind, since);

ALTER TABLE ONLY public.restricted_person
    ADD CONSTRAINT restricted_person_pkey PRIMARY KEY (patient);

ALTER TABLE ONLY public.search_parameter
    ADD CONSTRAINT search_parameter_pkey PRIMARY KEY (url);

ALTER TABLE ONLY public.session
    ADD CONSTRAINT session_id_key UNIQUE (id);

ALTER TABLE ONLY public.session
    ADD CONSTRAINT session_pkey PRIMARY KEY (secret);

ALTER TABLE ONLY public.signing_key
    ADD CONSTRAINT signing_key_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.source
    ADD CONSTRAINT source_pkey PRIMARY KEY (n);

ALTER TABLE ONLY public.source
    ADD CONSTRAINT source_uri_key UNIQUE (uri);

ALTER TABLE ONLY public.token
    ADD CONSTRAINT token_id_key UNIQUE (id);

ALTER TABLE ONLY public.token
    ADD CONSTRAINT token_pkey PRIMARY KEY (secret);

ALTER TABLE ONLY public.used_once
    ADD CONSTRAINT used_once_pkey PRIMARY KEY (kind, digest);

ALTER TABLE ONLY public.ward_display
    ADD CONSTRAINT ward_display_code_key UNIQUE (code);

ALTER TABLE ONLY public.ward_display
    ADD CONSTRAINT ward_display_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.ward_display
    ADD CONSTRAINT ward_display_secret_key UNIQUE (secret);

ALTER TABLE ONLY public.watch_case
    ADD CONSTRAINT watch_case_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.watch_case
    ADD CONSTRAINT watch_case_rule_actor_organisation_patient_day_key UNIQUE (rule, actor, organisation, patient, day);

ALTER TABLE ONLY public.watch_cursor
    ADD CONSTRAINT watch_cursor_pkey PRIMARY KEY (one);

CREATE UNIQUE INDEX account_email ON public.account USING btree (email) WHERE ((email IS NOT NULL) AND (closed IS NULL));

CREATE INDEX account_event_account ON public.account_event USING btree (account, id);

CREATE INDEX account_subject_account ON public.account_subject USING btree (account);

CREATE UNIQUE INDEX account_subject_name ON public.account USING btree (subject);

CREATE INDEX app_code_grant ON public.app_code USING btree (app_grant);

CREATE INDEX app_grant_actor ON public.app_grant USING btree (kind, actor);

CREATE INDEX app_grant_client ON public.app_grant USING btree (client);

CREATE INDEX app_grant_until ON public.app_grant USING btree (until);

CREATE INDEX app_refresh_grant ON public.app_refresh USING btree (app_grant);

CREATE INDEX app_token_grant ON public.app_token USING btree (app_grant);

CREATE INDEX attempt_key ON public.attempt USING btree (key, at);

CREATE INDEX audit_agent_at_idx ON ONLY public.audit USING btree (agent, at);

CREATE INDEX audit_at_idx ON ONLY public.audit USING btree (at);

CREATE INDEX audit_default_agent_at_idx ON public.audit_default USING btree (agent, at);

CREATE INDEX audit_default_at_idx ON public.audit_default USING btree (at);

CREATE INDEX audit_disposal_idx ON ONLY public.audit USING btree (disposal) WHERE (disposal IS NOT NULL);

CREATE INDEX audit_default_disposal_idx ON public.audit_default USING btree (disposal) WHERE (disposal IS NOT NULL);

CREATE INDEX audit_patient_at_idx ON ONLY public.audit USING btree (patient, at) WHERE (patient IS NOT NULL);

CREATE INDEX audit_default_patient_at_idx ON public.audit_default USING btree (patient, at) WHERE (patient IS NOT NULL);

CREATE INDEX audit_txid_idx ON ONLY public.audit USING brin (txid) WITH (pages_per_range='32', autosummarize='on');

CREATE INDEX audit_default_txid_idx ON public.audit_default USING brin (txid) WITH (pages_per_range='32', autosummarize='on');

CREATE INDEX choice_patient ON public.choice USING btree (patient);

CREATE INDEX choice_stale ON public.choice USING btree (origin) WHERE stale;

CREATE INDEX claim_actor ON public.claim USING btree (actor);

CREATE INDEX claim_person ON public.claim USING btree (person);

CREATE INDEX claim_waiting ON public.claim USING btree (review_by) WHERE (outcome IS NULL);

CREATE UNIQUE INDEX disposal_person ON public.disposal USING btree (person) WHERE (state = ANY (ARRAY['asked'::text, 'decided'::text, 'told'::text]));

CREATE INDEX idx_code_code_date_rkey_idx ON public.idx_code USING btree (code, date DESC, rkey);

CREATE INDEX idx_code_patient_code_idx ON public.idx_code USING btree (patient, code) WHERE (patient IS NOT NULL);

CREATE INDEX idx_num_hash_lo_rkey_idx ON public.idx_num USING btree (hash, lo, rkey);

CREATE INDEX idx_num_rkey_idx ON public.idx_num USING btree (rkey);

CREATE INDEX idx_str_hash_val_rkey_idx ON public.idx_str USING btree (hash, val, rkey);

CREATE INDEX idx_str_rkey_idx ON public.idx_str USING btree (rkey);

CREATE INDEX keeping_hold_person ON public.keeping_hold USING btree (person) WHERE (lifted IS NULL);

CREATE INDEX login_grant_account ON public.login_grant USING btree (account);

CREATE INDEX look_newest ON public.look USING btree (patient, system, ended DESC, agent DESC, purpose DESC);

CREATE INDEX look_of ON public.look USING btree (patient, agent, purpose, ended);

CREATE INDEX own_link_patient ON public.own_link USING btree (patient);

CREATE INDEX passkey_account ON public.passkey USING btree (account);

CREATE INDEX person_correction_at ON public.person_correction USING btree (at DESC, id);

CREATE INDEX person_correction_right ON public.person_correction USING btree (right_person, at);

CREATE INDEX person_decision_pair ON public.person_decision USING btree (first, second, id);

CREATE INDEX person_merge_at ON public.person_merge USING btree (at DESC, id);

CREATE UNIQUE INDEX person_merge_merged ON public.person_merge USING btree (merged) WHERE (state <> 'undone'::text);

CREATE INDEX person_merge_survivor ON public.person_merge USING btree (survivor);

CREATE INDEX person_merge_turn ON public.person_merge USING btree (turn);

CREATE INDEX person_moved_row ON public.person_moved USING btree (type, id);

CREATE INDEX person_stated_survivor ON public.person_stated USING btree (survivor);

CREATE INDEX person_stated_turn ON public.person_stated USING btree (turn);

CREATE INDEX proofing_made ON public.proofing USING btree (made) WHERE (decided IS NULL);

CREATE UNIQUE INDEX proofing_waiting ON public.proofing USING btree (account) WHERE (decided IS NULL);

CREATE INDEX proxy_person ON public.proxy USING btree (person);

CREATE INDEX proxy_proxy ON public.proxy USING btree (proxy);

CREATE INDEX proxy_request_waiting ON public.proxy_request USING btree (organisation, made) WHERE (decided IS NULL);

CREATE INDEX register_entry_of ON public.register_entry USING btree (organisation, register, opened DESC);

CREATE INDEX register_evidence_of ON public.register_evidence USING btree (entry, added);

CREATE INDEX relationship_origin_patient ON public.relationship_origin USING btree (patient, holder, kind);

CREATE INDEX relationship_patient_holder_idx ON public.relationship USING btree (patient, holder);

CREATE INDEX resource_code_low_idx ON ONLY public.resource USING btree (code, low DESC);

CREATE INDEX resource_appointment_code_low_idx ON public.resource_appointment USING btree (code, low DESC);

CREATE UNIQUE INDEX resource_appointment_id_idx ON public.resource_appointment USING btree (id);

CREATE INDEX resource_last_updated_idx ON ONLY public.resource USING btree (last_updated);

CREATE INDEX resource_appointment_last_updated_idx ON public.resource_appointment USING btree (last_updated);

CREATE INDEX resource_low_idx ON ONLY public.resource USING btree (low DESC);

CREATE INDEX resource_appointment_low_idx ON public.resource_appointment USING btree (low DESC);

CREATE INDEX resource_patient_code_low_idx ON ONLY public.resource USING btree (patient, code, low DESC);

CREATE INDEX resource_appointment_patient_code_low_idx ON public.resource_appointment USING btree (patient, code, low DESC);

CREATE INDEX resource_patient_idx ON ONLY public.resource USING btree (patient) WHERE (labels <> 0);

CREATE INDEX resource_appointment_patient_idx ON public.resource_appointment USING btree (patient) WHERE (labels <> 0);

CREATE INDEX resource_rkey_idx ON ONLY public.resource USING btree (rkey);

CREATE INDEX resource_appointment_rkey_idx ON public.resource_appointment USING btree (rkey);

CREATE INDEX resource_rkey_idx1 ON ONLY public.resource USING btree (rkey) WHERE ((patient IS NULL) AND (patients IS NULL));

CREATE INDEX resource_appointment_rkey_idx1 ON public.resource_appointment USING btree (rkey) WHERE ((patient IS NULL) AND (patients IS NULL));

CREATE INDEX resource_tokens_idx ON ONLY public.resource USING gin (tokens) WITH (fastupdate='on', gin_pending_list_limit='1024');

CREATE INDEX resource_appointment_tokens_idx ON public.resource_appointment USING gin (tokens) WITH (fastupdate='on', gin_pending_list_limit='1024');

CREATE INDEX resource_txid_idx ON ONLY public.resource USING btree (txid);

CREATE INDEX resource_appointment_txid_idx ON public.resource_appointment USING btree (txid);

CREATE INDEX resource_condition_code_low_idx ON public.resource_condition USING btree (code, low DESC);

CREATE UNIQUE INDEX resource_condition_id_idx ON public.resource_condition USING btree (id);

CREATE INDEX resource_condition_last_updated_idx ON public.resource_condition USING btree (last_updated);

CREATE INDEX resource_condition_low_idx ON public.resource_condition USING btree (low DESC);

CREATE INDEX resource_condition_patient_code_low_idx ON public.resource_condition USING btree (patient, code, low DESC);

CREATE INDEX resource_condition_patient_idx ON public.resource_condition USING btree (patient) WHERE (labels <> 0);

CREATE INDEX resource_condition_rkey_idx ON public.resource_condition USING btree (rkey);

CREATE INDEX resource_condition_rkey_idx1 ON public.resource_condition USING btree (rkey) WHERE ((patient IS NULL) AND (patients IS NULL));

CREATE INDEX resource_condition_tokens_idx ON public.resource_condition USING gin (tokens) WITH (fastupdate='on', gin_pending_list_limit='1024');

CREATE INDEX resource_condition_txid_idx ON public.resource_condition USING btree (txid);

CREATE INDEX resource_default_code_low_idx ON public.resource_default USING btree (code, low DESC);

CREATE INDEX resource_default_last_updated_idx ON public.resource_default USING btree (last_updated);

CREATE INDEX resource_default_low_idx ON public.resource_default USING btree (low DESC);

CREATE INDEX resource_default_patient_code_low_idx ON public.resource_default USING btree (patient, code, low DESC);

CREATE INDEX resource_default_patient_idx ON public.resource_default USING btree (patient) WHERE (labels <> 0);

CREATE INDEX resource_default_rkey_idx ON public.resource_default USING btree (rkey);

CREATE INDEX resource_default_rkey_idx1 ON public.resource_default USING btree (rkey) WHERE ((patient IS NULL) AND (patients IS NULL));

CREATE INDEX resource_default_tokens_idx ON public.resource_default USING gin (tokens) WITH (fastupdate='on', gin_pending_list_limit='1024');

CREATE INDEX resource_default_txid_idx ON public.resource_default USING btree (txid);

CREATE UNIQUE INDEX resource_default_type_id_idx ON public.resource_default USING btree (type, id);

CREATE INDEX resource_diagnosticreport_code_low_idx ON public.resource_diagnosticreport USING btree (code, low DESC);

CREATE UNIQUE INDEX resource_diagnosticreport_id_idx ON public.resource_diagnosticreport USING btree (id);

CREATE INDEX resource_diagnosticreport_last_updated_idx ON public.resource_diagnosticreport USING btree (last_updated);

CREATE INDEX resource_diagnosticreport_low_idx ON public.resource_diagnosticreport USING btree (low DESC);

CREATE INDEX resource_diagnosticreport_patient_code_low_idx ON public.resource_diagnosticreport USING btree (patient, code, low DESC);

CREATE INDEX resource_diagnosticreport_patient_idx ON public.resource_diagnosticreport USING btree (patient) WHERE (labels <> 0);

CREATE INDEX resource_diagnosticreport_rkey_idx ON public.resource_diagnosticreport USING btree (rkey);

CREATE INDEX resource_diagnosticreport_rkey_idx1 ON public.resource_diagnosticreport USING btree (rkey) WHERE ((patient IS NULL) AND (patients IS NULL));

CREATE INDEX resource_diagnosticreport_tokens_idx ON public.resource_diagnosticreport USING gin (tokens) WITH (fastupdate='on', gin_pending_list_limit='1024');

CREATE INDEX resource_diagnosticreport_txid_idx ON public.resource_diagnosticreport USING btree (txid);

CREATE INDEX resource_documentreference_code_low_idx ON public.resource_documentreference USING btree (code, low DESC);

CREATE UNIQUE INDEX resource_documentreference_id_idx ON public.resource_documentreference USING btree (id);

CREATE INDEX resource_documentreference_last_updated_idx ON public.resource_documentreference USING btree (last_updated);

CREATE INDEX resource_documentreference_low_idx ON public.resource_documentreference USING btree (low DESC);

CREATE INDEX resource_documentreference_patient_code_low_idx ON public.resource_documentreference USING btree (patient, code, low DESC);

CREATE INDEX resource_documentreference_patient_idx ON public.resource_documentreference USING btree (patient) WHERE (labels <> 0);

CREATE INDEX resource_documentreference_rkey_idx ON public.resource_documentreference USING btree (rkey);

CREATE INDEX resource_documentreference_rkey_idx1 ON public.resource_documentreference USING btree (rkey) WHERE ((patient IS NULL) AND (patients IS NULL));

CREATE INDEX resource_documentreference_tokens_idx ON public.resource_documentreference USING gin (tokens) WITH (fastupdate='on', gin_pending_list_limit='1024');

CREATE INDEX resource_documentreference_txid_idx ON public.resource_documentreference USING btree (txid);

CREATE INDEX resource_encounter_code_low_idx ON public.resource_encounter USING btree (code, low DESC);

CREATE UNIQUE INDEX resource_encounter_id_idx ON public.resource_encounter USING btree (id);

CREATE INDEX resource_encounter_last_updated_idx ON public.resource_encounter USING btree (last_updated);

CREATE INDEX resource_encounter_low_idx ON public.resource_encounter USING btree (low DESC);

CREATE INDEX resource_encounter_patient_code_low_idx ON public.resource_encounter USING btree (patient, code, low DESC);

CREATE INDEX resource_encounter_patient_idx ON public.resource_encounter USING btree (patient) WHERE (labels <> 0);

CREATE INDEX resource_encounter_rkey_idx ON public.resource_encounter USING btree (rkey);

CREATE INDEX resource_encounter_rkey_idx1 ON public.resource_encounter USING btree (rkey) WHERE ((patient IS NULL) AND (patients IS NULL));

CREATE INDEX resource_encounter_tokens_idx ON public.resource_encounter USING gin (tokens) WITH (fastupdate='on', gin_pending_list_limit='1024');

CREATE INDEX resource_encounter_txid_idx ON public.resource_encounter USING btree (txid);

CREATE INDEX resource_history_last_updated_idx ON ONLY public.resource_history USING btree (last_updated);

CREATE INDEX resource_history_default_last_updated_idx ON public.resource_history_default USING btree (last_updated);

CREATE INDEX resource_history_patient_last_updated_idx ON ONLY public.resource_history USING btree (patient, last_updated) WHERE (patient IS NOT NULL);

CREATE INDEX resource_history_default_patient_last_updated_idx ON public.resource_history_default USING btree (patient, last_updated) WHERE (patient IS NOT NULL);

CREATE INDEX resource_history_txid_idx ON ONLY public.resource_history USING btree (txid);

CREATE INDEX resource_history_default_txid_idx ON public.resource_history_default USING btree (txid);

CREATE INDEX resource_history_type_id_version_idx ON ONLY public.resource_history USING btree (type, id, version);

CREATE INDEX resource_history_default_type_id_version_idx ON public.resource_history_default USING btree (type, id, version);

CREATE INDEX resource_immunization_code_low_idx ON public.resource_immunization USING btree (code, low DESC);

CREATE UNIQUE INDEX resource_immunization_id_idx ON public.resource_immunization USING btree (id);

CREATE INDEX resource_immunization_last_updated_idx ON public.resource_immunization USING btree (last_updated);

CREATE INDEX resource_immunization_low_idx ON public.resource_immunization USING btree (low DESC);

CREATE INDEX resource_immunization_patient_code_low_idx ON public.resource_immunization USING btree (patient, code, low DESC);

CREATE INDEX resource_immunization_patient_idx ON public.resource_immunization USING btree (patient) WHERE (labels <> 0);

CREATE INDEX resource_immunization_rkey_idx ON public.resource_immunization USING btree (rkey);

CREATE INDEX resource_immunization_rkey_idx1 ON public.resource_immunization USING btree (rkey) WHERE ((patient IS NULL) AND (patients IS NULL));

CREATE INDEX resource_immunization_tokens_idx ON public.resource_immunization USING gin (tokens) WITH (fastupdate='on', gin_pending_list_limit='1024');

CREATE INDEX resource_immunization_txid_idx ON public.resource_immunization USING btree (txid);

CREATE INDEX resource_medicationrequest_code_low_idx ON public.resource_medicationrequest USING btree (code, low DESC);

CREATE UNIQUE INDEX resource_medicationrequest_id_idx ON public.resource_medicationrequest USING btree (id);

CREATE INDEX resource_medicationrequest_last_updated_idx ON public.resource_medicationrequest USING btree (last_updated);

CREATE INDEX resource_medicationrequest_low_idx ON public.resource_medicationrequest USING btree (low DESC);

CREATE INDEX resource_medicationrequest_patient_code_low_idx ON public.resource_medicationrequest USING btree (patient, code, low DESC);

CREATE INDEX resource_medicationrequest_patient_idx ON public.resource_medicationrequest USING btree (patient) WHERE (labels <> 0);

CREATE INDEX resource_medicationrequest_rkey_idx ON public.resource_medicationrequest USING btree (rkey);

CREATE INDEX resource_medicationrequest_rkey_idx1 ON public.resource_medicationrequest USING btree (rkey) WHERE ((patient IS NULL) AND (patients IS NULL));

CREATE INDEX resource_medicationrequest_tokens_idx ON public.resource_medicationrequest USING gin (tokens) WITH (fastupdate='on', gin_pending_list_limit='1024');

CREATE INDEX resource_medicationrequest_txid_idx ON public.resource_medicationrequest USING btree (txid);

CREATE INDEX resource_observation_code_low_idx ON public.resource_observation USING btree (code, low DESC);

CREATE UNIQUE INDEX resource_observation_id_idx ON public.resource_observation USING btree (id);

CREATE INDEX resource_observation_last_updated_idx ON public.resource_observation USING btree (last_updated);

CREATE INDEX resource_observation_low_idx ON public.resource_observation USING btree (low DESC);

CREATE INDEX resource_observation_patient_code_low_idx ON public.resource_observation USING btree (patient, code, low DESC);

CREATE INDEX resource_observation_patient_idx ON public.resource_observation USING btree (patient) WHERE (labels <> 0);

CREATE INDEX resource_observation_patient_low_idx ON public.resource_observation USING btree (patient, low DESC NULLS LAST);

CREATE INDEX resource_observation_rkey_idx ON public.resource_observation USING btree (rkey);

CREATE INDEX resource_observation_rkey_idx1 ON public.resource_observation USING btree (rkey) WHERE ((patient IS NULL) AND (patients IS NULL));

CREATE INDEX resource_observation_tokens_idx ON public.resource_observation USING gin (tokens) WITH (fastupdate='on', gin_pending_list_limit='1024');

CREATE INDEX resource_observation_txid_idx ON public.resource_observation USING btree (txid);

CREATE INDEX resource_patient_code_low_idx1 ON public.resource_patient USING btree (code, low DESC);

CREATE UNIQUE INDEX resource_patient_id_idx ON public.resource_patient USING btree (id);

CREATE INDEX resource_patient_last_updated_idx ON public.resource_patient USING btree (last_updated);

CREATE INDEX resource_patient_low_idx ON public.resource_patient USING btree (low DESC);

CREATE INDEX resource_patient_patient_code_low_idx ON public.resource_patient USING btree (patient, code, low DESC);

CREATE INDEX resource_patient_patient_idx ON public.resource_patient USING btree (patient) WHERE (labels <> 0);

CREATE INDEX resource_patient_rkey_idx ON public.resource_patient USING btree (rkey);

CREATE INDEX resource_patient_rkey_idx1 ON public.resource_patient USING btree (rkey) WHERE ((patient IS NULL) AND (patients IS NULL));

CREATE INDEX resource_patient_tokens_idx ON public.resource_patient USING gin (tokens) WITH (fastupdate='on', gin_pending_list_limit='1024');

CREATE INDEX resource_patient_txid_idx ON public.resource_patient USING btree (txid);

CREATE INDEX resource_procedure_code_low_idx ON public.resource_procedure USING btree (code, low DESC);

CREATE UNIQUE INDEX resource_procedure_id_idx ON public.resource_procedure USING btree (id);

CREATE INDEX resource_procedure_last_updated_idx ON public.resource_procedure USING btree (last_updated);

CREATE INDEX resource_procedure_low_idx ON public.resource_procedure USING btree (low DESC);

CREATE INDEX resource_procedure_patient_code_low_idx ON public.resource_procedure USING btree (patient, code, low DESC);

CREATE INDEX resource_procedure_patient_idx ON public.resource_procedure USING btree (patient) WHERE (labels <> 0);

CREATE INDEX resource_procedure_rkey_idx ON public.resource_procedure USING btree (rkey);

CREATE INDEX resource_procedure_rkey_idx1 ON public.resource_procedure USING btree (rkey) WHERE ((patient IS NULL) AND (patients IS NULL));

CREATE INDEX resource_procedure_tokens_idx ON public.resource_procedure USING gin (tokens) WITH (fastupdate='on', gin_pending_list_limit='1024');

CREATE INDEX resource_procedure_txid_idx ON public.resource_procedure USING btree (txid);

CREATE INDEX resource_questionnaireresponse_code_low_idx ON public.resource_questionnaireresponse USING btree (code, low DESC);

CREATE UNIQUE INDEX resource_questionnaireresponse_id_idx ON public.resource_questionnaireresponse USING btree (id);

CREATE INDEX resource_questionnaireresponse_last_updated_idx ON public.resource_questionnaireresponse USING btree (last_updated);

CREATE INDEX resource_questionnaireresponse_low_idx ON public.resource_questionnaireresponse USING btree (low DESC);

CREATE INDEX resource_questionnaireresponse_patient_code_low_idx ON public.resource_questionnaireresponse USING btree (patient, code, low DESC);

CREATE INDEX resource_questionnaireresponse_patient_idx ON public.resource_questionnaireresponse USING btree (patient) WHERE (labels <> 0);

CREATE INDEX resource_questionnaireresponse_rkey_idx ON public.resource_questionnaireresponse USING btree (rkey);

CREATE INDEX resource_questionnaireresponse_rkey_idx1 ON public.resource_questionnaireresponse USING btree (rkey) WHERE ((patient IS NULL) AND (patients IS NULL));

CREATE INDEX resource_questionnaireresponse_tokens_idx ON public.resource_questionnaireresponse USING gin (tokens) WITH (fastupdate='on', gin_pending_list_limit='1024');

CREATE INDEX resource_questionnaireresponse_txid_idx ON public.resource_questionnaireresponse USING btree (txid);

CREATE INDEX resource_servicerequest_code_low_idx ON public.resource_servicerequest USING btree (code, low DESC);

CREATE UNIQUE INDEX resource_servicerequest_id_idx ON public.resource_servicerequest USING btree (id);

CREATE INDEX resource_servicerequest_last_updated_idx ON public.resource_servicerequest USING btree (last_updated);

CREATE INDEX resource_servicerequest_low_idx ON public.resource_servicerequest USING btree (low DESC);

CREATE INDEX resource_servicerequest_patient_code_low_idx ON public.resource_servicerequest USING btree (patient, code, low DESC);

CREATE INDEX resource_servicerequest_patient_idx ON public.resource_servicerequest USING btree (patient) WHERE (labels <> 0);

CREATE INDEX resource_servicerequest_rkey_idx ON public.resource_servicerequest USING btree (rkey);

CREATE INDEX resource_servicerequest_rkey_idx1 ON public.resource_servicerequest USING btree (rkey) WHERE ((patient IS NULL) AND (patients IS NULL));

CREATE INDEX resource_servicerequest_tokens_idx ON public.resource_servicerequest USING gin (tokens) WITH (fastupdate='on', gin_pending_list_limit='1024');

CREATE INDEX resource_servicerequest_txid_idx ON public.resource_servicerequest USING btree (txid);

CREATE INDEX resource_task_code_low_idx ON public.resource_task USING btree (code, low DESC);

CREATE UNIQUE INDEX resource_task_id_idx ON public.resource_task USING btree (id);

CREATE INDEX resource_task_last_updated_idx ON public.resource_task USING btree (last_updated);

CREATE INDEX resource_task_low_idx ON public.resource_task USING btree (low DESC);

CREATE INDEX resource_task_patient_code_low_idx ON public.resource_task USING btree (patient, code, low DESC);

CREATE INDEX resource_task_patient_idx ON public.resource_task USING btree (patient) WHERE (labels <> 0);

CREATE INDEX resource_task_rkey_idx ON public.resource_task USING btree (rkey);

CREATE INDEX resource_task_rkey_idx1 ON public.resource_task USING btree (rkey) WHERE ((patient IS NULL) AND (patients IS NULL));

CREATE INDEX resource_task_tokens_idx ON public.resource_task USING gin (tokens) WITH (fastupdate='on', gin_pending_list_limit='1024');

CREATE INDEX resource_task_txid_idx ON public.resource_task USING btree (txid);

CREATE INDEX session_account ON public.session USING btree (account);

CREATE INDEX session_expires ON public.session USING btree (expires);

CREATE INDEX token_client ON public.token USING btree (client);

CREATE INDEX used_once_until ON public.used_once USING btree (until);

CREATE INDEX ward_display_organisation ON public.ward_display USING btree (organisation);

CREATE INDEX watch_case_waiting ON public.watch_case USING btree (first DESC) WHERE (outcome IS NULL);

ALTER INDEX public.audit_agent_at_idx ATTACH PARTITION public.audit_default_agent_at_idx;

ALTER INDEX public.audit_at_idx ATTACH PARTITION public.audit_default_at_idx;

ALTER INDEX public.audit_disposal_idx ATTACH PARTITION public.audit_default_disposal_idx;

ALTER INDEX public.audit_patient_at_idx ATTACH PARTITION public.audit_default_patient_at_idx;

ALTER INDEX public.audit_txid_idx ATTACH PARTITION public.audit_default_txid_idx;

ALTER INDEX public.resource_code_low_idx ATTACH PARTITION public.resource_appointment_code_low_idx;

ALTER INDEX public.resource_last_updated_idx ATTACH PARTITION public.resource_appointment_last_updated_idx;

ALTER INDEX public.resource_low_idx ATTACH PARTITION public.resource_appointment_low_idx;

ALTER INDEX public.resource_patient_code_low_idx ATTACH PARTITION public.resource_appointment_patient_code_low_idx;

ALTER INDEX public.resource_patient_idx ATTACH PARTITION public.resource_appointment_patient_idx;

ALTER INDEX public.resource_rkey_idx ATTACH PARTITION public.resource_appointment_rkey_idx;

ALTER INDEX public.resource_rkey_idx1 ATTACH PARTITION public.resource_appointment_rkey_idx1;

ALTER INDEX public.resource_tokens_idx ATTACH PARTITION public.resource_appointment_tokens_idx;

ALTER INDEX public.resource_txid_idx ATTACH PARTITION public.resource_appointment_txid_idx;

ALTER INDEX public.resource_code_low_idx ATTACH PARTITION public.resource_condition_code_low_idx;

ALTER INDEX public.resource_last_updated_idx ATTACH PARTITION public.resource_condition_last_updated_idx;

ALTER INDEX public.resource_low_idx ATTACH PARTITION public.resource_condition_low_idx;

ALTER INDEX public.resource_patient_code_low_idx ATTACH PARTITION public.resource_condition_patient_code_low_idx;

ALTER INDEX public.resource_patient_idx ATTACH PARTITION public.resource_condition_patient_idx;

ALTER INDEX public.resource_rkey_idx ATTACH PARTITION public.resource_condition_rkey_idx;

ALTER INDEX public.resource_rkey_idx1 ATTACH PARTITION public.resource_condition_rkey_idx1;

ALTER INDEX public.resource_tokens_idx ATTACH PARTITION public.resource_condition_tokens_idx;

ALTER INDEX public.resource_txid_idx ATTACH PARTITION public.resource_condition_txid_idx;

ALTER INDEX public.resource_code_low_idx ATTACH PARTITION public.resource_default_code_low_idx;

ALTER INDEX public.resource_last_updated_idx ATTACH PARTITION public.resource_default_last_updated_idx;

ALTER INDEX public.resource_low_idx ATTACH PARTITION public.resource_default_low_idx;

ALTER INDEX public.resource_patient_code_low_idx ATTACH PARTITION public.resource_default_patient_code_low_idx;

ALTER INDEX public.resource_patient_idx ATTACH PARTITION public.resource_default_patient_idx;

ALTER INDEX public.resource_rkey_idx ATTACH PARTITION public.resource_default_rkey_idx;

ALTER INDEX public.resource_rkey_idx1 ATTACH PARTITION public.resource_default_rkey_idx1;

ALTER INDEX public.resource_tokens_idx ATTACH PARTITION public.resource_default_tokens_idx;

ALTER INDEX public.resource_txid_idx ATTACH PARTITION public.resource_default_txid_idx;

ALTER INDEX public.resource_code_low_idx ATTACH PARTITION public.resource_diagnosticreport_code_low_idx;

ALTER INDEX public.resource_last_updated_idx ATTACH PARTITION public.resource_diagnosticreport_last_updated_idx;

ALTER INDEX public.resource_low_idx ATTACH PARTITION public.resource_diagnosticreport_low_idx;

ALTER INDEX public.resource_patient_code_low_idx ATTACH PARTITION public.resource_diagnosticreport_patient_code_low_idx;

ALTER INDEX public.resource_patient_idx ATTACH PARTITION public.resource_diagnosticreport_patient_idx;

ALTER INDEX public.resource_rkey_idx ATTACH PARTITION public.resource_diagnosticreport_rkey_idx;

ALTER INDEX public.resource_rkey_idx1 ATTACH PARTITION public.resource_diagnosticreport_rkey_idx1;

ALTER INDEX public.resource_tokens_idx ATTACH PARTITION public.resource_diagnosticreport_tokens_idx;

ALTER INDEX public.resource_txid_idx ATTACH PARTITION public.resource_diagnosticreport_txid_idx;

ALTER INDEX public.resource_code_low_idx ATTACH PARTITION public.resource_documentreference_code_low_idx;

ALTER INDEX public.resource_last_updated_idx ATTACH PARTITION public.resource_documentreference_last_updated_idx;

ALTER INDEX public.resource_low_idx ATTACH PARTITION public.resource_documentreference_low_idx;

ALTER INDEX public.resource_patient_code_low_idx ATTACH PARTITION public.resource_documentreference_patient_code_low_idx;

ALTER INDEX public.resource_patient_idx ATTACH PARTITION public.resource_documentreference_patient_idx;

ALTER INDEX public.resource_rkey_idx ATTACH PARTITION public.resource_documentreference_rkey_idx;

ALTER INDEX public.resource_rkey_idx1 ATTACH PARTITION public.resource_documentreference_rkey_idx1;

ALTER INDEX public.resource_tokens_idx ATTACH PARTITION public.resource_documentreference_tokens_idx;

ALTER INDEX public.resource_txid_idx ATTACH PARTITION public.resource_documentreference_txid_idx;

ALTER INDEX public.resource_code_low_idx ATTACH PARTITION public.resource_encounter_code_low_idx;

ALTER INDEX public.resource_last_updated_idx ATTACH PARTITION public.resource_encounter_last_updated_idx;

ALTER INDEX public.resource_low_idx ATTACH PARTITION public.resource_encounter_low_idx;

ALTER INDEX public.resource_patient_code_low_idx ATTACH PARTITION public.resource_encounter_patient_code_low_idx;

ALTER INDEX public.resource_patient_idx ATTACH PARTITION public.resource_encounter_patient_idx;

ALTER INDEX public.resource_rkey_idx ATTACH PARTITION public.resource_encounter_rkey_idx;

ALTER INDEX public.resource_rkey_idx1 ATTACH PARTITION public.resource_encounter_rkey_idx1;

ALTER INDEX public.resource_tokens_idx ATTACH PARTITION public.resource_encounter_tokens_idx;

ALTER INDEX public.resource_txid_idx ATTACH PARTITION public.resource_encounter_txid_idx;

ALTER INDEX public.resource_history_last_updated_idx ATTACH PARTITION public.resource_history_default_last_updated_idx;

ALTER INDEX public.resource_history_patient_last_updated_idx ATTACH PARTITION public.resource_history_default_patient_last_updated_idx;

ALTER INDEX public.resource_history_txid_idx ATTACH PARTITION public.resource_history_default_txid_idx;

ALTER INDEX public.resource_history_type_id_version_idx ATTACH PARTITION public.resource_history_default_type_id_version_idx;

ALTER INDEX public.resource_code_low_idx ATTACH PARTITION public.resource_immunization_code_low_idx;

ALTER INDEX public.resource_last_updated_idx ATTACH PARTITION public.resource_immunization_last_updated_idx;

ALTER INDEX public.resource_low_idx ATTACH PARTITION public.resource_immunization_low_idx;

ALTER INDEX public.resource_patient_code_low_idx ATTACH PARTITION public.resource_immunization_patient_code_low_idx;

ALTER INDEX public.resource_patient_idx ATTACH PARTITION public.resource_immunization_patient_idx;

ALTER INDEX public.resource_rkey_idx ATTACH PARTITION public.resource_immunization_rkey_idx;

ALTER INDEX public.resource_rkey_idx1 ATTACH PARTITION public.resource_immunization_rkey_idx1;

ALTER INDEX public.resource_tokens_idx ATTACH PARTITION public.resource_immunization_tokens_idx;

ALTER INDEX public.resource_txid_idx ATTACH PARTITION public.resource_immunization_txid_idx;

ALTER INDEX public.resource_code_low_idx ATTACH PARTITION public.resource_medicationrequest_code_low_idx;

ALTER INDEX public.resource_last_updated_idx ATTACH PARTITION public.resource_medicationrequest_last_updated_idx;

ALTER INDEX public.resource_low_idx ATTACH PARTITION public.resource_medicationrequest_low_idx;

ALTER INDEX public.resource_patient_code_low_idx ATTACH PARTITION public.resource_medicationrequest_patient_code_low_idx;

ALTER INDEX public.resource_patient_idx ATTACH PARTITION public.resource_medicationrequest_patient_idx;

ALTER INDEX public.resource_rkey_idx ATTACH PARTITION public.resource_medicationrequest_rkey_idx;

ALTER INDEX public.resource_rkey_idx1 ATTACH PARTITION public.resource_medicationrequest_rkey_idx1;

ALTER INDEX public.resource_tokens_idx ATTACH PARTITION public.resource_medicationrequest_tokens_idx;

ALTER INDEX public.resource_txid_idx ATTACH PARTITION public.resource_medicationrequest_txid_idx;

ALTER INDEX public.resource_code_low_idx ATTACH PARTITION public.resource_observation_code_low_idx;

ALTER INDEX public.resource_last_updated_idx ATTACH PARTITION public.resource_observation_last_updated_idx;

ALTER INDEX public.resource_low_idx ATTACH PARTITION public.resource_observation_low_idx;

ALTER INDEX public.resource_patient_code_low_idx ATTACH PARTITION public.resource_observation_patient_code_low_idx;

ALTER INDEX public.resource_patient_idx ATTACH PARTITION public.resource_observation_patient_idx;

ALTER INDEX public.resource_rkey_idx ATTACH PARTITION public.resource_observation_rkey_idx;

ALTER INDEX public.resource_rkey_idx1 ATTACH PARTITION public.resource_observation_rkey_idx1;

ALTER INDEX public.resource_tokens_idx ATTACH PARTITION public.resource_observation_tokens_idx;

ALTER INDEX public.resource_txid_idx ATTACH PARTITION public.resource_observation_txid_idx;

ALTER INDEX public.resource_code_low_idx ATTACH PARTITION public.resource_patient_code_low_idx1;

ALTER INDEX public.resource_last_updated_idx ATTACH PARTITION public.resource_patient_last_updated_idx;

ALTER INDEX public.resource_low_idx ATTACH PARTITION public.resource_patient_low_idx;

ALTER INDEX public.resource_patient_code_low_idx ATTACH PARTITION public.resource_patient_patient_code_low_idx;

ALTER INDEX public.resource_patient_idx ATTACH PARTITION public.resource_patient_patient_idx;

ALTER INDEX public.resource_rkey_idx ATTACH PARTITION public.resource_patient_rkey_idx;

ALTER INDEX public.resource_rkey_idx1 ATTACH PARTITION public.resource_patient_rkey_idx1;

ALTER INDEX public.resource_tokens_idx ATTACH PARTITION public.resource_patient_tokens_idx;

ALTER INDEX public.resource_txid_idx ATTACH PARTITION public.resource_patient_txid_idx;

ALTER INDEX public.resource_code_low_idx ATTACH PARTITION public.resource_procedure_code_low_idx;

ALTER INDEX public.resource_last_updated_idx ATTACH PARTITION public.resource_procedure_last_updated_idx;

ALTER INDEX public.resource_low_idx ATTACH PARTITION public.resource_procedure_low_idx;

ALTER INDEX public.resource_patient_code_low_idx ATTACH PARTITION public.resource_procedure_patient_code_low_idx;

ALTER INDEX public.resource_patient_idx ATTACH PARTITION public.resource_procedure_patient_idx;

ALTER INDEX public.resource_rkey_idx ATTACH PARTITION public.resource_procedure_rkey_idx;

ALTER INDEX public.resource_rkey_idx1 ATTACH PARTITION public.resource_procedure_rkey_idx1;

ALTER INDEX public.resource_tokens_idx ATTACH PARTITION public.resource_procedure_tokens_idx;

ALTER INDEX public.resource_txid_idx ATTACH PARTITION public.resource_procedure_txid_idx;

ALTER INDEX public.resource_code_low_idx ATTACH PARTITION public.resource_questionnaireresponse_code_low_idx;

ALTER INDEX public.resource_last_updated_idx ATTACH PARTITION public.resource_questionnaireresponse_last_updated_idx;

ALTER INDEX public.resource_low_idx ATTACH PARTITION public.resource_questionnaireresponse_low_idx;

ALTER INDEX public.resource_patient_code_low_idx ATTACH PARTITION public.resource_questionnaireresponse_patient_code_low_idx;

ALTER INDEX public.resource_patient_idx ATTACH PARTITION public.resource_questionnaireresponse_patient_idx;

ALTER INDEX public.resource_rkey_idx ATTACH PARTITION public.resource_questionnaireresponse_rkey_idx;

ALTER INDEX public.resource_rkey_idx1 ATTACH PARTITION public.resource_questionnaireresponse_rkey_idx1;

ALTER INDEX public.resource_tokens_idx ATTACH PARTITION public.resource_questionnaireresponse_tokens_idx;

ALTER INDEX public.resource_txid_idx ATTACH PARTITION public.resource_questionnaireresponse_txid_idx;

ALTER INDEX public.resource_code_low_idx ATTACH PARTITION public.resource_servicerequest_code_low_idx;

ALTER INDEX public.resource_last_updated_idx ATTACH PARTITION public.resource_servicerequest_last_updated_idx;

ALTER INDEX public.resource_low_idx ATTACH PARTITION public.resource_servicerequest_low_idx;

ALTER INDEX public.resource_patient_code_low_idx ATTACH PARTITION public.resource_servicerequest_patient_code_low_idx;

ALTER INDEX public.resource_patient_idx ATTACH PARTITION public.resource_servicerequest_patient_idx;

ALTER INDEX public.resource_rkey_idx ATTACH PARTITION public.resource_servicerequest_rkey_idx;

ALTER INDEX public.resource_rkey_idx1 ATTACH PARTITION public.resource_servicerequest_rkey_idx1;

ALTER INDEX public.resource_tokens_idx ATTACH PARTITION public.resource_servicerequest_tokens_idx;

ALTER INDEX public.resource_txid_idx ATTACH PARTITION public.resource_servicerequest_txid_idx;

ALTER INDEX public.resource_code_low_idx ATTACH PARTITION public.resource_task_code_low_idx;

ALTER INDEX public.resource_last_updated_idx ATTACH PARTITION public.resource_task_last_updated_idx;

ALTER INDEX public.resource_low_idx ATTACH PARTITION public.resource_task_low_idx;

ALTER INDEX public.resource_patient_code_low_idx ATTACH PARTITION public.resource_task_patient_code_low_idx;

ALTER INDEX public.resource_patient_idx ATTACH PARTITION public.resource_task_patient_idx;

ALTER INDEX public.resource_rkey_idx ATTACH PARTITION public.resource_task_rkey_idx;

ALTER INDEX public.resource_rkey_idx1 ATTACH PARTITION public.resource_task_rkey_idx1;

ALTER INDEX public.resource_tokens_idx ATTACH PARTITION public.resource_task_tokens_idx;

ALTER INDEX public.resource_txid_idx ATTACH PARTITION public.resource_task_txid_idx;

ALTER TABLE ONLY public.account_role
    ADD CONSTRAINT account_role_account_fkey FOREIGN KEY (account) REFERENCES public.account(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.account_subject
    ADD CONSTRAINT account_subject_account_fkey FOREIGN KEY (account) REFERENCES public.account(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.app_code
    ADD CONSTRAINT app_code_app_grant_fkey FOREIGN KEY (app_grant) REFERENCES public.app_grant(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.app_grant
    ADD CONSTRAINT app_grant_client_fkey FOREIGN KEY (client) REFERENCES public.registered_client(id);

ALTER TABLE ONLY public.app_launch
    ADD CONSTRAINT app_launch_client_fkey FOREIGN KEY (client) REFERENCES public.registered_client(id);

ALTER TABLE ONLY public.app_refresh
    ADD CONSTRAINT app_refresh_app_grant_fkey FOREIGN KEY (app_grant) REFERENCES public.app_grant(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.app_token
    ADD CONSTRAINT app_token_app_grant_fkey FOREIGN KEY (app_grant) REFERENCES public.app_grant(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.audit_handed
    ADD CONSTRAINT audit_handed_number_fkey FOREIGN KEY (number) REFERENCES public.audit_link(number);

ALTER TABLE ONLY public.audit_statement_handed
    ADD CONSTRAINT audit_statement_handed_id_fkey FOREIGN KEY (id) REFERENCES public.audit_statement(id);

ALTER TABLE ONLY public.claim
    ADD CONSTRAINT claim_id_fkey FOREIGN KEY (id) REFERENCES public.own_link(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.invitation
    ADD CONSTRAINT invitation_account_fkey FOREIGN KEY (account) REFERENCES public.account(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.login_code
    ADD CONSTRAINT login_code_granted_fkey FOREIGN KEY (granted) REFERENCES public.login_grant(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.login_consent
    ADD CONSTRAINT login_consent_account_fkey FOREIGN KEY (account) REFERENCES public.account(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.login_grant
    ADD CONSTRAINT login_grant_account_fkey FOREIGN KEY (account) REFERENCES public.account(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.login_refresh
    ADD CONSTRAINT login_refresh_granted_fkey FOREIGN KEY (granted) REFERENCES public.login_grant(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.passkey
    ADD CONSTRAINT passkey_account_fkey FOREIGN KEY (account) REFERENCES public.account(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.person_moved
    ADD CONSTRAINT person_moved_merge_fkey FOREIGN KEY (merge) REFERENCES public.person_merge(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.proofing
    ADD CONSTRAINT proofing_account_fkey FOREIGN KEY (account) REFERENCES public.account(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.proxy
    ADD CONSTRAINT proxy_id_fkey FOREIGN KEY (id) REFERENCES public.own_link(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.proxy_request
    ADD CONSTRAINT proxy_request_account_fkey FOREIGN KEY (account) REFERENCES public.account(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.register_event
    ADD CONSTRAINT register_event_entry_fkey FOREIGN KEY (entry) REFERENCES public.register_entry(id);

ALTER TABLE ONLY public.register_evidence
    ADD CONSTRAINT register_evidence_entry_fkey FOREIGN KEY (entry) REFERENCES public.register_entry(id);

ALTER TABLE ONLY public.session
    ADD CONSTRAINT session_account_fkey FOREIGN KEY (account) REFERENCES public.account(id) ON DELETE CASCADE;
