"""The addresses of signing in and of one's account."""

from __future__ import annotations

from starlette.routing import BaseRoute, Route

from bevan.apps.login.pages import account, arriving, entry, proving, proxies, workers

ROUTES: tuple[BaseRoute, ...] = (
    Route("/login/refused", entry.refused_page, methods=["GET"]),
    Route("/login/citizen/email", entry.email_page, methods=["GET"]),
    Route("/login/citizen/email", entry.send_code, methods=["POST"]),
    Route("/login/citizen/code", entry.code_page, methods=["GET"]),
    Route("/login/citizen/code", entry.check_code, methods=["POST"]),
    Route("/login/citizen/key", entry.key_page, methods=["GET"]),
    Route("/login/citizen/key", entry.make_key, methods=["POST"]),
    Route("/login/staff/join/{secret}", workers.join_page, methods=["GET"]),
    Route("/login/staff/join/{secret}", workers.join, methods=["POST"]),
    Route("/login/{realm}", entry.sign_in_page, methods=["GET"]),
    Route("/login/{realm}/passkey", entry.with_passkey, methods=["POST"]),
    Route("/login/{realm}/go", entry.go_on, methods=["GET"]),
    Route("/login/{realm}/share", entry.share, methods=["POST"]),
    Route("/login/{realm}/give-up", entry.give_up, methods=["POST"]),
    Route("/login/{realm}/role", entry.take_role, methods=["POST"]),
    Route("/login/{realm}/leave", entry.leave, methods=["POST"]),
    Route("/sign-in/{realm}", arriving.start, methods=["GET"]),
    Route("/sign-in/{realm}/return", arriving.finish, methods=["GET"]),
    Route("/account", account.account_page, methods=["GET"], name="account"),
    Route("/account/sessions", account.end_session, methods=["POST"]),
    Route("/account/passkeys", account.new_key_page, methods=["GET"]),
    Route("/account/passkeys", account.change_keys, methods=["POST"]),
    Route("/account/identity", proving.identity_page, methods=["GET"]),
    Route("/account/identity", proving.match, methods=["POST"]),
    Route("/account/identity/pictures", proving.send, methods=["POST"]),
    Route("/account/people", proxies.people_page, methods=["GET"]),
    Route("/account/people/ask", proxies.ask_page, methods=["GET"]),
    Route("/account/people/ask", proxies.ask, methods=["POST"]),
    Route("/account/people/end", proxies.end, methods=["POST"]),
    Route("/account/people/act", proxies.act, methods=["POST"]),
    Route("/proofing", proving.cases_page, methods=["GET"], name="proofing"),
    Route("/proofing/{id}", proving.case_page, methods=["GET"]),
    Route("/proofing/{id}", proving.decide, methods=["POST"]),
    Route("/proofing/{id}/{which}", proving.picture, methods=["GET"]),
    Route("/proxies", proxies.requests_page, methods=["GET"], name="proxies"),
    Route("/proxies/{id}", proxies.request_page, methods=["GET"]),
    Route("/proxies/{id}", proxies.decide, methods=["POST"]),
    Route("/workers", workers.workers_page, methods=["GET"], name="workers"),
    Route("/workers", workers.change, methods=["POST"]),
    Route("/confirm", account.confirm_page, methods=["GET"], name="confirm"),
    Route("/confirm", account.confirm, methods=["POST"]),
    Route("/roles", account.roles_page, methods=["GET"], name="roles"),
    Route("/roles", account.change_role, methods=["POST"]),
    Route("/outbox", account.outbox_page, methods=["GET"]),
)
