-- name: note
-- Keep what happened to an account.
INSERT INTO account_event (at, account, action, outcome, detail, by_account) VALUES ($1, $2, $3, $4, $5, $6)

-- name: list
-- What happened to an account, newest first.
SELECT at, action, outcome, detail, by_account FROM account_event WHERE account = $1 ORDER BY id DESC LIMIT $2
