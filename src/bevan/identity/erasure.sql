-- name: app_grant
-- What they, or somebody for them, allowed apps.
DELETE FROM app_grant WHERE patient = ANY({ids}) OR (kind = 'patient' AND actor = ANY({ids}))

-- name: app_launch
-- Apps that were being opened on their record.
DELETE FROM app_launch WHERE patient = ANY({ids})

-- name: login_grant
-- Where they signed in with their account.
DELETE FROM login_grant g USING account a
WHERE a.id = g.account AND a.kind = 'patient' AND a.actor = ANY({ids})

-- name: account_event
-- What happened to their account.
DELETE FROM account_event e USING account a
WHERE a.kind = 'patient' AND a.actor = ANY({ids}) AND (e.account = a.id OR e.by_account = a.id)

-- name: outbox
-- Letters to their address.
DELETE FROM outbox o USING account a
WHERE a.kind = 'patient' AND a.actor = ANY({ids}) AND o.recipient = a.email

-- name: one_time_code
-- Codes sent to their address.
DELETE FROM one_time_code o USING account a
WHERE a.kind = 'patient' AND a.actor = ANY({ids}) AND o.email = a.email

-- name: proxy_request
-- Requests to act for them, and theirs.
DELETE FROM proxy_request WHERE person = ANY({ids}) OR proxy = ANY({ids})

-- name: session
-- Sessions of who was acting for them.
DELETE FROM session WHERE acting = ANY({ids})

-- name: account
-- Their account, with its keys, sessions, consents and proofs.
DELETE FROM account WHERE kind = 'patient' AND actor = ANY({ids})
